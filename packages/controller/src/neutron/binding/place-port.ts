import { SriovError } from '@virtfn/model';
import { describeReason, type HostRefusal } from '../../scheduler/index.ts';
import { type AttachmentDocument, PORT_KIND, type PortDocument } from '../documents/index.ts';
import { replaceDocument, type WriteCall } from '../framework/index.ts';
import { beginAttachment } from './attachments.ts';
import { type BindingOutcome, bindPort } from './bind-port.ts';
import { chooseOfFleet } from './choose.ts';
import { getKnownPort } from './known-port.ts';
import { isOfCard } from './port-of-document.ts';
import { activeAttachmentOf, boundBy } from './port-binding.ts';
import { searchesOf, type Wanted } from './search.ts';

/** A host that was chosen by what is known here may have been filled up meanwhile: so many are tried. */
const MOST_TRIES = 8;
/** A fleet may have ten thousand hosts, each with its reason. */
const MOST_NAMED = 20;

/**
 * Binds a port to whichever host has a VF for it, or to the one that is named.
 *
 * @throws {SriovError} PORT_UNKNOWN, PORT_BOUND, PORT_UNPLACEABLE with the reason of every host
 */
export async function placePort(
  call: WriteCall,
  portId: string,
  hostId: string | null,
): Promise<AttachmentDocument> {
  const port = await portToPlace(call, portId);
  const vnicType = port['binding:vnic_type'];
  if (!isOfCard(vnicType)) throw unplaceable(portId, `ports of kind ${vnicType} need no VF`, []);
  const { pci_slot: _, ...profile } = port['binding:profile'];
  // A function without a host is what is left of the last binding.
  const wanted: Wanted = { port, vnicType, profile: hostId === null ? profile : port['binding:profile'] };
  const bind = async (host: string): Promise<BindingOutcome> => {
    const moved = { ...port, 'binding:host_id': host };
    const outcome = await bindPort(call, { ...wanted, port: moved, hostId: host });
    if (outcome.kind === 'failed') return outcome;
    const kept = await replaceDocument(call, PORT_KIND, port, boundBy(moved, outcome).port);
    await beginAttachment(call, outcome.taken, kept);
    return outcome;
  };
  if (hostId !== null) {
    const bound = await bind(hostId);
    if (bound.kind === 'bound') return bound.taken.attachment;
    throw unplaceable(portId, bound.text, bound.why);
  }
  const tried = new Set<string>();
  while (tried.size < MOST_TRIES) {
    const host = await chooseHost(call, wanted, tried);
    const bound = await bind(host);
    if (bound.kind === 'bound') return bound.taken.attachment;
    tried.add(host);
  }
  throw unplaceable(portId, `what seemed free was taken on ${MOST_TRIES} hosts, one after the other`, []);
}

async function portToPlace(call: WriteCall, portId: string): Promise<PortDocument> {
  const port = await getKnownPort(call, portId, 'bind');
  const active = await activeAttachmentOf(call, port);
  if (active === undefined) return port;
  throw new SriovError('PORT_BOUND', `Cannot bind port ${portId}: it has a VF on host ${active.host_id}`, {
    details: { host: active.host_id, pciAddress: active.pci_address },
  });
}

/** By what is known here: whether it is so, the binding finds out. */
async function chooseHost(call: WriteCall, wanted: Wanted, tried: ReadonlySet<string>): Promise<string> {
  const fleet = await call.settings.fleet.proposals();
  const refused: HostRefusal[] = [];
  for (const search of await searchesOf(call, wanted)) {
    const choice = chooseOfFleet(search, fleet, tried);
    if (choice.kind === 'chosen') return choice.hostId;
    if (choice.kind === 'hopeless') throw unplaceable(wanted.port.id, choice.text, []);
    refused.push(...choice.hosts);
  }
  const isAnybodyThere = fleet.all().length > 0;
  throw unplaceable(
    wanted.port.id,
    isAnybodyThere ? 'no host has a VF for it' : 'no agent has reported',
    refused,
  );
}

/** PORT_UNPLACEABLE, with the reason of each host. */
export function unplaceable(portId: string, why: string, refused: readonly HostRefusal[]): SriovError {
  const hosts = refused
    .slice(0, MOST_NAMED)
    .map(({ hostId, reasons }) => `${hostId}: ${reasons.map(describeReason).join('; ')}`);
  const first = hosts.length === 1 ? ` (${hosts[0]})` : '';
  return new SriovError('PORT_UNPLACEABLE', `Cannot bind port ${portId}: ${why}${first}`, {
    details: { port: portId, hosts },
  });
}
