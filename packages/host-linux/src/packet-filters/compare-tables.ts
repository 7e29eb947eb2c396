import type { Renewal } from './filter-script.ts';
import { countRules, type FilterTable } from './filter-table.ts';
import type { KernelTable } from './kernel-tables.ts';

const WATCHED = ['ingress', 'egress'] as const;

/** Ways to put a table in the place of what is there: what keeps most of it first. */
export function renewals(
  before: KernelTable | null,
  table: FilterTable,
  netdevName: string,
): readonly Renewal[] {
  if (before === null) return ['rules', 'table'];
  if (!before.isAwake || !hasSameChains(before, table)) return ['table'];
  return [deviceOf(before) === netdevName ? 'rules' : 'chains', 'table'];
}

/** Whether the kernel has of a table all that was written. */
export function isAsWritten(made: KernelTable, table: FilterTable, netdevName: string): boolean {
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
export function deviceOf({ chains }: KernelTable): string | null {
  const devices = WATCHED.map((hook) => {
    const own = chains.find((chain) => chain.hook?.name === hook)?.hook;
    return own?.drops === true && own.devices.length === 1 ? own.devices[0] : undefined;
  });
  const [first] = devices;
  return first !== undefined && devices.every((device) => device === first) ? first : null;
}
