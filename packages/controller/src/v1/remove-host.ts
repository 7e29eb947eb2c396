import type { RemoveHostQueryDocument } from '@virtfn/contract';
import { type HostId, parseHostId, SriovError } from '@virtfn/model';
import { audited } from '../audit/index.ts';
import type { Handlers } from '../http/index.ts';
import type { LiveFleet } from '../inventory/index.ts';
import { portsOfHost } from '../neutron/index.ts';
import { findHost, hasAgent, removeHost, type Store, type Write } from '../store/index.ts';

/** So many ports are named; who has more than them asks for the list. */
const MOST_NAMED = 3;

/** Hosts that are in the fleet no more. */
export function removeHostHandler(store: Store, fleet: LiveFleet): Pick<Handlers, 'removeHost'> {
  return {
    removeHost: async ({ params, query, origin }) => {
      const hostId = parseHostId(params['hostId'] ?? '');
      const { force = false } = query as RemoveHostQueryDocument;
      await store.write(
        'take a host out of the fleet',
        audited(origin, async (write) => {
          await requireHost(write, hostId);
          if (!force) requireSilence(fleet, hostId);
          await requireNoPorts(write, hostId);
          await removeHost(write, hostId);
        }),
      );
      return { hostId };
    },
  };
}

async function requireHost({ db }: Write, hostId: HostId): Promise<void> {
  if ((await findHost(db, hostId)) !== undefined || (await hasAgent(db, hostId))) return;
  throw new SriovError('HOST_UNKNOWN', `Cannot take host "${hostId}" out of the fleet: it is not in it`, {
    details: { host: hostId },
  });
}

function requireSilence(fleet: LiveFleet, hostId: HostId): void {
  if (fleet.lostAt(hostId) !== null || !fleet.isRecent(fleet.heardAt(hostId))) return;
  throw new SriovError('HOST_IN_USE', `Cannot take host ${hostId} out of the fleet: its agent is connected`, {
    details: { host: hostId },
    hint: 'Stop it there, `systemctl disable --now virtfn-agent`, or use --force, which turns it away',
  });
}

async function requireNoPorts({ db }: Write, hostId: HostId): Promise<void> {
  const ports = await portsOfHost(db, hostId);
  if (ports.length === 0) return;
  const named = ports.slice(0, MOST_NAMED).join(', ');
  const more = ports.length > MOST_NAMED ? ` and ${ports.length - MOST_NAMED} more` : '';
  throw new SriovError(
    'HOST_IN_USE',
    `Cannot take host ${hostId} out of the fleet: it has ${ports.length === 1 ? 'port' : 'ports'} ${named}${more}`,
    {
      details: { host: hostId, ports: ports.length },
      hint: `Bind them elsewhere, or take their VFs back: \`virtfn port unbind PORT\`. \`virtfn port list\` shows them`,
    },
  );
}
