import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

/** Options of every command that lists what the fleet has. */
export interface ListOptions extends EndpointOptions {
  readonly limit?: string;
}

const MOST_IN_ANSWER = 1000;

export function addListOptions(command: Command, context: CommandContext): Command {
  return addEndpointOptions(command, context).addOption(
    new Option('--limit <number>', 'how many at most; all, if left out'),
  );
}

/** All pages of a list, or as many rows as were asked for. */
export async function allPages<Row>(
  { limit }: ListOptions,
  read: (page: { readonly limit: number; readonly marker?: string }) => Promise<{
    readonly rows: readonly Row[];
    readonly next: string | null;
  }>,
): Promise<readonly Row[]> {
  const most = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  const rows: Row[] = [];
  let marker: string | null = null;
  do {
    const size = Math.max(1, Math.min(MOST_IN_ANSWER, most - rows.length));
    const page = await read({ limit: size, ...(marker === null ? {} : { marker }) });
    rows.push(...page.rows);
    marker = page.next;
  } while (marker !== null && rows.length < most);
  return rows;
}
