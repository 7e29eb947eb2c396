import type { PortFilter } from '@virtfn/model';
import {
  ADDRESS_GROUP_KIND,
  type AddressGroupDocument,
  type AttachmentDocument,
  PORT_KIND,
  type PortDocument,
  SECURITY_GROUP_KIND,
  type SecurityGroupDocument,
} from '../documents/index.ts';
import { type Call, findDocument, listDocuments } from '../framework/index.ts';
import { isFiltered } from './filtered-kinds.ts';
import { addressesOfPort, filterOfPort } from './filter-of-port.ts';

/** What may pass a port, and what that hangs on. */
export interface FilterOfPort {
  /** null: nobody filters it. */
  readonly filter: PortFilter | null;
  /** Names of what changes it when it changes: see `groupRef` and its neighbours. */
  readonly refs: readonly string[];
}

const NO_FILTER: FilterOfPort = { filter: null, refs: [] };

/** The rules of a group. */
export const groupRef = (id: string): string => `group/${id}`;
/** The addresses of the ports that are in a group. */
export const membersRef = (id: string): string => `members/${id}`;
/** The prefixes of an address group. */
export const addressesRef = (id: string): string => `addresses/${id}`;

/** Reads groups, their members and address groups, each at most once: many ports have the same. */
export class FilterReader {
  readonly #db: Call['db'];
  readonly #groups = new Map<string, Promise<SecurityGroupDocument | undefined>>();
  readonly #members = new Map<string, Promise<readonly string[]>>();
  readonly #addresses = new Map<string, Promise<readonly string[]>>();

  constructor(db: Call['db']) {
    this.#db = db;
  }

  /** What passes an attachment of a port. */
  async read(attachment: AttachmentDocument, port: PortDocument): Promise<FilterOfPort> {
    if (!isFiltered(attachment, port)) return NO_FILTER;
    const found = await Promise.all(port.security_groups.map((id) => this.#group(id)));
    const groups = found.filter((group) => group !== undefined);
    const rules = groups.flatMap((group) => group.security_group_rules);
    const remoteGroups = idsOf(rules.map((rule) => rule.remote_group_id));
    const addressGroups = idsOf(rules.map((rule) => rule.remote_address_group_id));
    const members = await byId(remoteGroups, (id) => this.#membersOf(id));
    const addresses = await byId(addressGroups, (id) => this.#addressesOf(id));
    return {
      filter: filterOfPort({ port, groups, members, addresses }),
      refs: [
        ...port.security_groups.map(groupRef),
        ...remoteGroups.map(membersRef),
        ...addressGroups.map(addressesRef),
      ],
    };
  }

  #group(id: string): Promise<SecurityGroupDocument | undefined> {
    return once(this.#groups, id, () => findDocument(this.#db, SECURITY_GROUP_KIND, id));
  }

  #membersOf(id: string): Promise<readonly string[]> {
    return once(this.#members, id, async () => {
      const inGroup = [{ field: 'security_groups', values: [id] }];
      const ports = await listDocuments<PortDocument>(this.#db, PORT_KIND, inGroup);
      return ports.flatMap(addressesOfPort);
    });
  }

  #addressesOf(id: string): Promise<readonly string[]> {
    return once(this.#addresses, id, async () => {
      const group = await findDocument<AddressGroupDocument>(this.#db, ADDRESS_GROUP_KIND, id);
      return group?.addresses ?? [];
    });
  }
}

/** What passes an attachment of a port. */
export function readFilter(
  db: Call['db'],
  attachment: AttachmentDocument,
  port: PortDocument,
): Promise<FilterOfPort> {
  return new FilterReader(db).read(attachment, port);
}

function idsOf(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids)].filter((id) => id !== null);
}

async function byId<Value>(
  ids: readonly string[],
  read: (id: string) => Promise<Value>,
): Promise<ReadonlyMap<string, Value>> {
  return new Map(await Promise.all(ids.map(async (id) => [id, await read(id)] as const)));
}

function once<Value>(
  kept: Map<string, Promise<Value>>,
  id: string,
  read: () => Promise<Value>,
): Promise<Value> {
  const before = kept.get(id);
  if (before !== undefined) return before;
  const reading = read();
  kept.set(id, reading);
  return reading;
}
