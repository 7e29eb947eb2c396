import assert from 'node:assert/strict';
import { editHostConfig, parseHostConfig } from '@virtfn/contract/host-config';
import type { HostConfigEdit } from '@virtfn/contract/host-program';
import { desiredOfConfig, isSriovError, type ObservedHost, plan } from '@virtfn/model';
import { Random } from '../../../packages/netlink/src/fuzz/mutate.ts';
import { countAttempts, type FuzzCount } from './attempt.ts';
import { mutateText } from './mutate-text.ts';
import { observeHostWithVfs } from './sample-host.ts';

const corpus = [
  `version: 1
pfs:
  - match: { netdevName: eth2 }  # the wire to the rack
    numVfs: 7
    physicalNetworks: [physnet1]
    mtu: 9000
    eswitchMode: legacy
    adminUp: true
    reservedVfs: [6, 5]
    vfs:
      - index: 0
        mac: "52:54:00:00:00:01"
        vlan: 100
        maxTxRateMbps: 500
      - index: 1
        driver: vfio-pci
        trust: true
        spoofCheck: false
        vlan: { id: 100, qos: 3, proto: 802.1q }
        linkState: auto
`,
  `version: 1
pfs:
  - match: { pciAddress: "0000:82:00.0", driver: igb }
    numVfs: 2
    moduleOption: igb.max_vfs
  - match:
      vendorId: "8086"
      productId: "10c9"
      mac: a0:36:9f:82:00:01
    numVfs: 0
    vfs: []
`,
  'version: 1\npfs: []\n',
  'pfs: &x [*x]\nversion: 1\n',
];

function randomEdit(random: Random): HostConfigEdit {
  const pf = random.pick(['eth2', '0000:82:00.0', '0000:82:00.1', 'eth0', 'none']);
  const vfIndex = random.below(9);
  const maybe = <Value>(value: Value): Value | null => (random.below(4) === 0 ? null : value);
  switch (random.below(3)) {
    case 0:
      return { kind: 'set-num-vfs', pf, numVfs: random.below(9) };
    case 1:
      return { kind: 'close-vf', pf, vfIndex };
    default: {
      const changes = {
        mac: maybe('52:54:00:00:00:09'),
        vlan: maybe({ id: random.below(4100), qos: random.below(9), proto: '802.1q' as const }),
        trust: maybe(true),
        driver: maybe('vfio-pci' as const),
        maxTxRateMbps: maybe(random.below(1000)),
      };
      const fields = Object.entries(changes).filter(() => random.below(2) === 0);
      return { kind: 'set-vf', pf, vfIndex, changes: Object.fromEntries(fields) };
    }
  }
}

/** A file that is taken comes to a plan; an edit gives a file that is taken, and means the same when it is made again. */
function takeConfig(text: string, edit: HostConfigEdit, observed: ObservedHost): boolean {
  const config = parseHostConfig(text, 'host.yaml');
  refusedOr(() => plan(desiredOfConfig(config, observed).desired, observed));
  refusedOr(() => {
    const edited = editHostConfig(text, 'host.yaml', [edit], observed);
    const again = editHostConfig(edited, 'host.yaml', [edit], observed);
    // What it means, and not the text: a comment with a lone carriage return in it grows.
    const [first, second] = [edited, again].map((each) => parseHostConfig(each, 'host.yaml'));
    assert.deepEqual(second, first, 'an edit made twice');
  });
  return true;
}

function refusedOr(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isSriovError(error)) throw error;
  }
}

/** @throws when an input is neither taken nor refused with a SriovError */
export function fuzzHostYaml(iterations: number, seed: number): FuzzCount {
  const random = new Random(seed);
  const observed = observeHostWithVfs();
  let [text, edit] = ['', randomEdit(random)];
  const attempt = (): boolean => {
    text = mutateText(random.pick(corpus), random, random.pick(corpus));
    edit = randomEdit(random);
    return takeConfig(text, edit, observed);
  };
  return countAttempts(iterations, attempt, () => JSON.stringify({ text, edit }));
}

export default {
  name: 'host.yaml, read and edited',
  run: (iterations: number, seed: number) => void fuzzHostYaml(iterations, seed),
};
