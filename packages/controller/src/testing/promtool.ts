import { spawnSync } from 'node:child_process';
import { skipWithout } from './required-program.ts';

const PROMTOOL = '/usr/bin/promtool';

/** For node:test's `skip`: false where Prometheus' own checker is installed. */
export const skipWithoutPromtool = (): string | false => skipWithout(PROMTOOL, 'prometheus');

/**
 * Runs Prometheus' own checker: `check metrics`, `check rules FILE`, `test rules FILE`.
 *
 * @returns what it has to say; empty: it finds nothing wrong
 */
export function runPromtool(args: readonly string[], input = ''): string {
  const { error, status, stdout, stderr } = spawnSync(PROMTOOL, args, { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  // About metrics it says what is wrong and nothing else; about rules also what is right.
  return status === 0 && args[1] === 'rules' ? '' : `${stdout}${stderr}`;
}

/** Names of the metrics in a text of Prometheus' form. */
export function exposedMetrics(text: string): readonly string[] {
  return [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name);
}
