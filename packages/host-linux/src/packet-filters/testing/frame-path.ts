import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** struct virtio_net_hdr: no checksum and no segments to be made. */
const VNET_HEADER = 10;
const MOST = 2048;
/** An ARP request from the other side, for nobody: it passes every filter on its way in. */
const MARKER = Buffer.from(
  'ffffffffffff0200000000ff080600010800060400010200000000ffc0000201000000000000c0000202',
  'hex',
);

/**
 * A virtual machine and another on the other end of a wire, both on macvtaps as QEMU uses them:
 *
 *   machine ─ macvtap ─ `netdevName`, where the filter is ─ wire ─ macvtap ─ other side
 *
 * Their frames are written and read by this process.
 */
export class FramePath implements Disposable {
  readonly netdevName: string;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'virtfn-frames-'));
  readonly #machine: number;
  readonly #otherSide: number;
  #markers = 0;

  /** Needs root, and a namespace with /sys of its own. `netdevName`: of the pair of interfaces that is made. */
  constructor(netdevName: string) {
    this.netdevName = netdevName;
    const peer = `${netdevName}p`;
    ip('link', 'add', netdevName, 'type', 'veth', 'peer', 'name', peer);
    this.#machine = this.#openTap(netdevName, 'machine');
    this.#otherSide = this.#openTap(peer, 'other');
  }

  /** Sends a frame, and gives whether it has come through to the other end. */
  async send(frame: Buffer, direction: 'ingress' | 'egress'): Promise<boolean> {
    this.#markers += 1;
    const marker = Buffer.concat([MARKER, Buffer.alloc(18)]);
    marker.writeUInt32BE(this.#markers, marker.length - 4);
    const [from, to] =
      direction === 'egress' ? [this.#machine, this.#otherSide] : [this.#otherSide, this.#machine];
    write(from, frame);
    write(this.#otherSide, marker);
    // What the kernel has put off it does in its order: once the marker is there, the frame is there or nowhere.
    const atMachine: Buffer[] = [];
    while (!atMachine.some((each) => each.equals(marker))) {
      atMachine.push(...readAll(this.#machine));
      if (atMachine.length === 0) await setImmediate();
    }
    const arrived = to === this.#machine ? atMachine : readAll(this.#otherSide);
    return arrived.some((each) => each.equals(frame));
  }

  [Symbol.dispose](): void {
    for (const tap of [this.#machine, this.#otherSide]) closeSync(tap);
    ip('link', 'delete', this.netdevName);
    rmSync(this.#folder, { recursive: true });
  }

  #openTap(netdevName: string, role: string): number {
    const tap = `${role}${netdevName}`.slice(0, 15);
    ip('link', 'add', 'link', netdevName, 'name', tap, 'type', 'macvtap', 'mode', 'passthru');
    for (const name of [netdevName, tap]) {
      // No words of the kernel's own on the wire.
      ip('link', 'set', name, 'addrgenmode', 'none');
      ip('link', 'set', name, 'up');
    }
    const [device = ''] = readdirSync(`/sys/class/net/${tap}/macvtap`);
    const numbers = readFileSync(`/sys/class/net/${tap}/macvtap/${device}/dev`, 'utf8').trim().split(':');
    const node = path.join(this.#folder, role);
    execFileSync('mknod', [node, 'c', ...numbers]);
    return openSync(node, constants.O_RDWR | constants.O_NONBLOCK);
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args);
}

function write(tap: number, frame: Buffer): void {
  writeSync(tap, Buffer.concat([Buffer.alloc(VNET_HEADER), frame]));
}

function readAll(tap: number): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (;;) {
    const into = Buffer.alloc(MOST);
    try {
      const length = readSync(tap, into);
      frames.push(into.subarray(VNET_HEADER, length));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return frames;
      throw error;
    }
  }
}
