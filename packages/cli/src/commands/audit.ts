import type { AuditStep } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTitledTable } from '../output/index.ts';
import { addListOptions, allPages, type ListOptions } from './fleet-list.ts';

interface Options extends ListOptions {
  readonly host?: string;
  readonly port?: string;
  readonly pf?: string;
  readonly vf?: string;
  readonly actor?: string;
  readonly code?: string;
  readonly failed?: boolean;
  readonly since?: string;
  readonly until?: string;
}

const USUAL_LIMIT = '50';

const COLUMNS: readonly Column<AuditStep>[] = [
  { title: 'TIME', value: ({ at }) => at.replace(/\.\d+Z$/, 'Z') },
  { title: 'WHO', value: actorOf },
  { title: 'HOST', value: ({ hostId }) => hostId ?? '-' },
  { title: 'RESULT', value: ({ error }) => error?.code ?? 'done' },
  { title: 'WHAT', value: ({ text }) => text },
  { title: 'WHY', value: ({ cause }) => cause },
];

function actorOf({ actor }: AuditStep): string {
  return actor.kind === 'agent' ? 'agent' : (actor.userName ?? actor.userId);
}

export function addAudit(parent: Command, context: CommandContext): void {
  addListOptions(parent.command('audit'), context)
    .description('Who did what to which port or VF, why, and with which result; the latest first')
    .option('--host <host>', 'on this host')
    .option('--port <port-id>', 'about this port')
    .option('--pf <address>', 'of the PF with this PCI address')
    .option('--vf <number>', 'of the VF with this number')
    .option('--actor <who>', '`agent`, `user`, or the id or name of a user')
    .option('--code <code>', 'that failed with this code')
    .option('--failed', 'that failed')
    .option('--since <time>', 'not before: a time, or how long ago: 30m, 12h, 7d')
    .option('--until <time>', 'before: a time, or how long ago')
    .addHelpText(
      'after',
      `\nWithout --limit the latest ${USUAL_LIMIT} are shown.\n\nExample:\n  virtfn audit --host compute1 --failed --since 1h`,
    )
    .action(async (options: Options) => {
      const { terminal } = context;
      const { host, port, pf, vf, actor, failed, since, until } = options;
      const code = options.code ?? (failed === true ? 'any' : undefined);
      const filters = {
        ...(host === undefined ? {} : { host }),
        ...(port === undefined ? {} : { port }),
        ...(pf === undefined ? {} : { pf }),
        ...(vf === undefined ? {} : { vf: Number(vf) }),
        ...(actor === undefined ? {} : { actor }),
        ...(code === undefined ? {} : { code }),
        ...(since === undefined ? {} : { since: timeOf(since, context.now()) }),
        ...(until === undefined ? {} : { until: timeOf(until, context.now()) }),
      };
      const client = context.connect(options.endpoint);
      const steps = await allPages({ ...options, limit: options.limit ?? USUAL_LIMIT }, async (page) => {
        const answer = await client.call('listSteps', {}, null, { ...filters, ...page });
        return { rows: answer.steps, next: answer.next };
      });
      if (options.json === true) return terminal.out(JSON.stringify({ steps }, null, 2));
      if (steps.length === 0) return terminal.out('Nothing of the kind was done.');
      terminal.out(formatTitledTable(steps, COLUMNS, terminal));
    });
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2026-01-02T03:04:05Z`, or `12h`: twelve hours ago. @throws {SriovError} REQUEST_INVALID */
function timeOf(text: string, now: Date): string {
  const [, number, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (number !== undefined)
    return new Date(now.getTime() - Number(number) * (UNITS[unit] ?? 0)).toISOString();
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new SriovError('REQUEST_INVALID', `Cannot read "${text.slice(0, 40)}" as a time`, {
    hint: 'Write 2026-01-02T03:04:05Z, or 30m, 12h or 7d for so long ago',
  });
}
