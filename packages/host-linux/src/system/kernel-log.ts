import { closeSync, constants, openSync, readSync } from 'node:fs';

/** A record is at most 8 KB (CONSOLE_EXT_LOG_MAX and below). */
const RECORD = 8192;
/** Records that are read at most; the ring buffer of most kernels holds fewer. */
const MOST_RECORDS = 100_000;
const LAST = 2;

/**
 * What the kernel said last about a device, from its log; null when it said nothing, or without the right to read it.
 * The reason for a refusal often stands only there ("not enough MMIO resources for SR-IOV", K3).
 */
export function readKernelLog(device: string): string | null {
  const lines = readKernelMessages((message) => message.includes(device)) ?? [];
  return lines.length === 0 ? null : lines.slice(-LAST).join('; ');
}

/** The messages of this machine's kernel that are wanted, oldest first; null without the right to read them. */
export function readKernelMessages(isWanted: (message: string) => boolean): readonly string[] | null {
  let fd: number;
  try {
    fd = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    return [...readRecords(fd)].map(messageOf).filter(isWanted);
  } finally {
    closeSync(fd);
  }
}

/** Each read of /dev/kmsg gives one record; EAGAIN is the end, EPIPE says that records were overwritten meanwhile. */
function* readRecords(fd: number): Iterable<string> {
  const buffer = Buffer.allocUnsafe(RECORD);
  for (let record = 0; record < MOST_RECORDS; record += 1) {
    try {
      yield buffer.toString('utf8', 0, readSync(fd, buffer));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return;
    }
  }
}

/** `6,1234,5678,-;igb 0000:01:00.0: 7 VFs allocated` and lines of facts behind it, to the words alone. */
function messageOf(record: string): string {
  const [head = ''] = record.split('\n');
  return head.slice(head.indexOf(';') + 1);
}
