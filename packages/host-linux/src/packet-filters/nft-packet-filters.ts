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
import { deviceOf, isAsWritten, renewals } from './compare-tables.ts';
import { removeScript, setScript } from './filter-script.ts';
import type { FilterTable } from './filter-table.ts';
import { type KernelTable, KernelTables } from './kernel-tables.ts';
import { type NftProgram, runNft } from './run-nft.ts';
import { pciAddressOf, tableNameOf } from './table-name.ts';
import { watchTables } from './watch-tables.ts';

/** What a table was made for, and how the kernel had it then. */
interface Known {
  readonly fingerprint: string;
  readonly filter: PortFilter;
}

type SetFilter = Extract<FilterStep, { kind: 'set-filter' }>;

/** A step on its way. */
interface Change {
  readonly step: FilterStep;
  readonly name: string;
  /** The first that the kernel takes: it may refuse what keeps of a table what it can, where that is from another version of us. */
  readonly scripts: readonly string[];
  /** What shall be there then; null: nothing. */
  readonly made: FilterTable | null;
  error: SriovError | null;
}

/** nft reads all tables of the machine before each transaction, which for many takes longer than to change some. */
const CHANGES_AT_ONCE = 128;
const LOOK_LIMIT_MS = 10_000;

/**
 * Packet filters of this machine's VFs in nftables: a table of the netdev family for each VF, changed by the program nft, in
 * transactions of one step or of many, and read from the kernel. What a table is meant to do is known while the kernel has it just as it was
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

  async apply(step: FilterStep): Promise<void> {
    const [error = null] = await this.applyAll([step]);
    if (error !== null) throw error;
  }

  applyAll(steps: readonly FilterStep[]): Promise<readonly (SriovError | null)[]> {
    return this.#inTurn(async () => {
      const [first] = steps;
      if (first === undefined) return [];
      const action = steps.length === 1 ? describeFilterStep(first) : 'filter packets on VFs';
      const changes = await this.#prepare(steps, action);
      for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE)
        await this.#changeAll(changes.slice(at, at + CHANGES_AT_ONCE), action);
      await this.#readBack(changes, action);
      return changes.map(({ error }) => error);
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

  /** Finds out how each change is to be made, by one look at interfaces and tables for all of them. */
  async #prepare(steps: readonly FilterStep[], action: string): Promise<readonly Change[]> {
    const sets = steps.filter((step) => step.kind === 'set-filter');
    // Kernels from 6.16 on take a chain for an interface that is not there.
    const netdevs = sets.length === 0 ? new Set<string>() : await this.#readNetdevs(action);
    const before = await this.#readTables(action, sets);
    return steps.map((step) => {
      const name = tableNameOf(step.pciAddress);
      if (step.kind === 'remove-filter')
        return { step, name, scripts: [removeScript(name)], made: null, error: null };
      const error = oddName(step) ?? (netdevs.has(step.netdevName) ? null : isNotThere(step));
      const made = filterTable(step.filter);
      const scripts = renewals(before.get(name) ?? null, made, step.netdevName).map((renewal) =>
        setScript(made, { name, netdevName: step.netdevName, renewal, policy: 'drop' }),
      );
      return { step, name, scripts, made, error };
    });
  }

  /** In one transaction, and where that is refused each by itself, which tells why. */
  async #changeAll(changes: readonly Change[], action: string): Promise<void> {
    const sent = changes.filter(({ error }) => error === null);
    for (const { name } of sent) this.#known.delete(name);
    if (sent.length > 1) {
      const outcome = await runNft(sent.map(({ scripts }) => scripts[0]).join(''), 'change', this.#program);
      if (outcome.kind === 'done') return;
      if (outcome.kind === 'absent') throw unavailable(action, outcome.words);
      if (outcome.kind === 'unknown') {
        for (const change of sent) change.error = outOfTime(change.step, outcome.words);
        return;
      }
    }
    for (const change of sent) change.error = await this.#change(change);
  }

  /** What is read back is what the kernel has when all of them are made. */
  async #readBack(changes: readonly Change[], action: string): Promise<void> {
    const done = changes.filter(({ error }) => error === null);
    const tables = await this.#readTables(
      action,
      done.map(({ step }) => step).filter((step) => step.kind === 'set-filter'),
    );
    for (const change of done) {
      const { step, name, made } = change;
      if (step.kind !== 'set-filter' || made === null) continue;
      const found = tables.get(name) ?? null;
      if (found !== null && isAsWritten(found, made, step.netdevName))
        this.#known.set(name, { fingerprint: found.fingerprint, filter: step.filter });
      else change.error = notAsWritten(step, found);
    }
  }

  /** @throws {SriovError} FILTERS_UNAVAILABLE, STEP_TIMEOUT: nothing of ours can be changed at all */
  async #change({ step, scripts }: Change): Promise<SriovError | null> {
    const action = describeFilterStep(step);
    let words = '';
    for (const script of scripts) {
      const outcome = await runNft(script, 'change', this.#program);
      switch (outcome.kind) {
        case 'done':
          return null;
        case 'absent':
          throw unavailable(action, outcome.words);
        case 'unknown':
          return outOfTime(step, outcome.words);
        case 'refused':
          ({ words } = outcome);
      }
    }
    // Why a kernel refuses is said in words only. One that refuses what suits every machine cannot filter at all.
    this.#canFilter = false;
    await this.#makeSure(action);
    return new SriovError('FILTER_REFUSED', `Cannot ${action}: nft says "${words}"`, {
      details: { pciAddress: step.pciAddress, nft: words },
    });
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

  /** Of those steps the tables that are there, by name. */
  async #readTables(action: string, steps: readonly FilterStep[]): Promise<ReadonlyMap<string, KernelTable>> {
    const [first] = steps;
    if (first === undefined) return new Map();
    const name = steps.length === 1 ? tableNameOf(first.pciAddress) : null;
    const tables = await reading(action, () => this.#open().read(name, LOOK_LIMIT_MS));
    return new Map(tables.map((table) => [table.name, table]));
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
      (['ingress', 'egress'] as const).map((direction) => ({
        direction,
        ethertype,
        match: null,
        remotes: null,
        isStateful: true,
      })),
    ),
  }),
  { name: 'virtfn-trial', netdevName: 'lo', renewal: 'rules', policy: 'accept' },
);

/** In quotes nft takes any name but these: the quote itself, and what it reads as a pattern. */
function oddName(step: SetFilter): SriovError | null {
  if (!/["*\\]/.test(step.netdevName)) return null;
  return new SriovError(
    'FILTER_REFUSED',
    `Cannot ${describeFilterStep(step)}: nft cannot be told of an interface with such a name`,
    { details: { netdev: step.netdevName } },
  );
}

function isNotThere(step: SetFilter): SriovError {
  return new SriovError('FILTER_REFUSED', `Cannot ${describeFilterStep(step)}: there is no such interface`, {
    details: { netdev: step.netdevName },
  });
}

function notAsWritten(step: SetFilter, found: KernelTable | null): SriovError {
  const what = found === null ? 'no filter' : 'another filter';
  return new SriovError(
    'FILTER_REFUSED',
    `Cannot ${describeFilterStep(step)}: the kernel has ${what} than what was written`,
    { details: { table: tableNameOf(step.pciAddress), netdev: step.netdevName } },
  );
}

function outOfTime(step: FilterStep, words: string): SriovError {
  return new SriovError('STEP_TIMEOUT', `Cannot ${describeFilterStep(step)}: ${words}`, {
    details: { pciAddress: step.pciAddress },
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
