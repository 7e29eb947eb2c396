import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LabError } from '../lab-error.ts';
import type { LabTopology } from '../topologies/index.ts';
import { findLivingProcess, isLiving, type ProcessRecord } from './process-record.ts';
import type { Accelerator, MachineFiles } from './qemu-arguments.ts';

/** What is written down about a lab that runs, for the commands that come later. */
export interface LabRecord {
  readonly topology: LabTopology;
  readonly accelerator: Accelerator;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** The files of one lab that runs: sockets, disks, consoles, and who is who. Everything in it goes when the lab goes. */
export class RunFolder {
  readonly name: string;
  readonly folder: string;

  constructor(cache: string, name: string) {
    if (!/^[a-z][a-z0-9-]*$/.test(name))
      throw new LabError(`Cannot name a lab "${name}": use a-z, 0-9 and -`);
    this.name = name;
    this.folder = path.join(cache, 'run', name);
    // The kernel's limit for the path of a socket is 107 bytes.
    const longest = Buffer.byteLength(this.wireSocket('management', 'a-rather-long-name'));
    if (longest > 107) {
      const hint = 'Set VIRTFN_LAB_CACHE to a folder with a shorter name';
      throw new LabError(`Cannot put sockets into ${this.folder}: its path is too long`, { hint });
    }
  }

  /** Takes the folder for a new lab. @throws {LabError} if a lab of that name runs, or is being started */
  claim(me: ProcessRecord): void {
    if (existsSync(this.folder)) {
      if (this.isStarting())
        throw new LabError(`Cannot start the lab "${this.name}": it is being started already`);
      if (this.livingMachines().length > 0) {
        throw new LabError(`Cannot start the lab "${this.name}": it is running`, { hint: 'lab down first' });
      }
      this.remove();
    }
    mkdirSync(path.dirname(this.folder), { recursive: true });
    mkdirSync(this.folder);
    writeFileSync(this.#ownerFile(), JSON.stringify(me));
  }

  /** The lab is up: from now on it needs no process but its machines. */
  complete(record: LabRecord): void {
    writeFileSync(this.#recordFile(), JSON.stringify(record));
    rmSync(this.#ownerFile());
  }

  /** Null while the lab is not up. */
  readRecord(): LabRecord | null {
    if (!existsSync(this.#recordFile())) return null;
    return JSON.parse(readFileSync(this.#recordFile(), 'utf8')) as LabRecord;
  }

  isStarting(): boolean {
    return this.owner() !== null;
  }

  /** The process that starts this lab; null once it is up, or when that process has died. */
  owner(): ProcessRecord | null {
    const file = this.#ownerFile();
    return existsSync(file) ? findLivingProcess(file) : null;
  }

  makeHostFolder(host: string): void {
    mkdirSync(this.hostFolder(host), { recursive: true });
  }

  /** The machines that run, whatever became of the lab. */
  livingMachines(): readonly { readonly host: string; readonly machine: ProcessRecord }[] {
    if (!existsSync(this.folder)) return [];
    const folders = readdirSync(this.folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return folders.flatMap(({ name: host }) => {
      const machine = findLivingProcess(this.machineFile(host));
      return machine !== null && isLiving(machine) ? [{ host, machine }] : [];
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  hostFolder(host: string): string {
    return path.join(this.folder, host);
  }

  machineFile(host: string): string {
    return path.join(this.hostFolder(host), 'machine.json');
  }

  /** What QEMU itself says, as opposed to the host in it. */
  qemuLog(host: string): string {
    return path.join(this.hostFolder(host), 'qemu.log');
  }

  files(host: string): MachineFiles {
    const place = (name: string): string => path.join(this.hostFolder(host), name);
    return {
      disk: place('disk.qcow2'),
      code: place('code.qcow2'),
      console: place('console.log'),
      qmp: place('qmp'),
      channel: (index) => place(`channel-${index}`),
    };
  }

  wireSocket(wire: string, host: string): string {
    return path.join(this.folder, `${wire}.${host}`);
  }

  /** The disk with the checkout's code, which all hosts start from. */
  codeDisk(): string {
    return path.join(this.folder, 'code.img');
  }

  #recordFile(): string {
    return path.join(this.folder, 'lab.json');
  }

  #ownerFile(): string {
    return path.join(this.folder, 'owner.json');
  }
}

/** The labs that run or have left something, by name. */
export function listRunFolders(cache: string): readonly RunFolder[] {
  const folder = path.join(cache, 'run');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => new RunFolder(cache, name));
}
