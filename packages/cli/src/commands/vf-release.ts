import { observedOfDocument } from '@virtfn/contract/documents';
import {
  describeVfUser,
  getPfByName,
  isConfiguredAttachment,
  isOwnAttachment,
  SriovError,
  type VirtualFunction,
} from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { tellOfAttachment } from './attachment-words.ts';
import { detachHere, observeThisHost } from './this-host.ts';
import { addVfArguments } from './vf-arguments.ts';

interface ReleaseOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addVfRelease(parent: Command, context: CommandContext): void {
  addVfArguments(parent.command('release'))
    .description('Say who has a VF and what giving it back would take from whom; with --yes, do it')
    .option('--yes', 'cut the VF off at the card, take it out of its machine, close it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nFor a VF that is still taken although nobody should need it. Without --yes nothing is changed.\n\nExample:\n  virtfn vf release ens1f0 3\n  virtfn vf release ens1f0 3 --yes',
    )
    .action(async (pf: string, vfIndex: number, options: ReleaseOptions) => {
      const observed = observedOfDocument(await observeThisHost(context));
      const { pciAddress, vfs } = getPfByName(observed, pf);
      const vf = vfs.find((each) => each.vfIndex === vfIndex);
      if (vf === undefined)
        throw new SriovError(
          'VF_INDEX_INVALID',
          `Cannot release VF ${vfIndex} of PF ${pciAddress}: it has ${vfs.length === 0 ? 'no VFs' : `VFs 0 to ${vfs.length - 1}`}`,
        );
      const at = `VF ${vfIndex} of PF ${pciAddress}`;
      const { isOurs, words } = explain(vf, at);
      const { attachmentId } = vf;
      if (options.json !== true) context.terminal.out(words);
      else if (options.yes !== true)
        context.terminal.out(JSON.stringify({ vf: { pf: pciAddress, ...vf }, words }, null, 2));
      if (options.yes !== true) return;
      if (!isOurs || attachmentId === null)
        throw new SriovError(
          'VF_IN_USE',
          `Cannot release ${at}: it is not an attachment of this host's owner`,
          {
            hint: words,
          },
        );
      await tellOfAttachment(options, context, (onStep) =>
        detachHere(
          {
            request: 'detach',
            configFile: null,
            vm: null,
            attachment: attachmentId,
            force: true,
            waitSeconds: 10,
            dryRun: false,
          },
          context,
          onStep,
        ),
      );
    });
}

/** Who has it, and how it is given back. `isOurs`: this command can. */
function explain(vf: VirtualFunction, at: string): { readonly isOurs: boolean; readonly words: string } {
  const users = vf.users.map(describeVfUser).join(' and ');
  const used = users === '' ? 'nobody uses it now' : `it is used by ${users}`;
  const { attachmentId } = vf;
  if (attachmentId === null) {
    const rest = users === '' ? 'it is free, and there is nothing to release' : 'end that user first';
    return { isOurs: false, words: `${at} belongs to no attachment; ${used}: ${rest}` };
  }
  const owner = `${at} belongs to attachment ${attachmentId}; ${used}`;
  if (isConfiguredAttachment(attachmentId))
    return {
      isOurs: false,
      words: `${owner}. host.yaml gives it to this host: \`virtfn vf close\` takes it out there`,
    };
  if (!isOwnAttachment(attachmentId))
    return {
      isOurs: false,
      words: `${owner}. It is the controller's: unbind or delete its port there (\`virtfn attachment list\` names it)`,
    };
  return {
    isOurs: true,
    words: `${owner}. Releasing it takes its MAC away at the card at once, asks the guest to give the device back, takes it out of the machine's configuration, and closes the VF when the guest has let go or the machine stops`,
  };
}
