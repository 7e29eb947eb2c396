import { answerRequest, FileJournal, OneTimeKeeper, systemClock } from '@virtfn/agent';
import type { HostProgramEvent, HostRequest } from '@virtfn/contract';
import { openLinuxHost } from '@virtfn/host-linux';
import { fleetOnDisk } from './link/fleet-on-disk.ts';
import type { Places } from './places.ts';
import { machineContext } from './request-context.ts';
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
    ...machineContext(places),
    host,
    fleet: fleetOnDisk(places.stateFolder),
    keeper: new OneTimeKeeper({
      host,
      openJournal: () => FileJournal.open(places.stateFolder),
      readClaims: () => FileJournal.readClaims(places.stateFolder),
    }),
    onStep: () => {},
    emit,
    signal,
  });
}
