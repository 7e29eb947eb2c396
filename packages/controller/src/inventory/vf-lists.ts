import {
  type AllocationList,
  type AllocationQueryDocument,
  type AttachmentDocument,
  type AttachmentList,
  type AttachmentQueryDocument,
  type VfDocument,
  type VfList,
  type VfQueryDocument,
} from '@virtfn/contract';
import { getVfOf, isAskedVf, nextTurn, pageOfHosts, vfOfList, vfRows } from '@virtfn/contract/inventory';
import { type AttachmentDocument as StoredAttachment, findAttachments } from '../neutron/index.ts';
import { listClaimsBelow, type Store, type StoredHost } from '../store/index.ts';
import { machineIds } from './find-machine.ts';
import type { LiveFleet } from './live-fleet.ts';

const USUAL_LIMIT = 100;
/** How a list of one kind of claims begins: `vf/HOST`. */
const VF_SPACES = 'vf/';
const WHOLE_PF = -1;

/** The fleet as it is known here, and the store for what is not in it. */
export interface VfSource {
  readonly store: Store;
  readonly fleet: LiveFleet;
}

/** VFs of all hosts, with whose they are. */
export async function listVfs(source: VfSource, query: VfQueryDocument): Promise<VfList> {
  const page = await pageOfHosts(await hostsFor(source, query), query, async (hosts) => {
    const rows = await vfsOfHosts(source, hosts);
    return rows.filter(({ row }) => isAskedVf(query, row));
  });
  return { vfs: page.rows.map(vfOfList), next: page.next };
}

/** A port's VFs are where its attachments are, and an address is on few hosts: no other host is looked at. */
async function hostsFor(
  { store, fleet }: VfSource,
  { pciAddress, port }: VfQueryDocument,
): Promise<readonly StoredHost[]> {
  if (port === undefined)
    return pciAddress === undefined
      ? fleet.reports()
      : fleet.reports().filter(({ observed }) => hasVf(observed, pciAddress));
  const attachments = await store.read('find the hosts of a port', (db) =>
    findAttachments(db, { where: [{ field: 'port_id', values: [port] }], after: null, limit: null }),
  );
  const hostIds = new Set(attachments.map(({ host_id: hostId }) => hostId));
  return fleet.reports().filter(({ observed }) => hostIds.has(observed.hostId));
}

function hasVf({ pfs }: StoredHost['observed'], pciAddress: string): boolean {
  return pfs.some(({ vfs }) => vfs.some((vf) => vf.pciAddress === pciAddress));
}

/** One VF. @throws {SriovError} VF_UNKNOWN */
export async function getVf(
  source: VfSource,
  place: { readonly hostId: string; readonly pf: string; readonly vfIndex: number },
): Promise<VfDocument> {
  const host = source.fleet.report(place.hostId);
  return getVfOf(host === undefined ? [] : await vfsOfHosts(source, [host]), place);
}

async function vfsOfHosts(
  { store, fleet }: VfSource,
  hosts: readonly StoredHost[],
): Promise<ReturnType<typeof vfRows>> {
  const attachments = await store.read('find the attachments of hosts', (db) =>
    findAttachments(db, {
      where: [{ field: 'host_id', values: hosts.map(({ observed }) => observed.hostId) }],
      after: null,
      limit: null,
    }),
  );
  const byHost = Map.groupBy(attachments, ({ host_id: hostId }) => hostId);
  return hosts.flatMap((host) => {
    const { hostId } = host.observed;
    const own = (byHost.get(hostId) ?? []).map((each) => viewOfAttachment(each, fleet));
    return vfRows(host, fleet.isAlive(hostId), own);
  });
}

/** VFs that ports have, in the order of the attachments' ids. */
export async function listAttachments(
  { store, fleet }: VfSource,
  query: AttachmentQueryDocument,
): Promise<AttachmentList> {
  const { host, pf, port, vm, state, limit = USUAL_LIMIT } = query;
  const machines = vm === undefined ? null : machineIds(fleet, vm);
  if (machines?.length === 0) return { attachments: [], next: null };
  const where = [
    ...(machines === null ? [] : [{ field: 'plug.domain_id', values: machines }]),
    ...(host === undefined ? [] : [{ field: 'host_id', values: [host] }]),
    ...(port === undefined ? [] : [{ field: 'port_id', values: [port] }]),
  ];
  const found: AttachmentDocument[] = [];
  let after = query.marker ?? null;
  for (let isMore = true; isMore && found.length <= limit; ) {
    const from = after;
    const stored = await store.read('list the attachments', (db) =>
      findAttachments(db, { where, after: from, limit: 1000 }),
    );
    after = stored.at(-1)?.id ?? null;
    isMore = stored.length === 1000;
    const views = stored.map((each) => viewOfAttachment(each, fleet));
    found.push(
      ...views.filter(
        (view) => (pf === undefined || view.pf === pf) && (state === undefined || view.state === state),
      ),
    );
    if (isMore) await nextTurn();
  }
  const attachments = found.slice(0, limit);
  return { attachments, next: found.length > limit ? (attachments.at(-1)?.attachmentId ?? null) : null };
}

/** An attachment as it is shown. */
export function viewOfAttachment(attachment: StoredAttachment, fleet: LiveFleet): AttachmentDocument {
  return {
    attachmentId: attachment.id,
    portId: attachment.port_id,
    projectId: attachment.project_id,
    hostId: attachment.host_id,
    pf: attachment.pf,
    vfIndex: attachment.vf_index,
    pciAddress: attachment.pci_address,
    physicalNetwork: attachment.physical_network,
    vnicType: attachment.vnic_type,
    vm: machineOf(attachment, fleet),
    // What a host said before it was gone is not what is so now.
    state: fleet.isAlive(attachment.host_id) ? attachment.state : 'unknown',
    settings: attachment.settings,
    reason: attachment.reason,
  };
}

function machineOf(
  { host_id: hostId, plug = null, move = null }: StoredAttachment,
  fleet: LiveFleet,
): AttachmentDocument['vm'] {
  if (plug === null) return null;
  const { domain_id: domainId, scope, standby } = plug;
  const told = fleet.report(hostId)?.machines?.find((each) => each.domainId === domainId);
  return { domainId, name: told?.name ?? null, scope, standby, move: move?.kind ?? null };
}

/** VFs that are taken, whatever their hosts have made of it. */
export async function listAllocations(
  { store }: VfSource,
  { host, pf, marker, limit = USUAL_LIMIT }: AllocationQueryDocument,
): Promise<AllocationList> {
  const [afterSpace = '', afterKey = ''] = marker?.split(' ') ?? [];
  const claims = await store.read('list what is taken', (db) =>
    listClaimsBelow(db, {
      prefix: VF_SPACES,
      space: host === undefined ? null : `${VF_SPACES}${host}`,
      keyPrefix: pf === undefined ? '' : `${pf}/`,
      after: marker === undefined ? null : { space: afterSpace, key: afterKey },
      limit: limit + 1,
    }),
  );
  const page = claims.slice(0, limit);
  const last = page.at(-1);
  const allocations = page.map(({ space, key, owner }) => {
    const [pfOfClaim = '', number = ''] = key.split('/');
    return {
      hostId: space.slice(VF_SPACES.length),
      pf: pfOfClaim,
      vfIndex: Number(number) === WHOLE_PF ? null : Number(number),
      attachmentId: owner,
    };
  });
  const isMore = claims.length > limit && last !== undefined;
  return { allocations, next: isMore ? `${last.space} ${last.key}` : null };
}
