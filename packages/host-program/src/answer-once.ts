import { randomUUID } from 'node:crypto';
import { answerRequest, FileJournal, FilterKeeper, OneTimeKeeper, systemClock } from '@virtfn/agent';
import type { HostProgramEvent, HostRequest } from '@virtfn/contract';
import { NftPacketFilters, openLibvirtHypervisor, openLinuxHost } from '@virtfn/host-linux';
import { fleetOnDisk } from './link/fleet-on-disk.ts';
import { ownPortsFile } from './own-ports-file.ts';
import type { Places } from './places.ts';
import { machineContext } from './request-context.ts';
import { stoppingAt } from './stop-at-step.ts';

/** A daemon of libvirt that its socket starts takes a moment. */
const PATIENCE_MS = 15_000;

/** Answers one request about this machine, for machines where no daemon does. */
export async function answerOnce(
  request: HostRequest,
  places: Places,
  emit: (event: HostProgramEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const host = stoppingAt(process.env, openLinuxHost(systemClock));
  const hypervisor = openLibvirtHypervisor({ patienceMs: PATIENCE_MS });
  using packetFilters = new NftPacketFilters();
  const filterKeeper = new FilterKeeper(packetFilters);
  try {
    await answerRequest(request, {
      ...machineContext(places),
      host,
      fleet: fleetOnDisk(places.stateFolder),
      keeper: new OneTimeKeeper({
        host,
        openJournal: () => FileJournal.open(places.stateFolder),
        readClaims: () => FileJournal.readClaims(places.stateFolder),
      }),
      machines: { hypervisor, ownPorts: ownPortsFile(places.stateFolder) },
      filterKeeper,
      clock: systemClock,
      newUuid: randomUUID,
      onStep: () => {},
      onDomainStep: () => {},
      emit,
      signal,
    });
  } finally {
    await hypervisor.close();
  }
}
