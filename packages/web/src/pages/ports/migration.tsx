import type { MigrationDocument } from '@virtfn/contract';
import { Action, ActionDialog } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { Age } from '../../look/index.ts';

interface MigrationProps {
  readonly fleet: Fleet;
  readonly migration: MigrationDocument;
}

/** A migration as it goes on, or as it ended. */
export function Migration({ fleet, migration }: MigrationProps) {
  const { migrationId, vm, domainId, from, to, state, startedAt, reason } = migration;
  const machine = vm ?? domainId;
  return (
    <section class="panel" aria-labelledby="migration">
      <h2 id="migration">Migration</h2>
      <p role="status">
        <Progress {...migration} /> <span class="quiet">begun</span> <Age at={startedAt} />
      </p>
      {reason === null ? null : (
        <p>
          {reason.message} <code>{reason.code}</code>. {reason.hint}
        </p>
      )}
      {state !== 'preparing' && state !== 'moving' ? null : (
        <Action name="Give it up">
          {(onClose) => (
            <ActionDialog
              title={`Give up moving ${machine}`}
              commands={[commandLine('migration', 'cancel', migrationId)]}
              verb="Give it up"
              run={async () => {
                await fleet.client.call('cancelMigration', { migrationId }, null);
              }}
              onClose={onClose}
            >
              <p>
                The machine stays on {from} with its ports, and the VFs that were set up for it on {to} are
                given back. Once it runs there, it cannot be given up.
              </p>
            </ActionDialog>
          )}
        </Action>
      )}
    </section>
  );
}

function Progress({ state, vm, domainId, from, to, ports }: MigrationDocument) {
  const machine = vm ?? domainId;
  switch (state) {
    case 'preparing':
      return (
        <span class="busy">
          ◆ {ports.length === 1 ? 'A VF is' : `${ports.length} VFs are`} set up at {to} for {machine}
        </span>
      );
    case 'moving':
      return (
        <span class="busy">
          ◆ {machine} is on its way from {from} to {to}
        </span>
      );
    case 'done':
      return (
        <span class="good">
          ● {machine} was moved from {from} to {to}
        </span>
      );
    case 'failed':
      return (
        <span class="bad">
          ▲ {machine} stays on {from}
        </span>
      );
  }
}
