import { stringify } from 'yaml';
import { nameOfPf, type PortablePf, type PortableVf, type Translation } from '../portable.ts';

/** As people write it: nothing that is the default, a VLAN by its number where that says all. */
function vfDocument(vf: PortableVf): Record<string, unknown> {
  const { vlan } = vf;
  const isPlain = vlan !== null && vlan.qos === 0 && vlan.proto === '802.1q';
  const document: Record<string, unknown> = { index: vf.vfIndex };
  if (vf.driver === 'vfio-pci') document['driver'] = vf.driver;
  if (vf.mac !== null) document['mac'] = vf.mac;
  if (vlan !== null) document['vlan'] = isPlain ? vlan.id : { ...vlan };
  if (vf.spoofCheck === false) document['spoofCheck'] = false;
  if (vf.trust === true) document['trust'] = true;
  if (vf.linkState !== null && vf.linkState !== 'auto') document['linkState'] = vf.linkState;
  if (vf.minTxRateMbps !== null) document['minTxRateMbps'] = vf.minTxRateMbps;
  if (vf.maxTxRateMbps !== null) document['maxTxRateMbps'] = vf.maxTxRateMbps;
  return document;
}

function pfDocument(pf: PortablePf): Record<string, unknown> {
  const match =
    pf.pciAddress === null
      ? pf.netdevName === null
        ? { mac: pf.mac }
        : { netdevName: pf.netdevName }
      : { pciAddress: pf.pciAddress };
  const document: Record<string, unknown> = { match, numVfs: pf.numVfs };
  if (pf.mtu !== null) document['mtu'] = pf.mtu;
  if (pf.eswitchMode !== null) document['eswitchMode'] = pf.eswitchMode;
  if (pf.localMacs.length > 0) document['localMacs'] = [...pf.localMacs];
  if (pf.vfs.length > 0) document['vfs'] = pf.vfs.map(vfDocument);
  return document;
}

/** `host.yaml` of virtfn. */
export function formatHostYaml(pfs: readonly PortablePf[]): Translation {
  const nameless = pfs.filter((pf) => pf.pciAddress === null && pf.netdevName === null && pf.mac === null);
  const named = pfs.filter((pf) => !nameless.includes(pf));
  return {
    text: stringify({ version: 1, pfs: named.map(pfDocument) }, { lineWidth: 0 }),
    notes: nameless.map(
      (pf) => `${nameOfPf(pf)} with ${pf.numVfs} VFs is left out: nothing tells which it is`,
    ),
  };
}
