// One QEMU for each lab host: how it is started, found again by later commands, and ended.
// Must never signal a process that it did not start: each is known by its number and its start time together.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { channelCount } from '../channel/protocol.ts';
import { LabError } from '../lab-error.ts';
import { runProgram } from '../run-program.ts';
import { emulatorCommand } from './emulator.ts';
import { isLiving, type ProcessRecord, recordProcess, saveProcess, signalProcess } from './process-record.ts';
import { type MachinePlan, planQemuArguments } from './qemu-arguments.ts';
import type { RunFolder } from './run-folder.ts';

export { chooseAccelerator } from './accelerator.ts';
export { recordProcess } from './process-record.ts';
export { type Accelerator, managementAddress } from './qemu-arguments.ts';
export { listRunFolders, RunFolder } from './run-folder.ts';

/**
 * Starts the machine of one host, and waits until its channels are there. It goes on when this process ends.
 * The image is never written to: what the host writes goes to a file of its own.
 *
 * @throws {LabError} with what QEMU said
 */
export async function startMachine(
  run: RunFolder,
  plan: Omit<MachinePlan, 'files' | 'wireSocket'>,
  signal: AbortSignal,
): Promise<ProcessRecord> {
  const { host, image } = plan;
  const files = run.files(host.name);
  const log = run.qemuLog(host.name);
  run.makeHostFolder(host.name);
  for (const [base, overlay] of [
    [image.disk, files.disk],
    [run.codeDisk(), files.code],
  ] as const) {
    const create = ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', base, overlay];
    await runProgram([...emulatorCommand(image.emulator, 'qemu-img'), ...create], { log, signal });
  }
  signal.throwIfAborted();
  const [linker = '', ...argv] = [
    ...emulatorCommand(image.emulator, 'qemu-system-x86_64'),
    ...planQemuArguments({ ...plan, files, wireSocket: (wire, name) => run.wireSocket(wire, name) }),
  ];
  const output = openSync(log, 'a');
  const child = spawn(linker, argv, { stdio: ['ignore', output, output], detached: true });
  closeSync(output);
  const record = await new Promise<ProcessRecord | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('spawn', () => resolve(child.pid === undefined ? null : recordProcess(child.pid)));
  });
  child.unref();
  if (record === null) throw describeDeath(run, host.name);
  saveProcess(run.machineFile(host.name), record);
  const sockets = Array.from({ length: channelCount }, (_, index) => files.channel(index));
  while (!sockets.every((socket) => existsSync(socket))) {
    signal.throwIfAborted();
    if (!isLiving(record)) throw describeDeath(run, host.name);
    await delay(20);
  }
  return record;
}

/** The reason why a machine is not there any more, from what QEMU said and, if it said nothing, from its console. */
function describeDeath(run: RunFolder, host: string): LabError {
  const tail = [run.qemuLog(host), run.files(host).console].map(readTail).find((text) => text !== '') ?? '';
  return new LabError(`Cannot run ${host}: its QEMU has ended\n${tail}`);
}

function readTail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  } catch {
    return '';
  }
}

/** Waits for the end of a machine and then fails; gives up when the signal fires. */
export async function watchMachine(
  run: RunFolder,
  host: string,
  machine: ProcessRecord,
  signal: AbortSignal,
): Promise<never> {
  while (isLiving(machine)) await delay(200, null, { signal });
  throw describeDeath(run, host);
}

/** Ends machines, and waits until they are gone. Nothing in them is saved. */
export async function stopMachines(records: readonly ProcessRecord[]): Promise<void> {
  for (const record of records) signalProcess(record, 'SIGTERM');
  const deadline = performance.now() + 5_000;
  while (records.some(isLiving)) {
    if (performance.now() > deadline) for (const record of records) signalProcess(record, 'SIGKILL');
    await delay(50);
  }
}
