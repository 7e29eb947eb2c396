import { type HostConfig, parseNetdevName, parsePciAddress, parsePhysicalNetwork } from '@virtfn/model';

/** The PF of the simulated machine `fish` that walks give VFs of, and the wire that it is joined to. */
export const WALK_PF = parsePciAddress('0000:82:00.0');
export const WALK_NETWORK = parsePhysicalNetwork('physnet1');

/** A host.yaml that shares the PF's VFs, with a bridge on the same wire. */
export function walkConfig(numVfs: number): HostConfig {
  return {
    pfs: [
      {
        match: {
          pciAddress: WALK_PF,
          netdevName: null,
          mac: null,
          serial: null,
          vendorId: null,
          productId: null,
          driver: null,
        },
        numVfs,
        moduleOption: null,
        physicalNetworks: [WALK_NETWORK],
        mtu: null,
        eswitchMode: null,
        adminUp: true,
        localMacs: [],
        reservedVfs: [],
        vfs: [],
      },
    ],
    bridges: [{ kind: 'linux', name: parseNetdevName('br0'), physicalNetwork: WALK_NETWORK, vlanId: null }],
    migrationUri: null,
    controllerMayChangeVfs: false,
  };
}
