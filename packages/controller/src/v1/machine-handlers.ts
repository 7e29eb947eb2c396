import type {
  MigrationQueryDocument,
  MigrationRequestDocument,
  PortAttachDocument,
  PortDetachDocument,
} from '@virtfn/contract';
import { audited, type RequestOrigin } from '../audit/index.ts';
import { type Identity, identityOf } from '../auth/index.ts';
import type { Handlers } from '../http/index.ts';
import {
  findMachine,
  findMachineId,
  type LiveFleet,
  listMigrations,
  viewOfAttachment,
  viewOfMigration,
} from '../inventory/index.ts';
import {
  attachPort,
  cancelMigration,
  detachPort,
  getMigration,
  inOurWords,
  type NeutronSettings,
  startMigration,
} from '../neutron/index.ts';
import type { Store } from '../store/index.ts';

type MachineHandlers = Pick<
  Handlers,
  'attachPort' | 'cancelMigration' | 'detachPort' | 'getMigration' | 'listMigrations' | 'startMigration'
>;

/** Ports in virtual machines, and where those run. */
export function machineHandlers({
  store,
  fleet,
  settings,
}: {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly settings: NeutronSettings;
}): MachineHandlers {
  return {
    attachPort: async ({ params, body, origin }) => {
      const { vm, hostId, kind, scope } = body as PortAttachDocument;
      const place = findMachine(fleet, vm, hostId);
      const attachment = await store.write(
        'attach a port',
        audited(origin, (write) =>
          inOurWords(() =>
            attachPort({ identity: adminOf(origin), settings, db: write.db, write }, params['portId'] ?? '', {
              ...place,
              kind,
              scope,
            }),
          ),
        ),
      );
      return viewOfAttachment(attachment, fleet);
    },
    detachPort: async ({ params, origin }): Promise<PortDetachDocument> => {
      const dropped = await store.write(
        'detach a port',
        audited(origin, (write) =>
          detachPort({ identity: adminOf(origin), settings, db: write.db, write }, params['portId'] ?? ''),
        ),
      );
      return { attachment: dropped === null ? null : viewOfAttachment(dropped, fleet) };
    },
    startMigration: async ({ body, origin }) => {
      const { vm, to } = body as MigrationRequestDocument;
      const domainId = findMachineId(fleet, vm);
      const migration = await store.write(
        'start a migration',
        audited(origin, (write) =>
          inOurWords(() =>
            startMigration({ identity: adminOf(origin), settings, db: write.db, write }, domainId, to),
          ),
        ),
      );
      return viewOfMigration(migration);
    },
    listMigrations: ({ query }) => listMigrations(store, query as MigrationQueryDocument),
    getMigration: async ({ params }) =>
      viewOfMigration(
        await store.read('read a migration', (db) => getMigration(db, params['migrationId'] ?? '')),
      ),
    cancelMigration: async ({ params, origin }) =>
      viewOfMigration(
        await store.write(
          'give up a migration',
          audited(origin, (write) => cancelMigration(write, params['migrationId'] ?? '')),
        ),
      ),
  };
}

/** These routes are for administrators alone. */
function adminOf(origin: RequestOrigin): Identity {
  return identityOf(origin, origin.projectId, ['admin']);
}
