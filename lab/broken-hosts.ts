import { readFileSync } from 'node:fs';
import type { Lab } from './lab.ts';
import type { LabHost } from './lab-host.ts';

/** What a host that is well does in a second. */
const patienceMs = 60_000;

/**
 * Says which hosts the emulation has broken, each in a line: whatever a test found on such a host says nothing. What is known to break
 * one is avoided (docs/adr/0019); this is for what is not known. A processor never comes back from its guest: nothing runs on it any more,
 * and the guest's QEMU cannot be ended. Or it comes back as half a guest, and faults until the stack is full: the host starts anew, or its
 * kernel panics.
 */
export async function findBrokenHosts(lab: Lab): Promise<readonly string[]> {
  const fallen = findFallenHosts(lab);
  const hung = await Promise.all(lab.hosts.filter((host) => !fallen.includes(host)).map(whyHung));
  return [
    ...fallen.map(({ name }) => `${name}: a triple fault of its processor, or a panic of its kernel`),
    ...hung.filter((why) => why !== null),
  ];
}

/**
 * Those whose processor or kernel could not go on. QEMU logs a triple fault, and no kernel that restarts in good order does so by this way; a
 * panic is on the console.
 */
export function findFallenHosts(lab: Lab): readonly LabHost[] {
  const says = (file: string, words: string): boolean => readFileSync(file, 'latin1').includes(words);
  return lab.hosts.filter(
    ({ name }) =>
      says(lab.run.qemuLog(name), 'Triple fault') || says(lab.run.files(name).console, 'Kernel panic'),
  );
}

/** Null for a host that is well. */
async function whyHung(host: LabHost): Promise<string | null> {
  const answers = async (...argv: readonly string[]): Promise<string | null> => {
    const result = await host.exec(argv, { timeoutMs: patienceMs }).catch(() => null);
    return result === null ? null : result.stdout.trim();
  };
  const count = Number(await answers('nproc', '--all'));
  if (!(count > 0)) return `${host.name}: it does not answer`;
  for (let cpu = 0; cpu < count; cpu += 1)
    if ((await answers('taskset', '-c', String(cpu), 'echo', 'runs')) !== 'runs')
      return `${host.name}: nothing runs on its processor ${cpu}`;
  // Tests take their machines away at their end, and QEMU is killed for it: one that is left cannot be.
  const left = await answers('pgrep', '-a', '--', '^qemu-system');
  if (left === null) return `${host.name}: it does not list its processes`;
  return left === '' ? null : `${host.name}: a virtual machine cannot be ended (${left.slice(0, 80)})`;
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
