import { mkdirSync, watch } from 'node:fs';
import path from 'node:path';
import {
  Agent,
  answerRequest,
  FileJournal,
  type Look,
  SharedKeeper,
  systemClock,
  type Wanted,
} from '@virtfn/agent';
import type { HostReport } from '@virtfn/contract';
import { openLinuxHost } from '@virtfn/host-linux';
import { desiredOfConfigAsFarAsKnown, type ObservedHost, type SriovError } from '@virtfn/model';
import type { Places } from '../places.ts';
import { machineContext } from '../request-context.ts';
import { stoppingAt } from '../stop-at-step.ts';
import { RequestServer } from './request-server.ts';
import { supervisorOf } from './systemd.ts';

/** What waits for us at boot may start then, although a card is still missing: milliseconds after our own start. */
const LONGEST_WAIT_MS = 60_000;
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
  const host = stoppingAt(process.env, openLinuxHost(systemClock));
  const journal = await FileJournal.open(places.stateFolder);
  const keeper = new SharedKeeper(host, journal);
  const machine = machineContext(places);
  const usual = machine.openConfig(null);
  let hasConfig = false;

  /** Without a file nothing is wanted, and whoever has a VF by the last one keeps it: nobody asked for its end. */
  const readWanted = async (observed: ObservedHost): Promise<Wanted> => {
    const text = await usual.read();
    hasConfig = text !== null;
    const configured = desiredOfConfigAsFarAsKnown(
      text === null ? NOTHING_WANTED : await usual.parse(text),
      observed,
    );
    return { ...configured, isPartial: text === null || configured.missing.length > 0 };
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
  const agent = new Agent({
    host,
    keeper,
    clock: systemClock,
    // Nobody is reported to yet.
    findings: () => [],
    report: async (_report: HostReport) => {},
    onError: () => {},
    onLook,
  });
  const server = new RequestServer((request, emit, signal) => {
    if (request.request !== 'observe' && request.request !== 'watch') log(`asked to ${request.request}`);
    return answerRequest(request, { ...machine, host, keeper, emit, signal });
  });

  await server.listen(places.socket);
  log(`keeping host ${host.hostId} by ${places.configFile}, answering on ${places.socket}`);
  const unwatch = watchFile(places.configFile, () => agent.wake());
  reload(() => agent.wake());
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
  unwatch();
  await server.close();
  await agent.stop();
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

/** Tells of changes in a file that may be replaced, missing, or in a folder that is. Returns how to stop. */
function watchFile(file: string, onChange: () => void): () => void {
  const folder = path.dirname(file);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || name === path.basename(file)) onChange();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    // The file is read again at each look anyway.
    return () => {};
  }
}
