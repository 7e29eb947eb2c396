import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

export function addMigrationCancel(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('cancel'), context)
    .description('Give a migration up: the machine stays where it is, with its ports')
    .argument('<migration>', 'its id')
    .addHelpText('after', '\nExample:\n  virtfn migration cancel 6f1c2a34-0c1e-4c9e-9a53-0d4d7b0f5e11')
    .action(async (migrationId: string, options: EndpointOptions) => {
      const migration = await context
        .connect(options.endpoint)
        .call('cancelMigration', { migrationId }, null);
      const { terminal } = context;
      if (options.json === true) return terminal.out(JSON.stringify(migration, null, 2));
      terminal.out(`Gave it up: ${migration.vm ?? migration.domainId} stays on ${migration.from}`);
    });
}
