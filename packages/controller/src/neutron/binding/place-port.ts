import { SriovError } from '@virtfn/model';
import { describeReason, type HostRefusal } from '../../scheduler/index.ts';
import { type AttachmentDocument, PORT_KIND, type PortDocument } from '../documents/index.ts';
import { findDocument, replaceDocument, type WriteCall } from '../framework/index.ts';
import { beginAttachment } from './attachments.ts';
import { chooseForPort } from './choose.ts';
import { isOfCard } from './port-of-document.ts';
import { activeAttachmentOf, bindNew } from './port-binding.ts';
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
  const wanted: Wanted = { port, vnicType, profile: port['binding:profile'] };
  const tried = new Set<string>();
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const chosen = await chooseHost(call, wanted, hostId, tried);
    const bound = await bindNew(call, { ...port, 'binding:host_id': chosen });
    if (bound.taken !== null) {
      const kept = await replaceDocument(call, PORT_KIND, port, bound.port);
      await beginAttachment(call, bound.taken, kept);
      return bound.taken.attachment;
    }
    tried.add(chosen);
  }
  throw unplaceable(portId, `what seemed free was taken on ${MOST_TRIES} hosts, one after the other`, []);
}

async function portToPlace(call: WriteCall, portId: string): Promise<PortDocument> {
  const port = await findDocument<PortDocument>(call.db, PORT_KIND, portId);
  if (port === undefined) {
    throw new SriovError('PORT_UNKNOWN', `Cannot bind port "${portId.slice(0, 64)}": there is no such port`);
  }
  const active = await activeAttachmentOf(call, port);
  if (active === undefined) return port;
  throw new SriovError('PORT_BOUND', `Cannot bind port ${portId}: it has a VF on host ${active.host_id}`, {
    details: { host: active.host_id, pciAddress: active.pci_address },
  });
}

/** By what is known here: whether it is so, the binding finds out. */
async function chooseHost(
  call: WriteCall,
  wanted: Wanted,
  hostId: string | null,
  tried: ReadonlySet<string>,
): Promise<string> {
  const all = call.settings.fleet.proposals();
  const hosts =
    hostId === null && tried.size === 0
      ? all
      : all.filter((host) => !tried.has(host.hostId) && (hostId === null || host.hostId === hostId));
  const refused: HostRefusal[] = [];
  for (const search of await searchesOf(call, wanted)) {
    const choice = chooseForPort(search, hosts);
    if (choice.kind === 'chosen') return choice.hostId;
    if (choice.kind === 'hopeless') throw unplaceable(wanted.port.id, choice.text, []);
    refused.push(...choice.hosts);
  }
  const where = hostId === null ? 'no host has a VF for it' : `host ${hostId} has no VF for it`;
  const nobody = hostId === null ? 'no agent has reported' : `no agent of host "${hostId}" has reported`;
  throw unplaceable(wanted.port.id, hosts.length === 0 ? nobody : where, refused);
}

function unplaceable(portId: string, why: string, refused: readonly HostRefusal[]): SriovError {
  const hosts = refused
    .slice(0, MOST_NAMED)
    .map(({ hostId, reasons }) => `${hostId}: ${reasons.map(describeReason).join('; ')}`);
  const first = hosts.length === 1 ? ` (${hosts[0]})` : '';
  return new SriovError('PORT_UNPLACEABLE', `Cannot bind port ${portId}: ${why}${first}`, {
    details: { port: portId, hosts },
  });
}
