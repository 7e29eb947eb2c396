import { paint, type Terminal } from './terminal.ts';

/** A name and its value. */
export type Fact = readonly [name: string, value: string];

/** Names and values under each other. */
export function formatFacts(facts: readonly Fact[], terminal: Terminal): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${paint(terminal, 'dim', name.padEnd(width))}  ${value}`).join('\n');
}
