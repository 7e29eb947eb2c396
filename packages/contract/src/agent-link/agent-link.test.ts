import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isSriovError,
  parseDomainId,
  parseHostId,
  parsePciAddress,
  parsePhysicalNetwork,
} from '@virtfn/model';
import fc from 'fast-check';
import type { HostReport } from '../host-report.ts';
import {
  formatEnrolmentToken,
  parseAgentMessage,
  parseControllerMessage,
  parseEnrolmentRequest,
  parseEnrolmentToken,
  parseKeptDesired,
  reportMessageOf,
  reportOfMessage,
} from './index.ts';

const PORT = {
  portId: 'p1',
  attachmentId: 'a1',
  networkId: 'n1',
  pf: '0000:82:00.0',
  vfIndex: 3,
  vnicType: 'direct',
  segment: { kind: 'vlan', physicalNetwork: 'physnet1', segmentationId: 100 },
  mac: '52:54:00:aa:00:01',
  adminStateUp: true,
  portSecurityEnabled: true,
  trusted: false,
  propagateUplinkStatus: false,
  qos: { minKbps: null, maxKbps: 10_000 },
  vm: null,
};
const departingTo = (uri: string) => ({
  domainId: '00000000-0000-4000-8000-000000000001',
  scope: 'live',
  standby: false,
  move: {
    kind: 'departing',
    migrationId: 'm1',
    destination: { uri, attachmentId: 'a2', pciAddress: '0000:82:10.1', netdevName: null, bridge: null },
  },
});
const DESIRED = {
  kind: 'desired',
  revision: 7,
  from: null,
  ports: [PORT],
  removed: [{ portId: 'p0', attachmentId: 'a0' }],
  localPorts: [{ portId: 'p9', mac: '52:54:00:aa:00:09', physicalNetwork: 'physnet1', vlanId: null }],
};
const isInvalid = (error: unknown): boolean => isSriovError(error, 'REQUEST_INVALID');
const PARSERS = [parseAgentMessage, parseControllerMessage, parseEnrolmentRequest, parseKeptDesired];

describe('parseControllerMessage()', () => {
  it('reads a desired state, and lets fields of a newer controller through', () => {
    assert.deepEqual(parseControllerMessage(JSON.stringify(DESIRED)), DESIRED);
    const newer = { ...DESIRED, more: true, ports: [{ ...PORT, colour: 'red' }] };
    assert.deepEqual(parseControllerMessage(JSON.stringify(newer)), newer);
  });

  for (const uri of [
    'qemu+tls://fish/system',
    'qemu+ssh://root@[2001:db8::1]:22/system',
    'qemu+tcp://10.0.0.1/system?no_verify=1',
    'qemu+ssh://root@[fe80::1%eth0]/system?no_tty=1&no_verify=0',
  ])
    it(`sends machines to ${uri}`, () => {
      const text = JSON.stringify({ ...DESIRED, ports: [{ ...PORT, plug: departingTo(uri) }] });
      assert.deepEqual(parseControllerMessage(text), JSON.parse(text));
    });

  for (const { name, port } of [
    { name: 'a multicast MAC', port: { mac: '01:00:5e:00:00:01' } },
    { name: 'a MAC in another spelling', port: { mac: '52:54:00:AA:00:01' } },
    { name: 'a PCI address that is none', port: { pf: 'eth0' } },
    { name: 'a VLAN out of range', port: { segment: { ...PORT.segment, segmentationId: 4095 } } },
    { name: 'a VF below 0', port: { vfIndex: -1 } },
    { name: 'a kind of port that no VF can be', port: { vnicType: 'normal' } },
    { name: 'an attachment with a space', port: { attachmentId: 'a 1' } },
    ...[
      'qemu+ext:///system?command=/tmp/x',
      'qemu+ssh://fish/system?command=/tmp/x',
      'qemu+unix:///system?socket=/tmp/x',
      'qemu+tls://-oProxyCommand=x/system',
      'qemu+ssh://root@-oProxyCommand=x/system',
      'qemu+ssh://fish/system?no_tty=1&netcat=/tmp/x',
      'qemu+tls://fish/system bad',
    ].map((uri) => ({ name: `a machine sent to ${uri}`, port: { plug: departingTo(uri) } })),
    { name: 'a rate of 0', port: { qos: { minKbps: 0, maxKbps: null } } },
  ]) {
    it(`refuses ${name}`, () => {
      const text = JSON.stringify({ ...DESIRED, ports: [{ ...PORT, ...port }] });
      assert.throws(() => parseControllerMessage(text), isInvalid);
    });
  }
});

describe('every parser of the link', () => {
  it('answers any text with a value or REQUEST_INVALID, and with nothing else', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((text) => `{"kind":"outcomes","outcomes":${text}}`),
      fc.json().map((text) => JSON.stringify(DESIRED).replace('"physnet1"', () => text)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const parse of PARSERS) {
          try {
            parse(text);
          } catch (error) {
            assert.ok(isInvalid(error), String(error));
          }
        }
      }),
    );
  });
});

describe('reportMessageOf()', () => {
  const report: HostReport = {
    observed: {
      hostId: parseHostId('fish'),
      bootId: 'boot',
      simulated: true,
      numaNodes: [
        { node: 0, socket: 0 },
        { node: 1, socket: 1 },
      ],
      pfs: [],
      orphans: [],
      fdbClaims: [],
    },
    findings: [],
    physicalNetworks: new Map([[parsePciAddress('0000:82:00.0'), [parsePhysicalNetwork('physnet1')]]]),
  };

  it('carries a report as reportOfMessage() gives it back', () => {
    const message = parseAgentMessage(JSON.stringify(reportMessageOf(report, new Date(0))));
    assert.ok(message.kind === 'report');
    assert.deepEqual(reportOfMessage(message), report);
  });

  const machine = {
    domainId: parseDomainId('6b8f2f0e-0d0f-4c3c-9d3a-3f6a5d1b7c10'),
    name: 'web1',
    state: 'running',
  } as const;

  it('carries the machines of a host that has told of them', () => {
    const told: HostReport = { ...report, machines: [machine] };
    const message = parseAgentMessage(JSON.stringify(reportMessageOf(told, new Date(0))));
    assert.ok(message.kind === 'report');
    assert.deepEqual(reportOfMessage(message), told);
  });

  it('is refused with a machine in a state that there is not', () => {
    const { host } = reportMessageOf(report, new Date(0));
    const machines = [{ ...machine, state: 'asleep' }];
    assert.throws(
      () => parseAgentMessage(JSON.stringify({ kind: 'report', host: { ...host, machines } })),
      isInvalid,
    );
  });

  it('may come from an agent that knows nothing of NUMA nodes', () => {
    const { host } = reportMessageOf(report, new Date(0));
    const { numaNodes: _, ...older } = host;
    const message = parseAgentMessage(JSON.stringify({ kind: 'report', host: older }));
    assert.ok(message.kind === 'report');
    assert.deepEqual(reportOfMessage(message).observed, { ...report.observed, numaNodes: [] });
  });

  for (const { name, numaNodes } of [
    { name: 'a socket below 0', numaNodes: [{ node: 0, socket: -1 }] },
    { name: 'a node without its socket', numaNodes: [{ node: 0 }] },
    { name: 'no list', numaNodes: null },
  ]) {
    it(`is refused with NUMA nodes that cannot be: ${name}`, () => {
      const { host } = reportMessageOf(report, new Date(0));
      const text = JSON.stringify({ kind: 'report', host: { ...host, numaNodes } });
      assert.throws(() => parseAgentMessage(text), isInvalid);
    });
  }
});

describe('parseEnrolmentToken()', () => {
  const token = { secret: 'x'.repeat(43), caFingerprint: 'ab'.repeat(32) };

  it('reads what formatEnrolmentToken() writes, with white space around it', () => {
    assert.deepEqual(parseEnrolmentToken(` ${formatEnrolmentToken(token)}\n`), token);
  });

  it('does not repeat what it refuses, which may be a secret', () => {
    const cut = formatEnrolmentToken(token).slice(0, -1);
    assert.throws(
      () => parseEnrolmentToken(cut),
      (error) => isSriovError(error, 'ENROLMENT_TOKEN_INVALID') && !error.message.includes(token.secret),
    );
  });
});
