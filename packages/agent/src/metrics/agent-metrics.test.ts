import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DesiredPort } from '@virtfn/contract/agent-link';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import { exposedMetrics, runPromtool, skipWithoutPromtool } from '@virtfn/controller/testing';
import type { Host } from '@virtfn/host';
import {
  INTEL_82576,
  INTEL_E810,
  setVfDriver,
  SimulatedCounters,
  SimulatedHost,
  SimulatedMachine,
  TrafficMeter,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  type DesiredPf,
  finding,
  parseAttachmentId,
  parseHostId,
  parseMacAddress,
  parseNetworkId,
  parsePciAddress,
  parsePhysicalNetwork,
  parsePortId,
} from '@virtfn/model';
import { Agent } from '../agent.ts';
import { MemoryJournal } from '../journal/index.ts';
import { SharedKeeper } from '../keeper/index.ts';
import { type MemberWanted, wantedOfMember } from '../ports/index.ts';
import { AGENT_METRICS, AgentMetrics } from './index.ts';

const COUNTING = parsePciAddress('0000:3b:00.0');
const SILENT = parsePciAddress('0000:82:00.0');
const NETWORK = parsePhysicalNetwork('physnet1');

const port = (number: number, pf: DesiredPort['pf'], vfIndex: number): DesiredPort => ({
  portId: parsePortId(`port-${number}`),
  attachmentId: parseAttachmentId(`attachment-${number}`),
  networkId: parseNetworkId('net-1'),
  pf,
  vfIndex,
  vnicType: 'direct',
  segment: { kind: 'flat', physicalNetwork: NETWORK },
  mac: parseMacAddress(`52:54:00:aa:00:0${number}`),
  ...PLAIN_PORT,
  vm: `web-${number}`,
});

const pfOf = (pf: DesiredPf['pf']): DesiredPf => ({
  pf,
  numVfs: 4,
  moduleOption: null,
  eswitchMode: null,
  adminUp: true,
  mtu: null,
  localMacs: [],
  vfs: [],
});

/** A host with a card that counts per VF and one that does not, kept by an agent that is measured. */
function openRig() {
  const clock = new VirtualClock();
  const machine = new SimulatedMachine(parseHostId('fish'), clock, [
    { card: INTEL_E810, slot: '0000:3b:00', netdevNames: ['ens1f0', 'ens1f1'] },
    { card: INTEL_82576, slot: '0000:82:00', netdevNames: ['ens2f0', 'ens2f1'], unpluggedPorts: [1] },
  ]);
  const host = new SimulatedHost(machine);
  const meter = new TrafficMeter();
  const counters = new SimulatedCounters(machine, meter);
  const journal = new MemoryJournal();
  const metrics = new AgentMetrics({ version: '1.2.3', now: () => clock.now() });
  const timed: Host = {
    hostId: host.hostId,
    observe: () => metrics.timeLook(() => host.observe()),
    watch: (listener) => host.watch(listener),
    apply: (step) => host.apply(step),
    applySettings: (steps) => host.applySettings(steps),
  };
  const ports: DesiredPort[] = [];
  const agent = new Agent<MemberWanted>({
    host: timed,
    keeper: new SharedKeeper(timed, journal, (plan) => metrics.timePlan(plan)),
    clock,
    findings: () => [
      finding('simulated-host', 'a', ''),
      finding('iommu-off', 'b', ''),
      finding('iommu-off', 'c', ''),
    ],
    report: async (report) => metrics.noteSeen({ ...report, claims: journal.claims() }),
    onReconciled: (reconciled) => metrics.noteReconciled(reconciled),
    onStep: (record) => metrics.noteStep(record),
    onLook: (look) => metrics.noteLook(look),
    onError: () => {},
  });
  agent.want(async (observed) => {
    const configured = {
      desired: { releases: [], evict: [], reloadDriver: false, pfs: [COUNTING, SILENT].map(pfOf) },
      physicalNetworks: new Map([COUNTING, SILENT].map((pf) => [pf, [NETWORK]])),
      bridges: [],
      migrationUri: '',
      missing: [],
      isPartial: false,
    };
    const fleet = { kind: 'known', kept: { revision: 1, ports, removed: [], localPorts: [] } } as const;
    return wantedOfMember(configured, { fleet, own: [] }, journal.claims(), observed);
  });
  const scrape = async (): Promise<string> =>
    metrics.format({ counters: await counters.read(metrics.pfs), hasFailed: false, isLinkUp: true });
  return { clock, machine, host, meter, metrics, ports, agent, scrape };
}

/** The series of a metric, `{labels} value` each. */
function seriesOf(text: string, name: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.map((line) => line.slice(name.length).trimStart());
}

suite('AgentMetrics', () => {
  test('tell nothing of a host that nobody has looked at', () => {
    const metrics = new AgentMetrics({ version: '1.2.3', now: () => 0 });
    const text = metrics.format({ counters: [], hasFailed: true, isLinkUp: null });
    assert.deepEqual(seriesOf(text, 'virtfn_agent_build_info'), ['{version="1.2.3"} 1']);
    assert.deepEqual(seriesOf(text, 'virtfn_agent_controller_link_up'), []);
    assert.deepEqual(seriesOf(text, 'virtfn_agent_look_age_seconds'), []);
    assert.deepEqual(seriesOf(text, 'virtfn_host_as_wanted'), []);
    assert.deepEqual(seriesOf(text, 'virtfn_pf_link_up'), []);
    assert.deepEqual(seriesOf(text, 'virtfn_agent_traffic_read_failures_total'), ['1']);
  });

  test('tell of PFs what was read last, and how old that is', async () => {
    const { agent, clock, machine, scrape } = openRig();
    await agent.look();
    clock.advance(7000);
    machine.setCable(machine.pf(COUNTING), false);
    const before = await scrape();
    assert.deepEqual(seriesOf(before, 'virtfn_agent_look_age_seconds'), ['7']);
    assert.match(before, /^virtfn_pf_link_up\{pf="0000:3b:00\.0"\} 1$/m, 'a scrape does not look');
    await agent.look();
    const text = await scrape();
    assert.deepEqual(seriesOf(text, 'virtfn_agent_look_age_seconds'), ['0']);
    assert.deepEqual(seriesOf(text, 'virtfn_pf_link_up'), [
      '{pf="0000:3b:00.0"} 0',
      '{pf="0000:3b:00.1"} 1',
      '{pf="0000:82:00.0"} 1',
      '{pf="0000:82:00.1"} 0',
    ]);
    // 100 and 1 Gbit/s; none where the link is down.
    assert.deepEqual(seriesOf(text, 'virtfn_pf_link_speed_bytes_per_second'), [
      '{pf="0000:3b:00.1"} 12500000000',
      '{pf="0000:82:00.0"} 125000000',
    ]);
    assert.ok(
      seriesOf(text, 'virtfn_pf_info').includes(
        '{host="fish",pf="0000:82:00.0",netdev="ens2f0",driver="igb",product="82576 Gigabit Network Connection",physical_networks="physnet1"} 1',
      ),
    );
    assert.deepEqual(seriesOf(text, 'virtfn_findings'), [
      '{code="simulated-host",severity="info"} 1',
      '{code="iommu-off",severity="critical"} 2',
    ]);
  });

  test('count VFs by what they are for, and say whose each is', async () => {
    const { agent, machine, host, ports, scrape } = openRig();
    ports.push(port(1, COUNTING, 0), port(2, COUNTING, 1));
    host.faults.inject({
      kind: 'refuse',
      match: { kind: 'set-vf', pf: COUNTING, vfIndex: 1, attribute: 'vlan' },
      errno: 'EIO',
      times: Number.POSITIVE_INFINITY,
    });
    host.faults.inject({
      kind: 'refuse',
      match: { kind: 'set-vf', pf: COUNTING, vfIndex: 1, attribute: 'adminMac' },
      errno: 'EIO',
      times: Number.POSITIVE_INFINITY,
    });
    await agent.look();
    const pf = machine.pf(COUNTING);
    machine.addVfUser(pf, 0, { kind: 'vfio', process: 'qemu-system-x86', vm: 'seen' });
    setVfDriver(machine, pf, machine.vf(pf, 3), 'vfio-pci');
    machine.addVfUser(pf, 3, { kind: 'vfio', process: 'qemu-system-x86', vm: 'stranger' });
    await agent.look();
    const text = await scrape();
    assert.deepEqual(
      seriesOf(text, 'virtfn_pf_vfs').filter((each) => each.includes(COUNTING)),
      ['free"} 1', 'used"} 1', 'quarantined"} 1', 'foreign"} 1'].map(
        (each) => `{pf="${COUNTING}",state="${each}`,
      ),
    );
    assert.deepEqual(
      seriesOf(text, 'virtfn_vf_info')
        .filter((each) => each.includes(COUNTING))
        .map((each) => /pf=.*?,(vf="\d").*(attachment=.*)\} 1/.exec(each)?.slice(1).join(' ')),
      [
        'vf="0" attachment="attachment-1",port="port-1",vm="seen",network="net-1",kind="direct"',
        'vf="1" attachment="attachment-2",port="port-2",vm="web-2",network="net-1",kind="direct"',
        'vf="2" attachment="",port="",vm="",network="",kind=""',
        'vf="3" attachment="",port="",vm="stranger",network="",kind=""',
      ],
    );
    assert.deepEqual(seriesOf(text, 'virtfn_host_as_wanted'), ['0']);
    assert.match(text, /^virtfn_host_problems\{code="SECURITY_SETTING_FAILED"\} 1$/m);
    assert.match(text, /^virtfn_agent_steps_total\{kind="set-vf",result="failed"\} [1-9]\d*$/m);
    assert.match(text, /^virtfn_agent_steps_total\{kind="set-num-vfs",result="done"\} 2$/m);
    assert.match(text, /^virtfn_agent_steps_total\{kind="reload-driver",result="failed"\} 0$/m);
    const looks = /^virtfn_agent_look_duration_seconds_count\{result="done"\} (\d+)$/m.exec(text)?.[1];
    const plans = /^virtfn_agent_plan_duration_seconds_count (\d+)$/m.exec(text)?.[1];
    assert.ok(Number(looks) > 2 && Number(plans) >= Number(looks));
  });

  test('show traffic of VFs only where the driver counts it (K11), under the port that has the VF', async () => {
    const { agent, machine, meter, ports, scrape } = openRig();
    ports.push(port(1, COUNTING, 0), port(3, SILENT, 0));
    await agent.look();
    for (const pf of [COUNTING, SILENT].map((each) => machine.pf(each))) {
      meter.count(machine.vf(pf, 0), { rxBytes: 98n, rxPackets: 1n, txBytes: 2n ** 60n + 1n, txDropped: 4n });
      meter.count(pf, { rxBytes: 5n });
    }
    const text = await scrape();
    const ofPort = '{pf="0000:3b:00.0",vf="0",port="port-1"}';
    const rest = ['1', '2', '3'].map((vf) => `{pf="0000:3b:00.0",vf="${vf}",port=""} 0`);
    assert.deepEqual(seriesOf(text, 'virtfn_vf_receive_bytes_total'), [`${ofPort} 98`, ...rest]);
    assert.deepEqual(seriesOf(text, 'virtfn_vf_transmit_bytes_total'), [
      `${ofPort} 1152921504606846977`,
      ...rest,
    ]);
    assert.deepEqual(seriesOf(text, 'virtfn_vf_transmit_dropped_packets_total')[0], `${ofPort} 4`);
    assert.deepEqual(seriesOf(text, 'virtfn_vf_counters_supported'), [
      '{pf="0000:3b:00.0"} 1',
      '{pf="0000:3b:00.1"} 1',
      '{pf="0000:82:00.0"} 0',
      '{pf="0000:82:00.1"} 0',
    ]);
    assert.deepEqual(seriesOf(text, 'virtfn_pf_receive_bytes_total')[2], '{pf="0000:82:00.0"} 5');
  });

  test('show traffic of a VF whose card does not tell, where its interface on the host counts', async () => {
    const { clock, host, machine, meter, metrics, scrape } = openRig();
    await host.apply({ kind: 'set-num-vfs', pf: SILENT, from: 0, numVfs: 2 });
    clock.advance(5000);
    const pf = machine.pf(SILENT);
    setVfDriver(machine, pf, machine.vf(pf, 0), 'vfio-pci');
    setVfDriver(machine, pf, machine.vf(pf, 1), 'kernel');
    for (const vf of pf.vfs) meter.count(vf, { rxBytes: 7n, broadcast: 1n });
    const observed = await host.observe();
    metrics.noteSeen({ observed, findings: [], physicalNetworks: new Map(), claims: [] });
    const text = await scrape();
    assert.deepEqual(seriesOf(text, 'virtfn_vf_receive_bytes_total'), [`{pf="${SILENT}",vf="1",port=""} 7`]);
    assert.deepEqual(seriesOf(text, 'virtfn_vf_receive_broadcast_packets_total'), [], 'no interface tells');
  });

  test('show no counters, and no answer to whether there are any, when the kernel did not tell them', async () => {
    const { agent, metrics } = openRig();
    await agent.look();
    const text = metrics.format({ counters: [], hasFailed: true, isLinkUp: false });
    assert.deepEqual(seriesOf(text, 'virtfn_pf_receive_bytes_total'), []);
    assert.deepEqual(seriesOf(text, 'virtfn_vf_receive_bytes_total'), []);
    assert.deepEqual(seriesOf(text, 'virtfn_vf_counters_supported'), [
      '{pf="0000:82:00.0"} 0',
      '{pf="0000:82:00.1"} 0',
    ]);
    assert.deepEqual(seriesOf(text, 'virtfn_agent_controller_link_up'), ['0']);
  });

  test('count what differs from what is wanted', async () => {
    const { agent, host, scrape } = openRig();
    await agent.look();
    assert.deepEqual(seriesOf(await scrape(), 'virtfn_pf_drift_values'), [
      '{pf="0000:3b:00.0"} 0',
      '{pf="0000:3b:00.1"} 0',
      '{pf="0000:82:00.0"} 0',
      '{pf="0000:82:00.1"} 0',
    ]);
    host.machine.reboot();
    host.faults.inject({
      kind: 'refuse',
      match: { kind: 'set-num-vfs', pf: SILENT },
      errno: 'ENOMEM',
      times: Number.POSITIVE_INFINITY,
    });
    await agent.look();
    assert.match(await scrape(), /^virtfn_pf_drift_values\{pf="0000:82:00\.0"\} [1-9]/m);
  });

  test('are named as in the catalogue, each once, and promtool finds nothing wrong', {
    skip: skipWithoutPromtool(),
  }, async () => {
    const { agent, ports, scrape } = openRig();
    ports.push(port(1, COUNTING, 0));
    await agent.look();
    const text = await scrape();
    assert.deepEqual(
      exposedMetrics(text).toSorted(),
      Object.values(AGENT_METRICS)
        .map(({ name }) => name)
        .toSorted(),
    );
    assert.equal(runPromtool(['check', 'metrics'], text), '');
  });
});
