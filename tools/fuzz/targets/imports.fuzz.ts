import { parseHostConfig } from '@virtfn/contract/host-config';
import { exportHost, IMPORT_FORMATS, importConfig } from '@virtfn/interchange';
import { Random } from '../../../packages/netlink/src/fuzz/mutate.ts';
import { countAttempts, type FuzzCount } from './attempt.ts';
import { mutateText } from './mutate-text.ts';
import { observeHostWithVfs } from './sample-host.ts';

/** Words of each format that what we export does not have. */
const MORE = {
  networkmanager: [
    '[connection]\nid=x\ninterface-name=ens1f0\n[ethernet]\nmac-address=A0:36:9F:82:00:00\nmtu=9000\n[sriov]\ntotal-vfs=4\neswitch-mode=1\nautoprobe-drivers=0\nvf.0=mac=52:54:00:00:00:01 spoof-check=true trust=false min-tx-rate=1 max-tx-rate=2 vlans=100.3.ad;200\nvf.1=\n',
  ],
  systemd: [
    '[Match]\nPath=pci-0000:82:00.0\nOriginalName=eth*\nMACAddress=a0:36:9f:82:00:00 a0:36:9f:82:00:01\n[Link]\nSR-IOVVirtualFunctions=3\nMTUBytes=9K\n[SR-IOV]\nVirtualFunction=1\nVLANId=5\nQualityOfService=3\nVLANProtocol=802.1ad\nMACSpoofCheck=yes\nTrust=0\nLinkState=auto\nMACAddress=52:54:00:00:00:01\n',
  ],
  netplan: [
    'network:\n  version: 2\n  ethernets:\n    pf0:\n      match: {macaddress: "a0:36:9f:82:00:00", driver: igb}\n      set-name: ens1\n      virtual-function-count: 3\n      embedded-switch-mode: switchdev\n      delay-virtual-functions-rebind: true\n    vf1: {link: pf0, macaddress: "52:54:00:00:00:01", mtu: 9000}\n  vlans:\n    vl: {renderer: sriov, link: vf1, id: 9}\n',
  ],
  nmstate: [
    '{"interfaces": [{"name": "eth2", "type": "ethernet", "mtu": 9000, "ethernet": {"sr-iov": {"total-vfs": 2, "drivers-autoprobe": false, "vfs": [{"id": 1, "mac-address": "52:54:00:00:00:01", "spoof-check": true, "vlan-id": 5, "qos": 2, "vlan-proto": "802.1ad", "min-tx-rate": 1}]}}}]}',
  ],
} as const satisfies Record<(typeof IMPORT_FORMATS)[number], readonly string[]>;

/**
 * A file may say what host.yaml has no room for (a VF beyond their number): then the import is refused where it is read.
 *
 * @throws when an input is neither taken nor refused with a SriovError
 */
export function fuzzImports(iterations: number, seed: number): FuzzCount {
  const random = new Random(seed);
  const observed = observeHostWithVfs();
  const corpora = new Map(
    IMPORT_FORMATS.map((format) => [format, [exportHost(observed, format).text, ...MORE[format]]]),
  );
  const all = [...corpora.values()].flat();
  let [text, format] = ['', random.pick(IMPORT_FORMATS)];
  const attempt = (): boolean => {
    format = random.pick(IMPORT_FORMATS);
    // Now and then what was written for another program.
    const own = random.below(20) === 0 ? all : (corpora.get(format) ?? all);
    text = mutateText(random.pick(own), random, random.pick(all));
    parseHostConfig(importConfig(text, 'file', format).text, 'imported');
    return true;
  };
  return countAttempts(iterations, attempt, () => JSON.stringify({ format, text }));
}

export default {
  name: "imports of other programs' files",
  run: (iterations: number, seed: number) => void fuzzImports(iterations, seed),
};
