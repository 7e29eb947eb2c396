import path from 'node:path';
import { answerRequest, FileJournal, OneTimeKeeper, systemClock } from '@virtfn/agent';
import type { HostProgramEvent, HostRequest } from '@virtfn/contract';
import { gatherFacts, openLinuxHost, runDoctor } from '@virtfn/host-linux';
import { openConfigFile } from './config-file.ts';
import type { Places } from './places.ts';
import { stoppingAt } from './stop-at-step.ts';

/** Answers one request about this machine, for machines where no daemon does. */
export async function answerOnce(
  request: HostRequest,
  places: Places,
  emit: (event: HostProgramEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const host = stoppingAt(process.env, openLinuxHost(systemClock));
  await answerRequest(request, {
    host,
    keeper: new OneTimeKeeper({
      host,
      openJournal: () => FileJournal.open(places.stateFolder),
      readClaims: () => FileJournal.readClaims(places.stateFolder),
    }),
    now: () => new Date(),
    findings: () => runDoctor(gatherFacts('/')),
    openConfig: (file) => openConfigFile(path.resolve(file ?? places.configFile), file !== null),
    emit,
    signal,
  });
}
