import { createHash } from 'node:crypto';
import {
  AttributeReader,
  AttributeWriter,
  Bytes,
  MessageFlag,
  type NetlinkMessage,
  NetlinkSocket,
  RouteClient,
} from '@virtfn/netlink';

// include/uapi/linux/netfilter/nfnetlink.h, nf_tables.h and netfilter.h.
export const NETLINK_NETFILTER = 12;
export const NFNL_SUBSYS_NFTABLES = 10 << 8;
export const NFPROTO_NETDEV = 5;
const Message = { getTable: 1, getChain: 4, getRule: 7 } as const;
/** Tables, chains and rules have the name of their table in the same attribute. */
const TABLE_NAME = 1;
const TABLE_FLAGS = 2;
const CHAIN_NAME = 3;
const CHAIN_HOOK = 4;
const CHAIN_POLICY = 5;
const HOOK_NUMBER = 1;
const HOOK_DEVICE = 3;
const HOOK_DEVICES = 4;
const DEVICE_NAME = 1;
/** struct nfgenmsg: u8 family, u8 version, be16 generation. */
const HEADER = 4;
const HOOKS = ['ingress', 'egress'] as const;
const NF_DROP = 0;

/** A table of the netdev family as the kernel has it. */
export interface KernelTable {
  readonly name: string;
  /** Changes with whatever is done to its flags, chains and rules; what packets do to its sets does not count. */
  readonly fingerprint: string;
  /** Neither put to sleep nor anything else out of the ordinary. */
  readonly isAwake: boolean;
  readonly chains: readonly KernelChain[];
  readonly ruleCount: number;
}

export interface KernelChain {
  readonly name: string;
  /** null: on no hook. */
  readonly hook: {
    readonly name: 'ingress' | 'egress' | null;
    /** Kernels from 6.16 on keep a chain for an interface that is gone, by its name. */
    readonly devices: readonly string[];
    readonly drops: boolean;
  } | null;
}

/**
 * Reads tables from the kernel. Not by `nft list`: nft 1.0.6 reads all rules once for each table, which takes 20 s for a
 * hundred tables of ours, and its JSON leaves the interface of a chain out.
 */
export class KernelTables implements Disposable {
  readonly #socket = new NetlinkSocket({ protocol: NETLINK_NETFILTER });
  readonly #route = new RouteClient();

  /**
   * All tables, or those of one name. What changes meanwhile is read anew.
   *
   * @throws {NetlinkError} the kernel refuses; {NetlinkTimeout}
   */
  async read(name: string | null, limitMs: number): Promise<readonly KernelTable[]> {
    const ask = async (message: number): Promise<readonly NetlinkMessage[]> => {
      // Tables are not filtered by the kernel, and few.
      const payload = new AttributeWriter().raw(Uint8Array.of(NFPROTO_NETDEV, 0, 0, 0));
      if (name !== null && message !== Message.getTable) payload.text(TABLE_NAME, name);
      const request = {
        type: NFNL_SUBSYS_NFTABLES | message,
        flags: MessageFlag.dump,
        payload: payload.finish(),
      };
      return this.#socket.request(request, { what: 'read the packet filters', limitMs });
    };
    const [tables, chains, rules] = [
      await ask(Message.getTable),
      Map.groupBy(await ask(Message.getChain), tableOf),
      Map.groupBy(await ask(Message.getRule), tableOf),
    ];
    return tables
      .filter((message) => name === null || tableOf(message) === name)
      .map((message) =>
        tableFrom(message, chains.get(tableOf(message)) ?? [], rules.get(tableOf(message)) ?? []),
      );
  }

  /** The interfaces that there are. */
  async readNetdevs(): Promise<ReadonlySet<string>> {
    return new Set((await this.#route.listLinks()).map(({ name }) => name));
  }

  [Symbol.dispose](): void {
    this.#socket.close();
    this.#route.close();
  }
}

function tableFrom(
  table: NetlinkMessage,
  chains: readonly NetlinkMessage[],
  rules: readonly NetlinkMessage[],
): KernelTable {
  const hash = createHash('sha256');
  for (const { payload } of [table, ...chains, ...rules]) hash.update(payload.subarray(HEADER));
  return {
    name: tableOf(table),
    fingerprint: hash.digest('base64'),
    isAwake: numberIn(attributesOf(table), TABLE_FLAGS) === 0,
    chains: chains.map(chainFrom),
    ruleCount: rules.length,
  };
}

function chainFrom(message: NetlinkMessage): KernelChain {
  let name = '';
  let hook: Omit<NonNullable<KernelChain['hook']>, 'drops'> | null = null;
  let drops = false;
  const attributes = attributesOf(message);
  while (attributes.next()) {
    if (attributes.type === CHAIN_NAME) name = attributes.text();
    if (attributes.type === CHAIN_HOOK) hook = hookFrom(attributes.nest());
    if (attributes.type === CHAIN_POLICY) drops = bigEndian(attributes.copy()) === NF_DROP;
  }
  return { name, hook: hook && { ...hook, drops } };
}

function hookFrom(attributes: AttributeReader): Omit<NonNullable<KernelChain['hook']>, 'drops'> {
  let name: 'ingress' | 'egress' | null = null;
  const devices = new Set<string>();
  while (attributes.next()) {
    if (attributes.type === HOOK_NUMBER) name = HOOKS[bigEndian(attributes.copy())] ?? null;
    if (attributes.type === HOOK_DEVICE) devices.add(attributes.text());
    if (attributes.type === HOOK_DEVICES) {
      const all = attributes.nest();
      // What is no name is the beginning of names.
      while (all.next()) devices.add(all.type === DEVICE_NAME ? all.text() : `${all.text()}*`);
    }
  }
  return { name, devices: [...devices] };
}

/** The table that a message is about, or that what it is about is in; "": none. */
export function tableOf(message: NetlinkMessage): string {
  const attributes = attributesOf(message);
  while (attributes.next()) if (attributes.type === TABLE_NAME) return attributes.text();
  return '';
}

function numberIn(attributes: AttributeReader, type: number): number | null {
  while (attributes.next()) if (attributes.type === type) return bigEndian(attributes.copy());
  return null;
}

const attributesOf = ({ payload }: NetlinkMessage): AttributeReader =>
  new AttributeReader(new Bytes(payload), HEADER);

/** Numbers of nf_tables are in network order. */
const bigEndian = (bytes: Uint8Array): number => bytes.reduce((number, byte) => number * 256 + byte, 0);
