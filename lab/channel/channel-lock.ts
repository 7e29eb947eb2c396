import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isLiving, type ProcessRecord, recordProcess } from '../machine/process-record.ts';

/** Takes a channel for this process, if nobody who lives has it. Gives what gives it back, or null. */
export function tryLock(file: string): (() => void) | null {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(recordProcess(process.pid)));
  try {
    removeIfDead(file);
    // A hard link appears with its content at once, and fails where one is already.
    linkSync(draft, file);
    return () => rmSync(file, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Of two who find the same dead holder, the rename lets one win, and shows if it took a lock that was made in between. */
function removeIfDead(file: string): void {
  const holder = readIfThere(file);
  if (holder === null || isLiving(JSON.parse(holder) as ProcessRecord)) return;
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === holder) rmSync(aside);
  else renameSync(aside, file);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
