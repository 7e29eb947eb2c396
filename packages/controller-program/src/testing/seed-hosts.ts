import { randomUUID } from 'node:crypto';
import { openDatabase, putAgent, putHost, Store } from '@virtfn/controller';
import {
  INTEL_E810,
  observeMachine,
  SimulatedMachine,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import { parseHostId, parsePhysicalNetwork } from '@virtfn/model';

const WIRE = [parsePhysicalNetwork('physnet1')];

/** Puts hosts into a database as if their agents had just reported: two PFs on physnet1, with VFs on both. */
export async function seedHosts(url: string, names: readonly string[], numVfs: number): Promise<void> {
  const store = await Store.open({ database: await openDatabase(url), now: () => new Date() });
  for (const name of names) {
    const machine = new SimulatedMachine(parseHostId(name), new VirtualClock(), [
      { card: INTEL_E810, slot: '0000:af:00', netdevNames: ['ens1f0', 'ens1f1'] },
    ]);
    for (const pf of machine.pfs) {
      writeSriovNumvfs(machine, pf, numVfs);
      machine.clock.advance(5000);
    }
    const observed = observeMachine(machine);
    const physicalNetworks = new Map(observed.pfs.map(({ pciAddress }) => [pciAddress, WIRE]));
    await store.write('put a host', async (write) => {
      await putHost(write, { observed, findings: [], physicalNetworks });
      await putAgent(write, { hostId: name, id: randomUUID(), version: '0', sessionId: null });
    });
  }
  await store.close();
}
