import type { PortExplanation } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';
import type { Kysely } from 'kysely';
import type { Schema } from '../../store/index.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import { type Call, findDocument, listDocuments } from '../framework/index.ts';
import { segmentsOf } from '../resources/segment.ts';
import { chooseForPort } from './choose.ts';
import { isOfCard, segmentOfDocument } from './port-of-document.ts';
import { ratesOfPolicy } from './qos-rates.ts';
import { withTaken } from './taken.ts';

/** All VFs that ports have, by the attachments' ids. */
export function listAttachments(db: Kysely<Schema>): Promise<readonly AttachmentDocument[]> {
  return listDocuments<AttachmentDocument>(db, ATTACHMENT_KIND, []);
}

/**
 * Says which VF a port would get now, on one host or on any, or why each host refuses it.
 *
 * @throws {SriovError} PORT_UNKNOWN
 */
export async function explainPort(
  call: Pick<Call, 'db' | 'settings'>,
  portId: string,
  hostId: string | null,
): Promise<PortExplanation> {
  const { db, settings } = call;
  const port = await findDocument<PortDocument>(db, PORT_KIND, portId);
  if (port === undefined) {
    throw new SriovError(
      'PORT_UNKNOWN',
      `Cannot explain port "${portId.slice(0, 64)}": there is no such port`,
    );
  }
  const obstacle = (text: string): PortExplanation => ({ portId, chosen: null, obstacle: text, hosts: [] });
  const vnicType = port['binding:vnic_type'];
  if (!isOfCard(vnicType)) return obstacle(`ports of kind ${vnicType} need no VF`);
  const all = hostId === null ? settings.fleet.list() : [settings.fleet.find(hostId)];
  const known = all.filter((host) => host !== undefined);
  if (known.length === 0)
    return obstacle(hostId === null ? 'no agent has reported' : `no agent of host "${hostId}" has reported`);
  const hosts = await Promise.all(known.map((host) => withTaken(call, host)));
  const qos = await ratesOfPolicy(call, port.qos_policy_id ?? port.qos_network_policy_id);
  const refused: PortExplanation['hosts'] = [];
  // What it has by now is its own, and the question is what it could have.
  const profile = {};
  for (const segment of (await segmentsOf(call, port.network_id)).map(segmentOfDocument)) {
    const choice = chooseForPort(
      { port, vnicType, profile, segment, qos, strategy: settings.strategy },
      hosts,
    );
    if (choice.kind === 'hopeless') return obstacle(choice.text);
    if (choice.kind === 'chosen') {
      const { pf, vfIndex, pciAddress } = choice;
      return {
        portId,
        chosen: { hostId: choice.hostId, pf, vfIndex, pciAddress },
        obstacle: null,
        hosts: [],
      };
    }
    refused.push(...choice.hosts.map((host) => ({ hostId: host.hostId, reasons: [...host.reasons] })));
  }
  return { portId, chosen: null, obstacle: null, hosts: refused };
}
