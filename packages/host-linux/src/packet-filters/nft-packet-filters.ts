import type { PacketFilters } from '@virtfn/host';
import {
  describeFilterStep,
  type FilterStep,
  type NetdevName,
  type ObservedFilter,
  parseMacAddress,
  parseIpPrefix,
  parseNetdevName,
  type PortFilter,
  SriovError,
} from '@virtfn/model';
import { NetlinkError, NetlinkUnavailable } from '@virtfn/netlink';
import { filterTable } from './filter-chains.ts';
import { removeScript, type Renewal, setScript } from './filter-script.ts';
import { countRules, type FilterTable } from './filter-table.ts';
import { type KernelTable, KernelTables } from './kernel-tables.ts';
import { type NftProgram, runNft } from './run-nft.ts';
import { pciAddressOf, tableNameOf } from './table-name.ts';
import { watchTables } from './watch-tables.ts';

/** What a table was made for, and how the kernel had it then. */
interface Known {
  readonly fingerprint: string;
  readonly filter: PortFilter;
}

const LOOK_LIMIT_MS = 10_000;
const WATCHED = ['ingress', 'egress'] as const;

/**
 * Packet filters of this machine's VFs in nftables: a table of the netdev family for each VF, changed by the program nft, one
 * transaction a step, and read from the kernel. What a table is meant to do is known while the kernel has it just as it was
 * after this object had made it. Needs root.
 */
export class NftPacketFilters implements PacketFilters, Disposable {
  readonly #program: NftProgram;
  readonly #known = new Map<string, Known>();
  #tables: KernelTables | null = null;
  #canFilter = false;
  /** One thing at a time: what is read behind a change is what the change has made. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(program: NftProgram = {}) {
    this.#program = program;
  }

  observe(): Promise<readonly ObservedFilter[]> {
    return this.#inTurn(async () => {
      const action = 'read the packet filters of VFs';
      await this.#makeSure(action);
      const tables = await reading(action, () => this.#open().read(null, LOOK_LIMIT_MS));
      const netdevs = await this.#readNetdevs(action);
      const names = new Set(tables.map(({ name }) => name));
      for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
      return tables.flatMap((table) => this.#observed(table, netdevs));
    });
  }

  apply(step: FilterStep): Promise<void> {
    return this.#inTurn(async () => {
      if (step.kind === 'set-filter') return this.#set(step);
      const name = tableNameOf(step.pciAddress);
      this.#known.delete(name);
      await this.#change(step, removeScript(name));
    });
  }

  watch(listener: () => void): () => void {
    return watchTables(listener);
  }

  /** Closes what it reads the kernel by. What filters go on. */
  [Symbol.dispose](): void {
    this.#tables?.[Symbol.dispose]();
    this.#tables = null;
  }

  async #set(step: Extract<FilterStep, { kind: 'set-filter' }>): Promise<void> {
    const { netdevName, filter } = step;
    refuseOddName(step);
    const name = tableNameOf(step.pciAddress);
    const table = filterTable(filter);
    const action = describeFilterStep(step);
    // Kernels from 6.16 on take a chain for an interface that is not there.
    if (!(await this.#readNetdevs(action)).has(netdevName)) throw isNotThere(step);
    const before = await this.#readOne(action, name);
    this.#known.delete(name);
    const renewal = before === null ? 'rules' : renewalOf(before, table, netdevName);
    const script = (how: Renewal): string =>
      setScript(table, { name, netdevName, renewal: how, policy: 'drop' });
    await this.#change(step, script(renewal), renewal === 'table' ? null : script('table'));
    const made = await this.#readOne(action, name);
    if (made === null || !isAsWritten(made, table, netdevName)) {
      throw new SriovError(
        'FILTER_REFUSED',
        `Cannot ${action}: the kernel has ${made === null ? 'no filter' : 'another filter'} than what was written`,
        { details: { table: name, netdev: netdevName } },
      );
    }
    this.#known.set(name, { fingerprint: made.fingerprint, filter });
  }

  /** `otherwise`: what to do instead when the kernel does not take it, as where a table is from another version of us. */
  async #change(step: FilterStep, script: string, otherwise: string | null = null): Promise<void> {
    const outcome = await runNft(script, 'change', this.#program);
    const action = describeFilterStep(step);
    switch (outcome.kind) {
      case 'done':
        return;
      case 'absent':
        throw unavailable(action, outcome.words);
      case 'unknown':
        throw new SriovError('STEP_TIMEOUT', `Cannot ${action}: ${outcome.words}`, {
          details: { pciAddress: step.pciAddress },
        });
      case 'refused':
        if (otherwise !== null) return this.#change(step, otherwise);
        // Why a kernel refuses is said in words only. One that refuses what suits every machine cannot filter at all.
        this.#canFilter = false;
        await this.#makeSure(action);
        throw new SriovError('FILTER_REFUSED', `Cannot ${action}: nft says "${outcome.words}"`, {
          details: { pciAddress: step.pciAddress, nft: outcome.words },
        });
    }
  }

  /** @throws {SriovError} FILTERS_UNAVAILABLE, STEP_TIMEOUT */
  async #makeSure(action: string): Promise<void> {
    if (this.#canFilter) return;
    const outcome = await runNft(TRIAL, 'check', this.#program);
    if (outcome.kind === 'unknown')
      throw new SriovError('STEP_TIMEOUT', `Cannot ${action}: ${outcome.words}`);
    if (outcome.kind !== 'done') throw unavailable(action, outcome.words);
    this.#canFilter = true;
  }

  #observed(table: KernelTable, netdevs: ReadonlySet<string>): readonly ObservedFilter[] {
    const pciAddress = pciAddressOf(table.name);
    if (pciAddress === null) return [];
    const device = deviceOf(table);
    const known = this.#known.get(table.name);
    return [
      {
        pciAddress,
        netdevName: device !== null && netdevs.has(device) ? parsedName(device) : null,
        filter: known?.fingerprint === table.fingerprint ? known.filter : null,
      },
    ];
  }

  async #readOne(action: string, name: string): Promise<KernelTable | null> {
    const [table = null] = await reading(action, () => this.#open().read(name, LOOK_LIMIT_MS));
    return table;
  }

  #readNetdevs(action: string): Promise<ReadonlySet<string>> {
    return reading(action, () => this.#open().readNetdevs());
  }

  #open(): KernelTables {
    this.#tables ??= new KernelTables();
    return this.#tables;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#line.then(work, work);
    this.#line = turn.catch(() => {});
    return turn;
  }
}

/**
 * A filter with something of each kind, on the interface that every machine has. It is only tried; and as the kernel puts
 * chains on their hooks even to try, it lets all pass.
 */
const TRIAL = setScript(
  filterTable({
    sources: ['192.0.2.1/32', '2001:db8::/64'].map((prefix) => ({
      mac: parseMacAddress('02:00:00:00:00:01'),
      prefix: parseIpPrefix(prefix),
    })),
    rules: (['IPv4', 'IPv6'] as const).flatMap((ethertype) =>
      WATCHED.map((direction) => ({ direction, ethertype, match: null, remotes: null, isStateful: true })),
    ),
  }),
  { name: 'virtfn-trial', netdevName: 'lo', renewal: 'rules', policy: 'accept' },
);

/** What of a table may stay. */
function renewalOf(before: KernelTable, table: FilterTable, netdevName: string): Renewal {
  if (!before.isAwake || !hasSameChains(before, table)) return 'table';
  return deviceOf(before) === netdevName ? 'rules' : 'chains';
}

function isAsWritten(made: KernelTable, table: FilterTable, netdevName: string): boolean {
  return (
    made.isAwake &&
    hasSameChains(made, table) &&
    deviceOf(made) === netdevName &&
    made.ruleCount === countRules(table)
  );
}

function hasSameChains({ chains }: KernelTable, table: FilterTable): boolean {
  const names = new Set(table.chains.map(({ name }) => name));
  return chains.length === names.size && chains.every(({ name }) => names.has(name));
}

/** The one interface whose packets a table sees in both directions, all that no rule lets pass being dropped; or null. */
function deviceOf({ chains }: KernelTable): string | null {
  const devices = WATCHED.map((hook) => {
    const own = chains.find((chain) => chain.hook?.name === hook)?.hook;
    return own?.drops === true && own.devices.length === 1 ? own.devices[0] : undefined;
  });
  const [first] = devices;
  return first !== undefined && devices.every((device) => device === first) ? first : null;
}

/** In quotes nft takes any name but these: the quote itself, and what it reads as a pattern. */
function refuseOddName(step: Extract<FilterStep, { kind: 'set-filter' }>): void {
  if (!/["*\\]/.test(step.netdevName)) return;
  throw new SriovError(
    'FILTER_REFUSED',
    `Cannot ${describeFilterStep(step)}: nft cannot be told of an interface with such a name`,
    { details: { netdev: step.netdevName } },
  );
}

function isNotThere(step: Extract<FilterStep, { kind: 'set-filter' }>): SriovError {
  return new SriovError('FILTER_REFUSED', `Cannot ${describeFilterStep(step)}: there is no such interface`, {
    details: { netdev: step.netdevName },
  });
}

function parsedName(device: string): NetdevName | null {
  try {
    return parseNetdevName(device);
  } catch {
    return null;
  }
}

/** What a kernel says that has no such tables, or none for us. All else passes: no buffers, no file descriptors, no answer. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'EACCES',
  'EAFNOSUPPORT',
  'EINVAL',
  'ENOENT',
  'EOPNOTSUPP',
  'EPERM',
  'EPROTONOSUPPORT',
]);

async function reading<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof NetlinkUnavailable || (cause instanceof NetlinkError && FOR_GOOD.has(cause.code)))
      throw unavailable(action, found, cause);
    throw new SriovError('STEP_TIMEOUT', `Cannot ${action}: ${found}`, { cause });
  }
}

function unavailable(action: string, found: string, cause?: unknown): SriovError {
  return new SriovError('FILTERS_UNAVAILABLE', `Cannot ${action}: "${found}"`, { details: { found }, cause });
}
