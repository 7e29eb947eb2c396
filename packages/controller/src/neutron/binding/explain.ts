import type { PortExplanation } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';
import type { Kysely } from 'kysely';
import { describeReason } from '../../scheduler/index.ts';
import type { Schema } from '../../store/index.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import { type Call, findDocument, listDocuments, listDocumentsByField } from '../framework/index.ts';
import { chooseOfFleet, chooseOfHost } from './choose.ts';
import { isOfCard } from './port-of-document.ts';
import { searchesOf } from './search.ts';
import { withTaken } from './taken.ts';

/** What the log calls a change of what a port has of a host. */
export const ATTACHMENT_CHANGE = ATTACHMENT_KIND.name;

/** VFs that ports have: these attachments', or all. */
export function readAttachments(
  db: Kysely<Schema>,
  ids: readonly string[] | null,
): Promise<readonly AttachmentDocument[]> {
  return ids === null
    ? listDocuments<AttachmentDocument>(db, ATTACHMENT_KIND, [])
    : listDocumentsByField<AttachmentDocument>(db, ATTACHMENT_KIND, 'id', ids);
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
  const fleet = await settings.fleet.proposals();
  const host = hostId === null ? undefined : settings.fleet.find(hostId);
  if (hostId !== null && host === undefined) return obstacle(`no agent of host "${hostId}" has reported`);
  if (fleet.all().length === 0) return obstacle('no agent has reported');
  const known = host === undefined ? null : await withTaken(call, host);
  const refused: PortExplanation['hosts'] = [];
  // What it has by now is its own, and the question is what it could have.
  const { pci_slot: _, ...profile } = port['binding:profile'];
  for (const search of await searchesOf(call, { port, vnicType, profile })) {
    const choice = known === null ? chooseOfFleet(search, fleet) : chooseOfHost(search, known);
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
    refused.push(
      ...choice.hosts.map(({ hostId: refusing, reasons }) => ({
        hostId: refusing,
        reasons: reasons.map((reason) => ({ ...reason, words: describeReason(reason) })),
      })),
    );
  }
  return { portId, chosen: null, obstacle: null, hosts: refused };
}
