import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostContract } from '@virtfn/host/contract';
import { type MacAddress, type PciAddress, parsePciAddress } from '@virtfn/model';
import { openLinuxHost } from './index.ts';
import { PCI_DEVICES } from './sysfs/read-vfs.ts';

// Runs inside a lab host, on the real kernel and its drivers. VIRTFN_LAB_PF names the PF that may be used up.

const pf = parsePciAddress(process.env['VIRTFN_LAB_PF'] ?? '0000:01:00.0');
const file = (name: string): string => `${PCI_DEVICES}/${pf}/${name}`;

/** Starts a process that has the group of a VF open, as QEMU has, and waits until it does. */
async function openGroup(vf: PciAddress): Promise<ChildProcess> {
  const group = path.basename(readlinkSync(`${PCI_DEVICES}/${vf}/iommu_group`));
  const program = `require('fs').openSync('/dev/vfio/${group}', 'r+'); console.log('open'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  assert.ok(child.stdout !== null);
  await once(child.stdout, 'data');
  return child;
}

function linkIsUp(): boolean {
  const [netdev = ''] = readdirSync(file('net'));
  try {
    return readFileSync(`/sys/class/net/${netdev}/carrier`, 'utf8').trim() === '1';
  } catch {
    return false;
  }
}

const othersMacs: MacAddress[] = [];

function bridgeFdb(action: 'add' | 'del', mac: MacAddress): void {
  const [netdev = ''] = readdirSync(file('net'));
  execFileSync('bridge', ['fdb', action, mac, 'dev', netdev, 'self', 'permanent']);
}

hostContract(`real kernel, PF ${pf}`, async () => {
  const host = openLinuxHost({ now: () => Date.now(), sleep: (ms) => sleep(ms) });
  return {
    host,
    pf,
    reset: async () => {
      writeFileSync(file('sriov_numvfs'), '0');
      writeFileSync(file('sriov_drivers_autoprobe'), '1');
      await host.apply({ kind: 'set-pf-up', pf });
      for (const mac of othersMacs.splice(0)) bridgeFdb('del', mac);
      for (let wait = 0; wait < 100 && !linkIsUp(); wait += 1) await sleep(100);
      assert.ok(linkIsUp(), 'the PF has carrier');
    },
    holdByVfio: async (vfIndex) => {
      const vf = parsePciAddress(path.basename(readlinkSync(file(`virtfn${vfIndex}`))));
      const child = await openGroup(vf);
      return async () => {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      };
    },
    addOthersFdbEntry: async (mac) => {
      bridgeFdb('add', mac);
      othersMacs.push(mac);
    },
    close: async () => {
      writeFileSync(file('sriov_numvfs'), '0');
    },
  };
});
