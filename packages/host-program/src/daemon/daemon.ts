import { readFile } from 'node:fs/promises';
import {
  Agent,
  answerRequest,
  FileJournal,
  type Look,
  type MemberWanted,
  outcomesOfMember,
  SharedKeeper,
  type StepRecord,
  systemClock,
  wantedOfMember,
} from '@virtfn/agent';
import type { HostRequest } from '@virtfn/contract';
import { openLinuxHost } from '@virtfn/host-linux';
import { desiredOfConfigAsFarAsKnown, type ObservedHost, type SriovError } from '@virtfn/model';
import type { Places } from '../places.ts';
import { FleetMember } from '../link/index.ts';
import { membershipFile } from '../link/membership.ts';
import { namedHost } from '../named-host.ts';
import { machineContext } from '../request-context.ts';
import { stoppingAt } from '../stop-at-step.ts';
import { atMostEvery } from './at-most-every.ts';
import { RequestServer } from './request-server.ts';
import { supervisorOf } from './systemd.ts';
import { watchFile } from './watch-file.ts';

/** What waits for us at boot may start then, although a card is still missing: milliseconds after our own start. */
const LONGEST_WAIT_MS = 60_000;
/** Requests that nobody needs to read of in the log. */
const LOOKING_ONLY: ReadonlySet<HostRequest['request']> = new Set(['fleet-status', 'observe', 'watch']);
const EXAMINE_EVERY_MS = 30_000;
const NOTHING_WANTED = { pfs: [] };

/** Keeps this machine as its host.yaml says, and answers requests, until `stop` is aborted. */
export async function runDaemon(
  places: Places,
  log: (line: string) => void,
  stop: AbortSignal,
  reload: (listener: () => void) => void,
): Promise<void> {
  // Now, and not when it is first needed: an upgrade may have replaced the files of a running agent by then.
  await import('@virtfn/contract/host-config');
  const supervisor = supervisorOf(process.env);
  const fleet = new FleetMember({
    folder: places.stateFolder,
    bootId: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
    clock: systemClock,
    onDesired: () => agent.hurry(),
    log,
  });
  const host = namedHost(stoppingAt(process.env, openLinuxHost(systemClock)), () => fleet.hostId);
  const journal = await FileJournal.open(places.stateFolder);
  const keeper = new SharedKeeper(host, journal);
  const machine = machineContext(places);
  const usual = machine.openConfig(null);
  let hasConfig = false;

  /** Without a file nothing is wanted, and whoever has a VF by the last one keeps it: nobody asked for its end. */
  const readWanted = async (observed: ObservedHost): Promise<MemberWanted> => {
    const text = await usual.read();
    hasConfig = text !== null;
    const configured = desiredOfConfigAsFarAsKnown(
      text === null ? NOTHING_WANTED : await usual.parse(text),
      observed,
    );
    const isPartial = text === null || configured.missing.length > 0;
    return wantedOfMember({ ...configured, isPartial }, await fleet.wish(), journal.claims(), observed);
  };

  const started = performance.now();
  let isReady = false;
  let told = '';
  const onLook = ({ isAsWanted, problems }: Look): void => {
    const status = statusOf(problems, isAsWanted, hasConfig, places.configFile);
    const mayStart = isAsWanted || performance.now() - started > LONGEST_WAIT_MS;
    if (mayStart && !isReady) {
      isReady = true;
      supervisor.ready(status);
    } else if (status !== told) supervisor.status(status);
    if (status !== told) log(status);
    told = status;
  };
  // Examining the machine takes longer than a look at its cards, and the next port would wait for it.
  const findings = atMostEvery(EXAMINE_EVERY_MS, () => systemClock.now(), machine.findings);
  const agent: Agent<MemberWanted> = new Agent<MemberWanted>({
    host,
    keeper,
    clock: systemClock,
    // Only for somebody who is told.
    findings: () => (fleet.hostId === null ? [] : findings()),
    report: async (report) => fleet.tellReport(report),
    onStep: (record) => fleet.noteStep(record, 'reconcile'),
    onReconciled: (look) => fleet.tellOutcomes(outcomesOfMember(look)),
    onError: () => {},
    onLook,
  });
  const server = new RequestServer((request, emit, signal) => {
    if (!LOOKING_ONLY.has(request.request)) log(`asked to ${request.request}`);
    const onStep = (record: StepRecord): void => fleet.noteStep(record, 'request');
    return answerRequest(request, { ...machine, host, keeper, fleet, onStep, emit, signal });
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
  const heartbeat =
    supervisor.watchdogMs === null ? null : setInterval(() => supervisor.alive(), supervisor.watchdogMs / 3);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve());
  });
  supervisor.status('stopping behind the step under way');
  if (heartbeat !== null) clearInterval(heartbeat);
  unwatchConfig();
  unwatchFleet();
  await server.close();
  await agent.stop();
  await fleet.stop();
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
