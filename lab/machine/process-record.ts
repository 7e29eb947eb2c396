import { readFileSync, writeFileSync } from 'node:fs';

/**
 * A process that we started, so that it can be found again by another command. Its number alone is not enough:
 * the kernel gives numbers out again. Number and start time together name one process for ever.
 */
export interface ProcessRecord {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  readonly startTicks: string;
}

/** Takes the record of a living process; null if it is gone already. */
export function recordProcess(pid: number): ProcessRecord | null {
  const startTicks = readStartTicks(pid);
  return startTicks === null ? null : { pid, startTicks };
}

export function saveProcess(file: string, record: ProcessRecord): void {
  writeFileSync(file, `${JSON.stringify(record)}\n`);
}

/** Reads a record; null if there is none, or its process has ended, or its number belongs to somebody else now. */
export function findLivingProcess(file: string): ProcessRecord | null {
  const text = readIfThere(file);
  if (text === null) return null;
  const record = JSON.parse(text) as ProcessRecord;
  return isLiving(record) ? record : null;
}

export function isLiving(record: ProcessRecord): boolean {
  return readStartTicks(record.pid) === record.startTicks;
}

export function isAlive(pid: number): boolean {
  return Number.isInteger(pid) && readStartTicks(pid) !== null;
}

/** Sends a signal to the very process of the record, or to nobody. */
export function signalProcess(record: ProcessRecord, signal: NodeJS.Signals): void {
  if (!isLiving(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A zombie counts as ended: it holds nothing any more. */
function readStartTicks(pid: number): string | null {
  const text = readIfThere(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, and may hold blanks and brackets itself.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? null : (fields[19] ?? null);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
