import { type DomainId, isActive, isSriovError, parseDomainId, SriovError } from '@virtfn/model';
import type { LiveFleet } from './live-fleet.ts';

/** A virtual machine, where it is. */
export interface MachinePlace {
  readonly hostId: string;
  readonly domainId: DomainId;
}

/**
 * Finds a virtual machine among those that hosts have told of. With a host, a UUID is taken as it is: it may be too new for
 * the host to have told of it.
 *
 * @param hostId null: any
 * @throws {SriovError} VM_UNKNOWN, OBJECT_AMBIGUOUS
 */
export function findMachine(
  fleet: Pick<LiveFleet, 'reports'>,
  nameOrId: string,
  hostId: string | null,
): MachinePlace {
  const asked = uuidOf(nameOrId);
  if (asked !== null && hostId !== null) return { hostId, domainId: asked };
  const named = machinesOf(fleet, nameOrId).filter((each) => hostId === null || each.hostId === hostId);
  // Defined on two hosts, as after a migration that left its configuration behind, it is where it has a process.
  const isOne = new Set(named.map(({ domainId }) => domainId)).size === 1;
  const running = isOne ? named.filter(isActive) : named;
  const [first, ...others] = running.length > 0 ? running : named;
  if (first === undefined) throw unknown(nameOrId, hostId);
  if (others.length > 0) throw ambiguous(nameOrId, [first, ...others]);
  return { hostId: first.hostId, domainId: first.domainId };
}

/** The UUID of a machine, wherever it is. @throws {SriovError} VM_UNKNOWN, OBJECT_AMBIGUOUS */
export function findMachineId(fleet: Pick<LiveFleet, 'reports'>, nameOrId: string): DomainId {
  const asked = uuidOf(nameOrId);
  if (asked !== null) return asked;
  const named = machinesOf(fleet, nameOrId);
  const [first] = named;
  if (first === undefined) throw unknown(nameOrId, null);
  if (named.some(({ domainId }) => domainId !== first.domainId)) throw ambiguous(nameOrId, named);
  return first.domainId;
}

/** UUIDs of all machines of a name, or the one that is given. */
export function machineIds(fleet: Pick<LiveFleet, 'reports'>, nameOrId: string): readonly DomainId[] {
  const asked = uuidOf(nameOrId);
  if (asked !== null) return [asked];
  return [...new Set(machinesOf(fleet, nameOrId).map(({ domainId }) => domainId))];
}

type ToldMachine = ReturnType<typeof machinesOf>[number];

function machinesOf(fleet: Pick<LiveFleet, 'reports'>, nameOrId: string) {
  const small = nameOrId.toLowerCase();
  return fleet
    .reports()
    .flatMap(({ observed: { hostId }, machines = [] }) =>
      machines
        .filter(({ name, domainId }) => name === nameOrId || domainId === small)
        .map(({ domainId, state }) => ({ hostId, domainId, state })),
    );
}

function uuidOf(text: string): DomainId | null {
  try {
    return parseDomainId(text);
  } catch (error) {
    if (isSriovError(error, 'NAME_INVALID')) return null;
    throw error;
  }
}

function unknown(nameOrId: string, hostId: string | null): SriovError {
  const where = hostId === null ? 'no host has' : `host ${hostId} has not`;
  return new SriovError(
    'VM_UNKNOWN',
    `Cannot find virtual machine "${nameOrId}": ${where} told of one of this name or UUID`,
    {
      details: { vm: nameOrId, host: hostId },
      hint: 'A host tells of its machines within half a minute: give the host and the UUID, as `virsh domuuid` shows it',
    },
  );
}

function ambiguous(nameOrId: string, found: readonly ToldMachine[]): SriovError {
  const list = found.map(({ hostId, domainId }) => `${domainId} on host ${hostId}`).join(', ');
  return new SriovError(
    'OBJECT_AMBIGUOUS',
    `Cannot choose virtual machine "${nameOrId}": there are ${list}`,
    {
      details: { vm: nameOrId, hosts: found.map(({ hostId }) => hostId) },
      hint: 'Give the UUID of the one that is meant, or its host with --host',
    },
  );
}
