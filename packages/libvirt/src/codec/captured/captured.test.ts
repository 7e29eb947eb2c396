import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  agentCommand,
  attachDevice,
  authList,
  connectOpen,
  createWithFlags,
  decodeEvent,
  detachDeviceAlias,
  type Domain,
  getJobStats,
  getMaxDowntime,
  getState,
  interfaceAddresses,
  listAllDomains,
  listAllNodeDevices,
  lookupByName,
  migratePerform,
  migrationParams,
  monitorCommand,
  nodeDeviceDetach,
  nodeDeviceXml,
  type Packet,
  PacketStatus,
  type Procedure,
  readErrorBody,
  resumeDomain,
  setMaxDowntime,
  setMaxSpeed,
  setMemoryParameters,
  supportsFeature,
  XdrReader,
  XdrWriter,
} from '../index.ts';
import { readCaptured, readCapturedCalls } from './index.ts';

const calls = readCapturedCalls('calls');
const testDomain: Domain = { name: 'test', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 };

/** The guest in QEMU, which has got a new ID with each start. */
const guest = (id: number | null): Domain => ({
  name: 'guest',
  uuid: '7e226198-aa9b-46e4-a95c-f2c6faca4940',
  id,
});

/** `given` of virsh's command, as we say it, and `want`, what the daemon has answered; or the code of its refusal. */
function example<Given, Result>(
  procedure: Procedure<Given, Result>,
  given: Given,
  want: (result: Result) => void,
): { readonly name: string; readonly check: () => void } {
  return {
    name: procedure.name,
    check: () => {
      const writer = new XdrWriter();
      procedure.encode(writer, given);
      const payload = writer.finish();
      const found = calls.find(
        ({ call }) =>
          call.procedure === procedure.number &&
          call.program === procedure.program &&
          Buffer.compare(call.payload, payload) === 0,
      );
      assert.ok(found, `virsh has sent ${payload.toString('hex')}`);
      assert.equal(found.reply.status, PacketStatus.ok);
      const reader = new XdrReader(found.reply.payload);
      want(procedure.decode(reader));
      reader.end();
    },
  };
}

const equals =
  <Value>(want: Value) =>
  (found: Value): void =>
    assert.deepEqual(found, want);
const done = equals<null>(null);

const examples = [
  example(authList, null, equals<readonly string[]>(['none'])),
  example(supportsFeature, { feature: 10 }, equals(true)),
  example(connectOpen, { uri: 'test:///default', readOnly: false }, done),
  example(listAllDomains, { flags: ['active', 'inactive'] }, equals<readonly Domain[]>([testDomain])),
  example(lookupByName, { name: 'test' }, equals(testDomain)),
  example(getState, { domain: testDomain }, (state) =>
    assert.deepEqual(state, { state: 'running', reason: 'unknown' }),
  ),
  example(
    setMemoryParameters,
    {
      domain: testDomain,
      params: [{ field: 'hard_limit', kind: 'ullong', value: 4096n }],
      flags: ['live'],
    },
    done,
  ),
  example(interfaceAddresses, { domain: testDomain, source: 'lease' }, (interfaces) =>
    assert.deepEqual(interfaces, [
      {
        name: 'testnet0',
        mac: 'aa:bb:cc:dd:ee:ff',
        addresses: [{ family: 'ipv4', address: '192.168.122.3', prefix: 24 }],
      },
    ]),
  ),
  example(createWithFlags, { domain: guest(null), flags: ['paused'] }, (started) =>
    assert.equal(typeof started.id, 'number'),
  ),
  example(nodeDeviceXml, { name: 'net_lo_00_00_00_00_00_00' }, (xml) =>
    assert.match(xml, /<interface>lo<\/interface>/),
  ),
];

for (const { name, check } of examples) {
  test(`${name} is written as virsh writes it, and its answer is read`, check);
}

/** Calls of a guest whose ID only the capture knows. */
const ofGuest = (procedure: Procedure<never, unknown>): { call: Packet; reply: Packet; id: number } => {
  const found = calls.find(
    ({ call }) => call.procedure === procedure.number && call.program === procedure.program,
  );
  assert.ok(found, procedure.name);
  // The name "guest" takes 12 bytes, the UUID 16.
  return { ...found, id: Buffer.from(found.call.payload).readInt32BE(28) };
};

const guestExamples: readonly {
  readonly name: string;
  readonly procedure: Procedure<never, unknown>;
  readonly encode: (writer: XdrWriter, domain: Domain) => void;
}[] = [
  {
    name: 'resume',
    procedure: resumeDomain,
    encode: (writer, domain) => resumeDomain.encode(writer, { domain }),
  },
  {
    name: 'attach-device --live',
    procedure: attachDevice,
    encode: (writer, domain) =>
      attachDevice.encode(writer, {
        domain,
        xml: "<input type='tablet' bus='usb'><alias name='ua-tablet'/></input>",
        flags: ['live'],
      }),
  },
  {
    name: 'detach-device-alias --live',
    procedure: detachDeviceAlias,
    encode: (writer, domain) =>
      detachDeviceAlias.encode(writer, { domain, alias: 'ua-tablet', flags: ['live'] }),
  },
  {
    name: 'migrate-setmaxdowntime 50',
    procedure: setMaxDowntime,
    encode: (writer, domain) => setMaxDowntime.encode(writer, { domain, downtimeMs: 50 }),
  },
  {
    name: 'migrate-getmaxdowntime',
    procedure: getMaxDowntime,
    encode: (writer, domain) => getMaxDowntime.encode(writer, { domain }),
  },
  {
    name: 'migrate-setspeed 1000',
    procedure: setMaxSpeed,
    encode: (writer, domain) => setMaxSpeed.encode(writer, { domain, mibPerSecond: 1000 }),
  },
  {
    name: 'qemu-agent-command',
    procedure: agentCommand,
    encode: (writer, domain) =>
      agentCommand.encode(writer, {
        domain,
        command: '{"execute":"guest-ping"}',
        // VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT
        limitSeconds: -1,
      }),
  },
  {
    name: 'qemu-monitor-command',
    procedure: monitorCommand,
    encode: (writer, domain) =>
      monitorCommand.encode(writer, { domain, command: '{"execute":"query-status"}' }),
  },
  {
    name: 'domjobinfo --completed',
    procedure: getJobStats,
    encode: (writer, domain) => getJobStats.encode(writer, { domain, flags: ['completed'] }),
  },
  {
    name: 'migrate --p2p',
    procedure: migratePerform,
    encode: (writer, domain) =>
      migratePerform.encode(writer, {
        domain,
        destinationUri: 'qemu+unix:///session?socket=/tmp/host-b/libvirt-sock',
        params: migrationParams({
          migrateUri: 'tcp://127.0.0.1:49999',
          bandwidthMibPerSecond: 1000,
          autoConvergeInitial: 30,
        }),
        cookie: new Uint8Array(),
        flags: ['live', 'peer2peer', 'persist-dest', 'auto-converge'],
      }),
  },
];

for (const { name, procedure, encode } of guestExamples) {
  test(`${procedure.name} is written as virsh ${name} writes it`, () => {
    const { call, id } = ofGuest(procedure);
    const writer = new XdrWriter();
    encode(writer, guest(id === -1 ? null : id));
    assert.equal(writer.finish().toString('hex'), Buffer.from(call.payload).toString('hex'));
  });
}

test('listAllNodeDevices is written as virsh nodedev-list --cap net writes it, but for asking for active devices only', () => {
  const found = calls.find(({ call }) => call.procedure === listAllNodeDevices.number);
  assert.ok(found);
  const writer = new XdrWriter();
  listAllNodeDevices.encode(writer, { capabilities: ['net'] });
  const asked = writer.finish();
  // VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE, which daemons before 7.3 refuse.
  asked.writeUInt8(0x80, 4);
  assert.equal(asked.toString('hex'), Buffer.from(found.call.payload).toString('hex'));
  const names = listAllNodeDevices.decode(new XdrReader(found.reply.payload));
  assert.ok(names.includes('net_lo_00_00_00_00_00_00'));
});

test('getJobStats reads how a migration has ended', () => {
  const { reply } = ofGuest(getJobStats);
  const job = getJobStats.decode(new XdrReader(reply.payload));
  assert.equal(job.type, 'completed');
  assert.equal(job.operation, 'migration-out');
  assert.ok(job.downtimeMs !== null && job.timeElapsedMs !== null && job.downtimeMs < job.timeElapsedMs);
  assert.equal(job.memoryRemaining, 0);
  assert.equal(job.timeRemainingMs, null);
});

test('readErrorBody() reads each refusal that was captured', () => {
  const refusals = calls
    .filter(({ reply }) => reply.status === PacketStatus.error)
    .map(({ call, reply }) => {
      const reader = new XdrReader(reply.payload);
      const { code, domain, message, level } = readErrorBody(reader);
      reader.end();
      return { procedure: call.procedure, code, domain, message, level };
    });
  const refusal = { level: 2 };
  assert.deepEqual(refusals, [
    {
      ...refusal,
      procedure: lookupByName.number,
      code: 'VIR_ERR_NO_DOMAIN',
      domain: 12,
      message: 'Domain not found',
    },
    {
      ...refusal,
      procedure: nodeDeviceDetach.number,
      code: 'VIR_ERR_NO_SUPPORT',
      domain: 22,
      message: 'this function is not supported by the connection driver: virNodeDeviceDetachFlags',
    },
    {
      ...refusal,
      procedure: agentCommand.number,
      code: 'VIR_ERR_ARGUMENT_UNSUPPORTED',
      domain: 10,
      message: 'argument unsupported: QEMU guest agent is not configured',
    },
  ]);
});

test('decodeEvent() reads what a daemon tells of a device and a migration', () => {
  const events = readCaptured('events').map(({ packet }) => {
    const event = decodeEvent(packet.procedure, new XdrReader(packet.payload));
    assert.ok(event !== null && 'domain' in event);
    assert.equal(event.domain.name, 'guest');
    const { domain: _, ...told } = event;
    return told;
  });
  const completed = events.pop();
  assert.deepEqual(events, [
    { kind: 'device-added', alias: 'ua-tablet' },
    { kind: 'device-removed', alias: 'ua-tablet' },
    { kind: 'migration-iteration', iteration: 1 },
    { kind: 'lifecycle', event: 'suspended', detail: 'migrated' },
    { kind: 'migration-iteration', iteration: 2 },
    { kind: 'lifecycle', event: 'stopped', detail: 'migrated' },
  ]);
  assert.ok(completed?.kind === 'job-completed' && completed.stats.operation === 'migration-out');
});
