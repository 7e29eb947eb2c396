import type { HostDocument } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { watchThisHost } from './this-host.ts';
import { formatVfs } from './vf-list.ts';

/** Cursor home, and nothing of the last picture below it. */
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

export function addWatch(parent: Command, context: CommandContext): void {
  parent
    .command('watch')
    .description('Show the VFs of this machine live, until Ctrl-C')
    .argument('[pf]', 'name of an interface, or PCI address: its VFs only')
    .option('--json', 'print a line of JSON for each change')
    .addHelpText('after', '\nExample:\n  virtfn watch ens1f0')
    .action(async (pf: string | undefined, options: { readonly json?: boolean }) => {
      const { terminal } = context;
      const isScreen = terminal.width !== null;
      let before = '';
      await watchThisHost(context, (host: HostDocument) => {
        if (options.json === true) return terminal.out(JSON.stringify(host));
        const picture = formatVfs(host, pf, context);
        if (picture === before) return;
        before = picture;
        const head = `${host.hostId}  ${host.reportedAt.replace(/\.\d+Z$/, 'Z')}`;
        terminal.out(`${isScreen ? CLEAR : ''}${head}\n${picture}${isScreen ? '' : '\n'}`);
      });
    });
}
