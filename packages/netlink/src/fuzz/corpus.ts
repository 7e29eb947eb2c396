import { readCaptured } from '../codec/captured.ts';
import {
  encodeAddFdb,
  encodeGetDevlinkPort,
  encodeGetFamily,
  encodeMessage,
  encodeSetDevlinkRate,
  encodeSetVf,
  type NetlinkRequest,
} from '../codec/index.ts';
import { attribute, pfPayload, quietVf, u32, u64 } from '../codec/rtnetlink/vf-bytes.ts';

const captured = [
  'ethtool/fixtures/driver-info',
  'genetlink/fixtures/devlink-info',
  'genetlink/fixtures/devlink-ports',
  'genetlink/fixtures/devlink-rates',
  'genetlink/fixtures/family-ethtool',
  'genetlink/fixtures/refused-rate',
  'rtnetlink/fixtures/fdb',
  'rtnetlink/fixtures/link-events',
  'rtnetlink/fixtures/links',
  'rtnetlink/fixtures/routes-ipv4',
  'rtnetlink/fixtures/routes-ipv6',
  'uevent/fixtures/uevents',
  'wire/fixtures/refused-mtu',
];

const port = { busName: 'pci', devName: '0000:3b:00.0', portIndex: 3 };
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const device = Buffer.concat([
  attribute(1, text('pci')),
  attribute(2, text('0000:3b:00.0')),
  attribute(3, u32(3)),
]);

/** Replies of devlink, one for each command, with an attribute of each kind that is read. */
const devlinkReplies = [
  [3, device],
  [
    51,
    device,
    attribute(98, text('ice')),
    attribute(101, attribute(103, text('fw')), attribute(104, text('1'))),
  ],
  [
    29,
    device,
    attribute(25, Buffer.from([1, 0])),
    attribute(26, Buffer.from([2])),
    attribute(62, Buffer.from([1])),
  ],
  [
    7,
    device,
    attribute(6, u32(12)),
    attribute(7, text('pf0vf2')),
    attribute(77, Buffer.from([4, 0])),
    attribute(128, Buffer.from([2, 0])),
    attribute(145, attribute(1, Buffer.alloc(6)), attribute(2, Buffer.from([1]))),
  ],
  [76, device, attribute(166, u64(0n)), attribute(167, u64(125_000_000n)), attribute(169, text('group'))],
] as const;

function pf(vfs: number, withStats: boolean): NetlinkRequest {
  const stats = withStats ? Array.from({ length: 8 }, () => 1n) : null;
  const payload = pfPayload(Array.from({ length: vfs }, (_, vf) => ({ ...quietVf, vf, vlan: vf, stats })));
  return { type: 16, flags: 2, payload };
}

/** Small datagrams, which each iteration starts from. */
export function smallCorpus(): readonly Buffer[] {
  const requests: readonly NetlinkRequest[] = [
    pf(1, false),
    pf(3, true),
    ...devlinkReplies.map(([command, ...attributes]) => ({
      type: 20,
      flags: 0,
      payload: Buffer.concat([Buffer.from([command, 1, 0, 0]), ...attributes]),
    })),
    encodeSetVf(7, 3, { kind: 'vlan', id: 100, qos: 5, proto: '802.1ad' }),
    encodeSetVf(7, 3, { kind: 'mac', mac: '52:54:00:00:00:03' }),
    encodeAddFdb({ ifIndex: 3, mac: '52:54:00:00:00:99', vlan: 100 }),
    encodeGetFamily('devlink'),
    encodeGetDevlinkPort(20, port),
    encodeSetDevlinkRate(20, port, { kind: 'tx-max', bytesPerSecond: 1n }),
  ];
  return [...captured.flatMap(readCaptured), ...requests.map((request) => encodeMessage(request, 1, 0))];
}

/** Lists of VFs whose length has wrapped: seldom used, since each takes as long as thousands of small ones. */
export function largeCorpus(): readonly Buffer[] {
  return [pf(222, true), pf(335, false)].map((request) => encodeMessage(request, 1, 0));
}
