import type { HostProgramEvent } from '@virtfn/contract';
import type { OwnAttachmentDocument } from '@virtfn/contract/host-program';
import type { CommandContext } from '../command-context.ts';
import { paint } from '../output/index.ts';

type StepEvent = Extract<HostProgramEvent, { readonly event: 'step' }>;
type Answer = Extract<HostProgramEvent, { readonly event: 'attached' | 'detached' }>;

/** Tells of each step as it is done, or of all of them for a dry run, and of what came of them. @throws {SriovError} */
export async function tellOfAttachment(
  { json }: { readonly json?: boolean },
  { terminal }: CommandContext,
  ask: (onStep: (event: StepEvent) => void) => Promise<Answer>,
): Promise<void> {
  const isJson = json === true;
  const answer = await ask(({ text, error }) => {
    if (isJson) return;
    if (error === null) terminal.out(`${paint(terminal, 'green', 'done')}    ${text}`);
    else terminal.out(`${paint(terminal, 'red', 'failed')}  ${error.message} (${error.code})`);
  });
  const { event, attachment, isDryRun, steps } = answer;
  if (isJson) return terminal.out(JSON.stringify({ attachment, isDryRun, steps }, null, 2));
  if (isDryRun) {
    terminal.out(['Would', ...steps.map((step) => `  ${step}`)].join('\n'));
    return;
  }
  terminal.out(`${event === 'attached' ? 'Attached' : 'Detached'} ${describe(attachment)}`);
}

function describe({
  kind,
  mac,
  physicalNetwork,
  vlanId,
  pf,
  vfIndex,
  vm,
  scope,
  attachmentId,
}: OwnAttachmentDocument): string {
  const where = pf === null ? '' : vfIndex === null ? ` on PF ${pf}` : ` on VF ${vfIndex} of PF ${pf}`;
  const network = `${physicalNetwork}${vlanId === null ? '' : ` VLAN ${vlanId}`}`;
  return `${kind} port ${mac} in ${network}${where}, VM ${vm} (${scope}): ${attachmentId}`;
}
