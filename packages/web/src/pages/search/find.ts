import type { AttachmentDocument, PfList, VfList } from '@virtfn/contract';
import type { NeutronObject } from '@virtfn/contract/neutron-client';
import type { Fleet } from '../../fleet/index.ts';
import { KINDS } from '../../neutron/index.ts';
import { questionsFor } from './questions.ts';

/** What was found, of each kind. */
export interface Found {
  readonly pfs: PfList['pfs'];
  readonly vfs: VfList['vfs'];
  readonly ports: readonly NeutronObject[];
  /** VFs in virtual machines. */
  readonly attachments: readonly AttachmentDocument[];
}

/** More of one kind say nothing more than that the words are too few. */
const MOST = 50;

/** Asks the controller for everything that words may mean. @throws {SriovError} what it refuses, or CONTROLLER_UNREACHABLE */
export async function find(words: string, { client, neutron }: Fleet): Promise<Found> {
  const { ports: filters, pciAddress, vm } = questionsFor(words);
  const byAddress = pciAddress === null ? null : { pciAddress, limit: MOST };
  const [pfs, vfs, attachments, ...ports] = await Promise.all([
    byAddress === null ? [] : client.call('listPfs', {}, null, byAddress).then((answer) => answer.pfs),
    byAddress === null ? [] : client.call('listVfs', {}, null, byAddress).then((answer) => answer.vfs),
    client.call('listAttachments', {}, null, { vm, limit: MOST }).then((answer) => answer.attachments),
    ...filters.map((filter) => neutron.list(KINDS.port, { ...filter, limit: String(MOST) })),
  ]);
  const byId = new Map(ports.flat().map((port) => [port.id, port]));
  return { pfs, vfs, attachments, ports: [...byId.values()] };
}
