import type { AttachmentDocument, AttachmentQueryDocument, Client } from '@virtfn/contract';
import type { NeutronClient, NeutronKind, NeutronObject } from '@virtfn/contract/neutron-client';
import type { ObjectPage } from './live-objects.ts';
import type { MachineNames } from './machine-names.ts';

/** So many objects are read at a time, and shown while the others come. */
const PAGE_SIZE = 1000;

/** Reads objects of Neutron's API, page by page. @param filters as Neutron has them */
export function neutronPages<Item>(
  client: NeutronClient,
  kind: NeutronKind,
  read: (object: NeutronObject) => Item,
  filters: Readonly<Record<string, string>> = {},
): (marker: string | null) => Promise<ObjectPage<Item>> {
  return async (marker) => {
    const paging = { limit: String(PAGE_SIZE), ...(marker === null ? {} : { marker }) };
    const objects = await client.list(kind, { ...filters, ...paging });
    const items = objects.map((object) => [object.id, read(object)] as const);
    return { items, next: objects.length < PAGE_SIZE ? null : (objects.at(-1)?.id ?? null) };
  };
}

export function attachmentPages(
  client: Client,
  names: MachineNames,
  query: AttachmentQueryDocument = {},
): (marker: string | null) => Promise<ObjectPage<AttachmentDocument>> {
  return async (marker) => {
    const paging = { limit: PAGE_SIZE, ...(marker === null ? {} : { marker }) };
    const { attachments, next } = await client.call('listAttachments', {}, null, { ...query, ...paging });
    return { items: attachments.map((each) => [each.attachmentId, names.fill(each)] as const), next };
  };
}
