import { type MacAddress, parseMacAddress, parseVlan, type Vlan } from '@virtfn/model';
import type { Frame } from './frame.ts';
import type { PfPool, VebPort, VfPool } from './veb-port.ts';

// Ports, pools and frames for the tests of this folder: all of a working one, less what a test says.

export const mac = (last: string): MacAddress => parseMacAddress(`52:54:00:00:00:${last}`);
export const vlan = (id: number): Vlan => parseVlan(id);

export function sampleFrame(srcMac: MacAddress, dstMac: string, tag: Vlan | null = null): Frame {
  return { srcMac, dstMac, vlan: tag };
}

/** A VF with its driver loaded and nothing set; its MAC is `mac('0' + vfIndex)`. */
export function sampleVf(vfIndex: number, differences: Partial<VfPool> = {}): VfPool {
  return {
    vfIndex,
    effectiveMac: mac(`0${vfIndex}`),
    adminMac: null,
    extraMacs: [],
    promiscuous: false,
    vlan: null,
    guestVlanIds: [],
    spoofCheck: true,
    trust: false,
    linkState: 'auto',
    ...differences,
  };
}

/** A port that is up, with a PF of MAC `mac('f0')`. */
export function samplePort(
  vfs: readonly VfPool[],
  differences: Partial<Omit<VebPort, 'vfs' | 'pf'>> = {},
  pf: Partial<PfPool> = {},
): VebPort {
  return {
    bridgeMode: 'veb',
    adminUp: true,
    carrier: true,
    ...differences,
    pf: { macs: [mac('f0')], fdbMacs: [], promiscuous: false, vlanIds: [], ...pf },
    vfs,
  };
}
