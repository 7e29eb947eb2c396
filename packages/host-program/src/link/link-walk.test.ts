import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import {
  Agent,
  type MemberWanted,
  MemoryJournal,
  outcomesOfMember,
  SharedKeeper,
  wantedOfMember,
  withJournal,
} from '@virtfn/agent';
import { ControllerLink, type Dial, type LinkEvents } from '@virtfn/agent/link';
import type { DesiredPort, KeptDesired, LocalPort, PortOutcome } from '@virtfn/contract/agent-link';
import { AgentSessions } from '@virtfn/controller/agents';
import { applyOneByOne, type Clock, type Host } from '@virtfn/host';
import { fishMachine, openVfs, seededRandom, SimulatedHost, VirtualClock } from '@virtfn/host-simulator';
import {
  closedProblems,
  type ConfiguredHost,
  type DesiredPf,
  getPf,
  getVf,
  isOwnAttachment,
  parseAttachmentId,
  parseHostId,
  parseMacAddress,
  parseNetworkId,
  parsePciAddress,
  parsePhysicalNetwork,
  parsePortId,
} from '@virtfn/model';
import fc from 'fast-check';
import { MemoryBackend } from './memory-backend.ts';

const HOST = parseHostId('fish');
const [PF_A, PF_B] = [parsePciAddress('0000:82:00.0'), parsePciAddress('0000:82:00.1')];
const [NET_A, NET_B] = [parsePhysicalNetwork('physnet1'), parsePhysicalNetwork('physnet2')];
const OWN = parseAttachmentId('host.0000-82-00.1.0');

const pfOf = (pf: DesiredPf['pf'], numVfs: number, vfs: DesiredPf['vfs']): DesiredPf => ({
  pf,
  numVfs,
  moduleOption: null,
  eswitchMode: null,
  adminUp: true,
  mtu: null,
  localMacs: [],
  vfs,
});

/** host.yaml: four VFs of A, one of them somebody else's, and two of B, one of them the host's own. */
const CONFIGURED: ConfiguredHost = {
  bridges: [],
  migrationUri: 'qemu+tls://fish/system',
  desired: {
    releases: [],
    evict: [],
    reloadDriver: false,
    pfs: [
      pfOf(PF_A, 4, [{ kind: 'unmanaged', vfIndex: 3 }]),
      pfOf(PF_B, 2, [
        {
          kind: 'attached',
          vfIndex: 0,
          attachmentId: OWN,
          driver: 'kernel',
          mtu: null,
          settings: {
            adminMac: parseMacAddress('52:54:00:ff:00:00'),
            vlan: null,
            spoofCheck: true,
            trust: false,
            linkState: 'auto',
            minTxRateMbps: null,
            maxTxRateMbps: null,
          },
        },
      ]),
    ],
  },
  physicalNetworks: new Map([
    [PF_A, [NET_A]],
    [PF_B, [NET_B]],
  ]),
};

/** VFs that ports ask for; `isGood`: they can have it. */
const PLACES = [
  { pf: PF_A, vfIndex: 0, network: NET_A, isGood: true },
  { pf: PF_A, vfIndex: 1, network: NET_A, isGood: true },
  { pf: PF_A, vfIndex: 2, network: NET_A, isGood: true },
  { pf: PF_B, vfIndex: 1, network: NET_B, isGood: true },
  { pf: PF_A, vfIndex: 3, network: NET_A, isGood: false },
  { pf: PF_B, vfIndex: 0, network: NET_B, isGood: false },
  { pf: PF_A, vfIndex: 9, network: NET_A, isGood: false },
  { pf: PF_A, vfIndex: 0, network: NET_B, isGood: false },
] as const;

/** Ports on the host that are no VF's, of which some are there at a time. PF B is joined to another wire than PF A. */
const LOCAL_PORTS = [
  { network: NET_A, end: '01' },
  { network: NET_A, end: '02' },
  { network: NET_B, end: '03' },
].map(
  ({ network, end }): LocalPort => ({
    portId: parsePortId(`local-${end}`),
    mac: parseMacAddress(`52:54:00:bb:00:${end}`),
    physicalNetwork: network,
    vlanId: 100,
  }),
);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A cable that can be pulled, between one agent and whichever controller runs. */
class Cable {
  #isPlugged = true;
  #plugged = Promise.withResolvers<void>();
  #ends: (() => void)[] = [];
  sessions: AgentSessions;

  constructor(sessions: AgentSessions) {
    this.sessions = sessions;
    this.#plugged.resolve();
  }

  pull(): void {
    if (!this.#isPlugged) return;
    this.#isPlugged = false;
    this.#plugged = Promise.withResolvers();
    this.drop();
  }

  plug(): void {
    this.#isPlugged = true;
    this.#plugged.resolve();
  }

  /** Ends the connections that there are. */
  drop(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  readonly dial: Dial = async (events, signal) => {
    signal.addEventListener('abort', () => this.#plugged.resolve());
    await this.#plugged.promise;
    return this.#connect(events);
  };

  #connect(events: LinkEvents) {
    let isOpen = true;
    const end = (code: number): void => {
      if (!isOpen) return;
      isOpen = false;
      session.closed();
      setImmediate(() => events.closed(code, ''));
    };
    const session = this.sessions.open({
      hostId: HOST,
      certifiedAt: new Date(0),
      send: (message) => {
        const text = JSON.stringify(message);
        setImmediate(() => isOpen && events.message(text));
      },
      close: end,
    });
    this.#ends.push(() => end(1006));
    return {
      send: (text: string): void => void setImmediate(() => isOpen && session.message(text)),
      ping: (): void => session.heard(),
      close: end,
    };
  }
}

/** Heartbeats never come due; a wait of nothing is a turn. */
const clock: Clock = {
  now: () => 0,
  sleep: (ms, signal) =>
    ms === 0 || signal === undefined || signal.aborted
      ? turn()
      : new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
};

/** A host on which the agent dies at its n-th change: its promise never resolves. */
class MortalHost implements Host {
  readonly #host: SimulatedHost;
  #stepsLeft = Number.POSITIVE_INFINITY;
  #die: () => void = () => {};

  constructor(host: SimulatedHost) {
    this.#host = host;
  }

  get hostId(): Host['hostId'] {
    return this.#host.hostId;
  }

  dieAt(steps: number): Promise<void> {
    this.#stepsLeft = steps;
    return new Promise((resolve) => (this.#die = resolve));
  }

  observe: Host['observe'] = () => this.#host.observe();
  watch: Host['watch'] = (listener) => this.#host.watch(listener);
  applySettings: Host['applySettings'] = (steps) => applyOneByOne(this, steps);
  apply: Host['apply'] = (step) => {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft > 0) return this.#host.apply(step);
    this.#die();
    return new Promise(() => {});
  };
}

/** One host with its disk, one fleet with its store, and what runs on either now. */
class Rig {
  readonly backend = new MemoryBackend();
  readonly machine = fishMachine(new VirtualClock(), HOST);
  readonly simulated = new SimulatedHost(this.machine);
  readonly journal = new MemoryJournal();
  readonly cable = new Cable(this.#startController());
  host = new MortalHost(this.simulated);
  link: ControllerLink | null = null;
  #disk: KeptDesired | null = null;
  #agent: Agent<MemberWanted> | null = null;

  #startController(): AgentSessions {
    return new AgentSessions({
      backend: this.backend,
      now: () => 0,
      onError: (error) => assert.fail(error),
    });
  }

  restartController(): void {
    this.cable.sessions = this.#startController();
    this.cable.drop();
  }

  /** Starts the agent anew; the former one is gone as a killed process is. */
  async startAgent(): Promise<void> {
    const former = this.link;
    this.cable.drop();
    await former?.stop();
    this.host = new MortalHost(this.simulated);
    const link = await ControllerLink.open({
      hostId: HOST,
      bootId: 'boot',
      version: '1',
      answers: {},
      dial: this.cable.dial,
      store: { read: async () => this.#disk, write: async (kept) => void (this.#disk = kept) },
      clock,
      random: () => 0,
      onDesired: () => {},
      onStatus: () => {},
    });
    const agent = new Agent<MemberWanted>({
      host: this.host,
      keeper: new SharedKeeper(this.host, this.journal),
      clock: this.machine.clock,
      findings: () => [],
      report: async (report) => link.tellReport(report),
      onReconciled: (look) => {
        const outcomes = outcomesOfMember(look);
        const { wish } = look.wanted;
        if (wish.kind === 'known') this.#checkTruth(outcomes, wish.kept.ports);
        link.tellOutcomes(outcomes);
      },
      onError: () => {},
    });
    agent.want(async (observed) => {
      const configured = { ...CONFIGURED, missing: [], isPartial: false };
      return wantedOfMember(
        configured,
        { fleet: await link.wish(), own: [] },
        this.journal.claims(),
        observed,
      );
    });
    link.start();
    this.link = link;
    this.#agent = agent;
  }

  /** A port is told to be configured only when the machine is so at that moment. */
  #checkTruth(outcomes: readonly PortOutcome[], ports: readonly DesiredPort[]): void {
    for (const { kind, attachmentId } of outcomes) {
      const port = ports.find((each) => each.attachmentId === attachmentId);
      if (kind !== 'configured' || port === undefined) continue;
      const vf = this.machine.pf(port.pf).vfs[port.vfIndex ?? 0];
      assert.equal(vf?.settings.adminMac, port.mac, `${attachmentId} was told to be configured`);
      assert.notEqual(vf?.driver ?? null, null);
    }
  }

  look(): Promise<number> {
    return this.#agent?.look() ?? Promise.resolve(0);
  }

  /** Nothing is open but what the journal gives to somebody who has, or had until a moment ago, a port there. */
  check(): void {
    const claims = new Map(
      this.journal.claims().map(({ pf, vfIndex, attachmentId }) => [`${pf}/${vfIndex}`, attachmentId]),
    );
    for (const { pf, vf } of openVfs(this.machine)) {
      const owner = claims.get(`${pf.address}/${vf.vfIndex}`);
      assert.ok(owner !== undefined, `VF ${vf.vfIndex} of ${pf.address} is open and nobody's`);
    }
  }
}

/** The outcome that each port must come to: of those that ask for one VF, the first has it. */
function expected(ports: readonly DesiredPort[]): ReadonlyMap<string, 'configured' | 'failed'> {
  const taken = new Set<string>();
  return new Map(
    ports.map((port) => {
      const at = `${port.pf}/${port.vfIndex}`;
      const place = PLACES.find(
        ({ pf, vfIndex, network }) =>
          pf === port.pf && vfIndex === port.vfIndex && network === port.segment.physicalNetwork,
      );
      const isServed = place?.isGood === true && !taken.has(at);
      if (isServed) taken.add(at);
      return [port.attachmentId, isServed ? 'configured' : 'failed'];
    }),
  );
}

async function walk(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const rig = new Rig();
  const { backend, cable } = rig;
  let serial = 0;
  const putPort = (attachmentId: string): void => {
    serial += 1;
    const place = PLACES[below(PLACES.length)] ?? PLACES[0];
    const isVlan = random() < 0.5;
    const segment = isVlan
      ? ({ kind: 'vlan', physicalNetwork: place.network, segmentationId: 100 + below(9) } as const)
      : ({ kind: 'flat', physicalNetwork: place.network } as const);
    backend.put({
      portId: parsePortId(`p-${attachmentId}`),
      attachmentId: parseAttachmentId(attachmentId),
      networkId: parseNetworkId('net'),
      pf: place.pf,
      vfIndex: place.vfIndex,
      vnicType: random() < 0.5 ? 'direct' : 'macvtap',
      segment,
      mac: parseMacAddress(`52:54:00:00:00:${serial.toString(16).padStart(2, '0')}`),
      ...PLAIN_PORT,
      portSecurityEnabled: random() < 0.7,
    });
    cable.sessions.wake(HOST);
  };
  const removePort = (): void => {
    const { ports } = backend;
    const port = ports[below(ports.length)];
    if (port !== undefined) backend.remove(port.attachmentId);
    cable.sessions.wake(HOST);
  };
  const changeLocalPorts = (): void => {
    backend.putLocalPorts(LOCAL_PORTS.filter(() => random() < 0.5));
    cable.sessions.wake(HOST);
  };
  const actions: readonly (() => Promise<unknown> | void)[] = [
    () => putPort(`a${serial}`),
    () => putPort(`a${serial}`),
    removePort,
    changeLocalPorts,
    () => cable.pull(),
    () => cable.plug(),
    () => rig.restartController(),
    () => backend.forgetChanges(),
    () => rig.startAgent(),
    () => rig.machine.reboot(),
    () => rig.simulated.faults.inject({ kind: 'refuse', match: {}, errno: 'EIO', times: 1 }),
    async () => {
      await Promise.race([rig.look(), rig.host.dieAt(1 + below(12))]);
      rig.check();
      await rig.startAgent();
    },
  ];
  await rig.startAgent();
  for (let step = 0; step < 25; step += 1) {
    await actions[below(actions.length)]?.();
    for (let turns = below(6); turns > 0; turns -= 1) await turn();
    if (random() < 0.6) await rig.look();
    rig.check();
  }
  rig.simulated.faults.clear();
  cable.plug();
  const want = expected(backend.ports);
  const isSettled = (): boolean =>
    backend.leaving.length === 0 &&
    [...want].every(([attachmentId, kind]) => backend.said.get(attachmentId)?.kind === kind);
  for (let rounds = 0; rounds < 40; rounds += 1) {
    await rig.look();
    for (let turns = 0; turns < 10; turns += 1) await turn();
  }
  const said = backend.ports.map(({ attachmentId }) => backend.said.get(attachmentId));
  assert.ok(isSettled(), JSON.stringify({ leaving: backend.leaving, want: [...want], said }));
  await assertMachine(rig, want);
  await rig.link?.stop();
}

/** Every VF of the machine is the port's that has it, or the host's own, or closed. */
async function assertMachine(rig: Rig, want: ReadonlyMap<string, string>): Promise<void> {
  const observed = withJournal(await rig.simulated.observe(), rig.journal.claims());
  const served = rig.backend.ports.filter(({ attachmentId }) => want.get(attachmentId) === 'configured');
  for (const port of served) {
    const { settings, attachmentId } = getVf(getPf(observed, port.pf), port.vfIndex ?? 0);
    assert.equal(attachmentId, port.attachmentId);
    assert.equal(settings?.adminMac, port.mac);
    assert.equal(settings?.vlan?.id, port.segment.kind === 'vlan' ? port.segment.segmentationId : undefined);
    assert.equal(settings?.spoofCheck, port.portSecurityEnabled);
  }
  const owners = new Set<string>(served.map(({ attachmentId }) => attachmentId));
  for (const { attachmentId } of rig.journal.claims())
    assert.ok(isOwnAttachment(attachmentId) || owners.has(attachmentId), `claim ${attachmentId} leaked`);
  for (const [pf, network] of [
    [PF_A, NET_A],
    [PF_B, NET_B],
  ] as const) {
    const local = rig.backend.localPorts.filter(({ physicalNetwork }) => physicalNetwork === network);
    const macs = new Set(local.map(({ mac }) => mac));
    assert.deepEqual(new Set(getPf(observed, pf).fdb), macs, `what the VFs of ${pf} reach on the host`);
    const claimed = rig.journal.fdbClaims().filter((claim) => claim.pf === pf);
    assert.deepEqual(new Set(claimed.map(({ mac }) => mac)), macs);
    for (const vf of getPf(observed, pf).vfs) {
      if (vf.attachmentId === null && !(pf === PF_A && vf.vfIndex === 3))
        assert.deepEqual(closedProblems(vf), []);
    }
  }
}

describe('agent and controller on walks over ports, cuts and restarts', () => {
  it('converge, tell the truth of every port, and leave no VF open without one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), (seed) => walk(seed)),
      { numRuns: 150 },
    );
  });
});
