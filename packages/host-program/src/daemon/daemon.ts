import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  Agent,
  AgentMetrics,
  answerRequest,
  answersAboutChanges,
  answersAboutTraffic,
  type AskedContext,
  Departures,
  type DomainStepRecord,
  FileJournal,
  FilterKeeper,
  type Look,
  type MemberWanted,
  outcomesOfMember,
  readTraffic,
  RecentCounters,
  SharedKeeper,
  type StepCause,
  type StepRecord,
  systemClock,
  type TrafficOptions,
  type VirtualMachines,
  wantedNow,
} from '@virtfn/agent';
import type { HostRequest, ListenAddress } from '@virtfn/contract';
import {
  MachineExaminer,
  NftPacketFilters,
  openLibvirtHypervisor,
  openLinuxCounters,
  openLinuxHost,
} from '@virtfn/host-linux';
import { describeDomainStep, type Finding, type ObservedHost, type SriovError } from '@virtfn/model';
import { SeenHost, serveDashboard, wordsOfDomainStep, wordsOfStep } from '../dashboard/index.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Places } from '../places.ts';
import { FleetMember } from '../link/index.ts';
import { membershipFile } from '../link/membership.ts';
import { serveMetrics, timedHost } from '../metrics/index.ts';
import { namedHost } from '../named-host.ts';
import { ownPortsFile } from '../own-ports-file.ts';
import { machineContext } from '../request-context.ts';
import { stoppingAt } from '../stop-at-step.ts';
import { lastKnown } from './last-known.ts';
import { MachineList } from './machine-list.ts';
import { RequestServer } from './request-server.ts';
import { supervisorOf } from './systemd.ts';
import { watchFile } from './watch-file.ts';

/** What waits for us at boot may start then, although a card is still missing: milliseconds after our own start. */
const LONGEST_WAIT_MS = 60_000;
/** Requests that nobody needs to read of in the log. */
const LOOKING_ONLY: ReadonlySet<HostRequest['request']> = new Set(['fleet-status', 'observe', 'watch']);
const EXAMINE_EVERY_MS = 30_000;
/** Who scrapes more often than that gets what was read for the one before. */
const SCRAPED_AGE_MS = 2000;

/** Where the agent listens beside its socket; null: nowhere. */
export interface ListenAddresses {
  /** For Prometheus. */
  readonly metrics: ListenAddress | null;
  /** For browsers of this machine: whoever reaches it sees all of the host. */
  readonly dashboard: ListenAddress | null;
}

/** Keeps this machine as its host.yaml says, and answers requests, until `stop` is aborted. */
export async function runDaemon(
  places: Places,
  log: (line: string) => void,
  stop: AbortSignal,
  reload: (listener: () => void) => void,
  addresses: ListenAddresses,
): Promise<void> {
  // Now, and not when it is first needed: an upgrade may have replaced the files of a running agent by then.
  await import('@virtfn/contract/host-config');
  const supervisor = supervisorOf(process.env);
  const counters = new RecentCounters(openLinuxCounters(), () => performance.now());
  const traffic: TrafficOptions = { counters, pfs: () => metrics.pfs, now: () => new Date() };
  const seen =
    addresses.dashboard === null ? null : new SeenHost({ now: () => new Date(), hostId: () => host.hostId });
  const isWatched = (): boolean =>
    fleet.hostId !== null || addresses.metrics !== null || addresses.dashboard !== null;
  const fleet = new FleetMember({
    folder: places.stateFolder,
    bootId: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
    clock: systemClock,
    onDesired: () => agent.hurry(),
    log,
    answers: { ...answersAboutTraffic(traffic), ...answersAboutChanges(() => asked) },
  });
  const metrics = new AgentMetrics({ version: packageJson.version, now: () => performance.now() });
  const thisMachine = timedHost(stoppingAt(process.env, openLinuxHost(systemClock)), metrics);
  const host = namedHost(thisMachine, () => fleet.hostId);
  const journal = await FileJournal.open(places.stateFolder);
  const keeper = new SharedKeeper(host, journal, (plan) => metrics.timePlan(plan));
  const machine = machineContext(places);
  const usual = machine.openConfig(null);
  let hasConfig = false;

  // Longer would hold up a look that has other things to do: when the daemon is there, it tells.
  const hypervisor = openLibvirtHypervisor({ patienceMs: 3000 });
  const machines: VirtualMachines = { hypervisor, ownPorts: ownPortsFile(places.stateFolder) };

  using packetFilters = new NftPacketFilters();
  const filterKeeper = new FilterKeeper(packetFilters);

  const readWanted = async (observed: ObservedHost): Promise<MemberWanted> => {
    const wanted = await wantedNow(usual, observed, journal.claims(), { fleet, machines });
    hasConfig = wanted.hasConfig;
    await departures.giveUp(wanted.interfaces);
    return wanted;
  };

  let isReady = false;
  let told = '';
  const becomeReady = (status: string): void => {
    if (isReady) return;
    isReady = true;
    supervisor.ready(status);
  };
  // Also while a look lasts: one card that does not answer would have systemd start the agent again and again.
  const patience = setTimeout(() => becomeReady('still at the first look'), LONGEST_WAIT_MS);
  patience.unref();
  const onLook = (look: Look): void => {
    metrics.noteLook(look);
    const { isAsWanted, isHostAsWanted, problems } = look;
    const status = statusOf(problems, isAsWanted, hasConfig, places.configFile);
    if (isHostAsWanted && !isReady) becomeReady(status);
    else if (status !== told) supervisor.status(status);
    if (status !== told) log(status);
    told = status;
  };
  // Examining the machine takes longer than a look at its cards, and the next port would wait for it.
  const examiner = new MachineExaminer();
  const findings = lastKnown<readonly Finding[]>({
    maxAgeMs: EXAMINE_EVERY_MS,
    patienceMs: 3000,
    now: () => systemClock.now(),
    first: [],
    read: () => examiner.examine(),
  });
  const onStep = (record: StepRecord, cause: StepCause): void => {
    metrics.noteStep(record);
    fleet.noteStep(record, cause);
    seen?.noteStep(wordsOfStep(record, cause));
  };
  const onDomainStep = (record: DomainStepRecord, cause: StepCause): void => {
    metrics.noteDomainStep(record);
    seen?.noteStep(wordsOfDomainStep(record, cause));
    const { step, isPending, error } = record;
    const what = describeDomainStep(step);
    if (error !== null) log(`could not ${what}: ${error.message} (${error.code})`);
    else log(`${isPending ? 'asked the guest, to ' : ''}${what}`);
  };
  const departures = new Departures({
    hypervisor,
    clock: systemClock,
    onEnd: () => agent.hurry(),
    onProgress: (domainId, { doneBytes, leftBytes }) =>
      log(`VM ${domainId} moves: ${doneBytes} bytes sent, ${leftBytes} left`),
  });
  const machineList = new MachineList({
    hypervisor,
    clock: systemClock,
    isWanted: () => fleet.hostId !== null || seen !== null,
    onChange: () => agent.wake(),
    signal: stop,
  });
  const agent: Agent<MemberWanted> = new Agent<MemberWanted>({
    host,
    machines,
    filterKeeper,
    machinesSeen: () => machineList.current,
    keeper,
    clock: systemClock,
    // Only for somebody who is told.
    findings: () => (isWatched() ? findings() : []),
    report: async (report) => {
      metrics.noteSeen({ ...report, claims: journal.claims() });
      fleet.tellReport(report);
      seen?.noteReport(report);
    },
    onStep: (record) => onStep(record, 'reconcile'),
    onDomainStep: (record) => onDomainStep(record, 'reconcile'),
    onReconciled: (look) => {
      metrics.noteReconciled(look);
      departures.keep(look.wanted.interfaces, look);
      fleet.tellOutcomes(outcomesOfMember(look, departures.failed));
    },
    onError: () => {},
    onLook,
  });
  const asked: AskedContext = {
    ...machine,
    findings,
    host,
    keeper,
    fleet,
    machines,
    filterKeeper,
    clock: systemClock,
    newUuid: randomUUID,
    onStep: (record) => onStep(record, 'request'),
    onDomainStep: (record) => onDomainStep(record, 'request'),
  };
  const server = new RequestServer((request, emit, signal) => {
    if (!LOOKING_ONLY.has(request.request)) log(`asked to ${request.request}`);
    return answerRequest(request, { ...asked, emit, signal });
  });

  await server.listen(places.socket);
  log(`keeping host ${host.hostId} by ${places.configFile}, answering on ${places.socket}`);
  const unwatchConfig = watchFile(places.configFile, 0o755, () => agent.wake());
  const unwatchFleet = watchFile(membershipFile(places.stateFolder), 0o700, () => void fleet.reload());
  reload(() => {
    agent.wake();
    void fleet.reload();
  });
  // Before the first look: what the controller wants counts from the beginning.
  await fleet.start();
  agent.want(readWanted);
  agent.start();
  const listing = machineList.run();
  const readMetrics = async (): Promise<string> =>
    metrics.format({
      ...(await counters.readAll(metrics.pfs, SCRAPED_AGE_MS)),
      isLinkUp: fleet.isLinkUp,
    });
  const listening = { clock: systemClock, log, stop };
  const serving = [
    ...(addresses.metrics === null
      ? []
      : [serveMetrics({ ...listening, address: addresses.metrics, read: readMetrics })]),
    ...(addresses.dashboard === null || seen === null
      ? []
      : [
          serveDashboard({
            ...listening,
            address: addresses.dashboard,
            host: seen,
            version: packageJson.version,
            readTraffic: (pf) => readTraffic(traffic, pf),
          }),
        ]),
  ];
  const heartbeat =
    supervisor.watchdogMs === null ? null : setInterval(() => supervisor.alive(), supervisor.watchdogMs / 3);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve());
  });
  supervisor.status('stopping behind the step under way');
  if (heartbeat !== null) clearInterval(heartbeat);
  clearTimeout(patience);
  unwatchConfig();
  unwatchFleet();
  await server.close();
  await Promise.all(serving);
  await listing;
  await agent.stop();
  await fleet.stop();
  await departures.stop();
  await hypervisor.close();
  await journal.close();
}

function statusOf(
  problems: readonly SriovError[],
  isAsWanted: boolean,
  hasConfig: boolean,
  configFile: string,
): string {
  if (problems.length > 0) return problems.map(({ message, code }) => `${message} (${code})`).join('; ');
  if (!hasConfig) return `there is no ${configFile}: nothing is changed`;
  return isAsWanted ? 'the host is as it shall be' : 'not yet all is as it shall be';
}
