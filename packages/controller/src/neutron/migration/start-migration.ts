import { randomUUID } from 'node:crypto';
import { type DomainId, SriovError } from '@virtfn/model';
import { describeReason } from '../../scheduler/index.ts';
import { listAgents } from '../../store/index.ts';
import { beginAttachment } from '../binding/attachments.ts';
import { bindPort } from '../binding/bind-port.ts';
import { boundBy } from '../binding/port-binding.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  type AttachmentPlug,
  isUnderWay,
  type MigratingPort,
  MIGRATION_KIND,
  type MigrationDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import {
  getDocument,
  insertDocument,
  listDocuments,
  removeDocument,
  replaceDocument,
  type WriteCall,
} from '../framework/index.ts';
import { isRunningAt } from './is-running-at.ts';

/** Of each machine so many migrations that have ended are kept. */
const MOST_ENDED = 10;

/** A port that goes with its machine. */
interface Departing {
  readonly port: PortDocument;
  readonly source: AttachmentDocument & { readonly plug: AttachmentPlug };
}

/**
 * Begins to move a virtual machine: takes a VF for each of its ports at the destination. Nothing is moved, and nothing is
 * taken, if one of them cannot be had.
 *
 * @throws {SriovError} MIGRATION_REFUSED, HOST_UNKNOWN, PORT_UNPLACEABLE with the reason of every port
 */
export async function startMigration(
  call: WriteCall,
  domainId: DomainId,
  to: string,
): Promise<MigrationDocument> {
  const departing = await departingPorts(call, domainId);
  const from = sourceOf(domainId, departing);
  const name = call.settings.fleet.report(from)?.machines?.find((each) => each.domainId === domainId)?.name;
  const vm = name ?? domainId;
  await checkDestination(call, { vm, domainId, from, to });
  await refuseSecond(call, domainId, vm);
  const id = randomUUID();
  const ports: MigratingPort[] = [];
  const refused: string[] = [];
  for (const each of departing) {
    const outcome = await reserve(call, each, id, to);
    if (typeof outcome === 'string') refused.push(outcome);
    else ports.push(outcome);
  }
  if (refused.length > 0) {
    throw new SriovError(
      'PORT_UNPLACEABLE',
      `Cannot move virtual machine ${vm} to host ${to}: ${refused.join('; ')}`,
      { details: { vm, host: to, ports: refused }, hint: 'Nothing was changed: the machine is where it was' },
    );
  }
  return insertDocument(call, MIGRATION_KIND, {
    id,
    project_id: call.identity.projectId,
    domain_id: domainId,
    vm_name: name ?? null,
    source_host: from,
    destination_host: to,
    state: 'preparing',
    ports,
    has_arrived: false,
    reason: null,
    started_at: call.write.at.toISOString(),
    moving_at: null,
    ended_at: null,
  });
}

/** What virtfn has plugged into the machine, where its ports are bound. */
async function departingPorts(call: WriteCall, domainId: DomainId): Promise<readonly Departing[]> {
  const attachments = await listDocuments<AttachmentDocument>(call.db, ATTACHMENT_KIND, [
    { field: 'plug.domain_id', values: [domainId] },
  ]);
  const departing: Departing[] = [];
  for (const source of attachments) {
    const port = await getDocument<PortDocument>(call.db, PORT_KIND, source.port_id);
    const { plug = null } = source;
    if (plug !== null && port['binding:host_id'] === source.host_id)
      departing.push({ port, source: { ...source, plug } });
  }
  return departing;
}

function sourceOf(domainId: DomainId, departing: readonly Departing[]): string {
  const [first, ...others] = departing;
  if (first === undefined)
    throw refusal(`Cannot move virtual machine ${domainId}: no port of the fleet is plugged into it`);
  const { host_id: from } = first.source;
  const elsewhere = others.find(({ source }) => source.host_id !== from);
  if (elsewhere !== undefined) {
    const { host_id: hostId, port_id: portId } = elsewhere.source;
    throw refusal(
      `Cannot move virtual machine ${domainId}: port ${portId} is on host ${hostId}, others are on ${from}`,
    );
  }
  return from;
}

async function checkDestination(
  call: WriteCall,
  { vm, domainId, from, to }: { vm: string; domainId: DomainId; from: string; to: string },
): Promise<void> {
  if (from === to) throw refusal(`Cannot move virtual machine ${vm} to host ${to}: it is there`);
  if (call.settings.fleet.find(to) === undefined)
    throw new SriovError(
      'HOST_UNKNOWN',
      `Cannot move virtual machine ${vm} to host "${to}": no agent of that name has reported`,
    );
  const agents = await listAgents(call.db);
  if (agents.find(({ hostId }) => hostId === to)?.isConnected !== true)
    throw refusal(`Cannot move virtual machine ${vm} to host ${to}: its agent is not connected`);
  if (await isRunningAt(call.db, { destination_host: to, domain_id: domainId }))
    throw refusal(`Cannot move virtual machine ${vm} to host ${to}: one of that UUID runs there`);
}

/** One migration of a machine at a time; old ones are forgotten. @throws {SriovError} MIGRATION_REFUSED */
async function refuseSecond(call: WriteCall, domainId: DomainId, vm: string): Promise<void> {
  const known = await listDocuments<MigrationDocument>(call.db, MIGRATION_KIND, [
    { field: 'domain_id', values: [domainId] },
  ]);
  const underWay = known.find(isUnderWay);
  if (underWay !== undefined)
    throw refusal(
      `Cannot move virtual machine ${vm}: it is being moved to host ${underWay.destination_host} by migration ${underWay.id}`,
    );
  const latestFirst = known.toSorted((a, b) => (a.started_at < b.started_at ? 1 : -1));
  for (const old of latestFirst.slice(MOST_ENDED - 1)) await removeDocument(call, MIGRATION_KIND, old);
}

/** Takes a VF for a port at the destination, and marks the one that it has as about to go. @returns why it cannot be had */
async function reserve(
  call: WriteCall,
  { port, source }: Departing,
  migrationId: string,
  to: string,
): Promise<MigratingPort | string> {
  const kind = kindOf(source);
  if (source.state !== 'configured') {
    const why = source.reason === null ? `is ${source.state}` : `has failed (${source.reason.message})`;
    throw refusal(`Cannot move virtual machine ${source.plug.domain_id}: port ${port.id} ${why}`);
  }
  if (kind === null)
    throw refusal(
      `Cannot move virtual machine ${source.plug.domain_id}: port ${port.id} is a whole PF, which cannot move`,
    );
  // What the profile says of the function is about the one at the source.
  const { pci_slot: _, physical_network: __, ...profile } = port['binding:profile'];
  const moved = { ...port, 'binding:host_id': to };
  const outcome = await bindPort(call, {
    port: moved,
    hostId: to,
    vnicType: source.vnic_type,
    profile,
    physicalNetwork: source.physical_network,
  });
  if (outcome.kind === 'failed') {
    const reasons = outcome.why.flatMap((host) => host.reasons.map(describeReason));
    return `port ${port.id}: ${[outcome.text, ...reasons].join('; ')}`;
  }
  const { taken } = outcome;
  const arriving: AttachmentDocument = {
    ...taken.attachment,
    plug: source.plug,
    move: { kind: 'arriving', migration_id: migrationId, prepared: null },
  };
  await beginAttachment(call, { ...taken, attachment: arriving }, port);
  await replaceDocument<AttachmentDocument>(call, ATTACHMENT_KIND, source, {
    ...source,
    move: { kind: 'departing', migration_id: migrationId, destination: null },
  });
  const bound = boundBy(moved, outcome).port;
  return {
    port_id: port.id,
    kind,
    source_attachment_id: source.id,
    destination_attachment_id: arriving.id,
    binding: {
      profile: bound['binding:profile'],
      vif_type: bound['binding:vif_type'],
      vif_details: bound['binding:vif_details'],
    },
  };
}

/** null: one that cannot move. */
function kindOf({ vnic_type: vnicType, plug }: Departing['source']): MigratingPort['kind'] | null {
  if (vnicType === 'direct-physical') return null;
  return plug.standby ? 'failover' : vnicType;
}

const refusal = (message: string): SriovError => new SriovError('MIGRATION_REFUSED', message);
