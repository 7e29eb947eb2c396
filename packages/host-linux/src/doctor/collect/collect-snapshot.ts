import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path/posix';
import { SriovError } from '@virtfn/model';
import { type Facts, gatherFactsWith, KERNEL_LOG_FILE } from '../facts/index.ts';
import { HIDDEN, leaveOutSecrets } from './leave-out-secrets.ts';
import { type Reading, RecordingReader } from './recording-reader.ts';
import { SnapshotFolder } from './snapshot-folder.ts';

export interface Snapshot {
  /** Files with content; links and folders are not counted. */
  readonly files: number;
  /** What is not in it, or not as it was, and why: one line each. */
  readonly leftOut: readonly string[];
}

const LARGEST_FILE = 8 << 20;
const LARGEST_SNAPSHOT = 64 << 20;
const DEVICE_LINK = /^\/dev\/(?:vfio\/|tap|infiniband\/)/;
const OPEN_FILE = /^\/proc\/\d+\/fd(?:\/|$)/;

/**
 * Writes a snapshot of the machine below a root into a folder that is empty or not there yet, for the doctor to look at
 * elsewhere (`virtfn doctor --root`).
 *
 * @throws {SriovError} REQUEST_INVALID when the folder has something in it, PERMISSION_DENIED when it cannot be made
 */
export async function collectSnapshot(root: string, folder: string): Promise<Snapshot> {
  makeEmptyFolder(folder);
  const reader = new RecordingReader(root);
  const facts = gatherFactsWith(reader);
  const absolute = path.resolve(root);
  const snapshot = new SnapshotFolder(absolute === '/' ? '' : absolute, path.resolve(folder));
  return writeReadings(snapshot, reader, facts);
}

function makeEmptyFolder(folder: string): void {
  let names: readonly string[];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    names = readdirSync(folder);
  } catch (cause) {
    throw new SriovError(
      'PERMISSION_DENIED',
      `Cannot write a snapshot to "${folder}": the folder cannot be made`,
      {
        hint: 'Name a folder that does not exist yet, in a place where you may write',
        details: { folder },
        cause,
      },
    );
  }
  if (names.length === 0) return;
  throw new SriovError('REQUEST_INVALID', `Cannot write a snapshot to "${folder}": it is not empty`, {
    hint: 'Name a folder that does not exist yet',
    details: { folder },
  });
}

function writeReadings(snapshot: SnapshotFolder, reader: RecordingReader, facts: Facts): Snapshot {
  const leftOut: string[] = [];
  const { messages } = facts.kernel;
  let files = 0;
  let size = 0;
  let shortened = 0;
  const write = (file: string, place: string, content: Buffer): void => {
    if (snapshot.isTaken(place)) return;
    if (content.length > LARGEST_FILE || size + content.length > LARGEST_SNAPSHOT) {
      leftOut.push(`${file}: ${content.length} bytes are too many`);
      return;
    }
    const kept = leaveOutSecrets(file, content, facts.pfs);
    if (kept.includes(HIDDEN)) leftOut.push(`${file}: secrets`);
    else if (!kept.equals(content)) shortened += 1;
    snapshot.file(place, kept);
    files += 1;
    size += kept.length;
  };

  // What the kernel said, which is no file on a live machine.
  if (reader.isLive && messages !== null)
    write(KERNEL_LOG_FILE, KERNEL_LOG_FILE, Buffer.from(`${messages.join('\n')}\n`));
  for (const [file, { target }] of reader.readings) {
    if (typeof target === 'string') writeLink(snapshot, file, target);
  }
  // To resolve an open file would lay out its link.
  const readings = [...reader.readings].filter(([file]) => !/^\/proc\/\d+\/fd\/./.test(file));
  for (const [file, reading] of readings) {
    const place = snapshot.resolve(file);
    if (place === null || snapshot.kindAt(place) === 'nothing' || isNobodysBusiness(reader, file)) continue;
    if (reading.content !== null && reading.content !== undefined) write(file, place, reading.content);
    else if (isRefused(snapshot, place, reading)) {
      if (isWorthTelling(file)) leftOut.push(`${file}: could not be read`);
      writeRefused(snapshot, place);
    }
  }
  // Last, what was only seen to be there, so that it takes no place from what has content.
  for (const [file, { names }] of readings) writeSeen(snapshot, file, names ?? []);
  if (shortened > 0) leftOut.push(`${shortened} files: lines that have nothing to do with VFs`);
  const { unseen } = facts.processes;
  if (unseen > 0) leftOut.push(`/proc: the open files of ${unseen} processes could not be read`);
  return { files, leftOut: leftOut.toSorted() };
}

/** Of the open files of processes only those by which a VF is held: what else they have open is nobody's business. */
function writeLink(snapshot: SnapshotFolder, file: string, target: string): void {
  const place = snapshot.resolveParent(file);
  if (place === null) return;
  if (!OPEN_FILE.test(file)) snapshot.link(place, target);
  else if (DEVICE_LINK.test(target)) snapshot.linkAsWritten(place, target);
}

/** The names of processes that hold no VF and are no daemon of libvirt: of the others more was read than the name. */
function isNobodysBusiness({ readings }: RecordingReader, file: string): boolean {
  const [, folder] = /^(\/proc\/\d+)\/comm$/.exec(file) ?? [];
  return folder !== undefined && !readings.has(`${folder}/cmdline`) && !readings.has(`${folder}/limits`);
}

/** Many files of sysfs refuse by rights, and the files of processes are counted. */
function isWorthTelling(file: string): boolean {
  return !file.startsWith('/sys/') && !OPEN_FILE.test(file);
}

/** There, and neither readable as a file nor as a folder. */
function isRefused(snapshot: SnapshotFolder, place: string, { content, names }: Reading): boolean {
  if (snapshot.kindAt(place) === 'folder') return names === null;
  return content === null;
}

/** Something that is there and cannot be read: a folder in the place of a file, a file in the place of a folder. */
function writeRefused(snapshot: SnapshotFolder, place: string): void {
  if (snapshot.kindAt(place) === 'folder') snapshot.file(place, Buffer.alloc(0));
  else snapshot.makeFolder(place);
}

function writeSeen(snapshot: SnapshotFolder, file: string, names: readonly string[]): void {
  const place = snapshot.resolve(file);
  if (place === null || snapshot.kindAt(place) === 'nothing') return;
  snapshot.placeholder(place);
  if (OPEN_FILE.test(file)) return;
  // Only processes matter in /proc, and their folders come with what is read in them.
  const wanted = file === '/proc' ? names.filter((name) => /^\d+$/.test(name)) : names;
  for (const name of wanted) snapshot.placeholder(`${place}/${name}`);
}
