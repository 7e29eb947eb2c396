import { readFileSync } from 'node:fs';
import type { Lab } from './lab.ts';
import type { LabHost } from './lab-host.ts';

/** What a host that is well does in a second. */
const patienceMs = 60_000;

/**
 * Says which hosts hang, each in a line. A virtual machine in an emulated host runs on an emulated processor's own
 * virtualization, and now and then such a processor never comes back from its guest: nothing runs on it any more, and the guest's QEMU
 * cannot be ended. Whatever a test found on such a host says nothing.
 */
export async function findHungHosts(lab: Lab): Promise<readonly string[]> {
  const found = await Promise.all(lab.hosts.map(whyHung));
  return found.flatMap((why, index) => (why === null ? [] : `${lab.hosts[index]?.name}: ${why}`));
}

async function whyHung(host: LabHost): Promise<string | null> {
  const answers = async (...argv: readonly string[]): Promise<string | null> => {
    const result = await host.exec(argv, { timeoutMs: patienceMs }).catch(() => null);
    return result === null ? null : result.stdout.trim();
  };
  const count = Number(await answers('nproc', '--all'));
  if (!(count > 0)) return 'it does not answer';
  for (let cpu = 0; cpu < count; cpu += 1)
    if ((await answers('taskset', '-c', String(cpu), 'echo', 'runs')) !== 'runs')
      return `nothing runs on its processor ${cpu}`;
  // Tests take their machines away at their end, and QEMU is killed for it: one that is left cannot be.
  const left = await answers('pgrep', '-a', '--', '^qemu-system');
  if (left === null) return 'it does not list its processes';
  return left === '' ? null : `a virtual machine cannot be ended (${left.slice(0, 80)})`;
}

/** The end of what each host's kernel said. */
export function tailOfConsoles(lab: Lab, lines: number): string {
  return lab.hosts
    .map(({ name }) => {
      const said = readFileSync(lab.run.files(name).console, 'latin1').trimEnd().split('\n').slice(-lines);
      return [`Console of ${name}:`, ...said.map((line) => `  ${line.trimEnd()}`)].join('\n');
    })
    .join('\n');
}
