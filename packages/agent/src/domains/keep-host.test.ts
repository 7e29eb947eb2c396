import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesiredPort } from '@virtfn/contract/agent-link';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import type { Hypervisor } from '@virtfn/host';
import { fishMachine, SimulatedHost, VirtualClock } from '@virtfn/host-simulator';
import { parseAttachmentId, parseMacAddress, parseNetworkId, parsePortId, SriovError } from '@virtfn/model';
import { MemoryJournal, MemoryOwnPorts } from '../journal/index.ts';
import { Reconciler } from '../reconcile/index.ts';
import { wantedNow } from '../requests/index.ts';
import { keepHost } from './keep-host.ts';
import { WALK_NETWORK, WALK_PF, walkConfig } from './walk-config.ts';

const PORT: DesiredPort = {
  portId: parsePortId('p1'),
  attachmentId: parseAttachmentId('a1'),
  networkId: parseNetworkId('net'),
  pf: WALK_PF,
  vfIndex: 0,
  vnicType: 'direct',
  segment: { kind: 'flat', physicalNetwork: WALK_NETWORK },
  mac: parseMacAddress('52:54:00:aa:00:01'),
  ...PLAIN_PORT,
};

/** A libvirt that does not answer, and how often it was asked. */
class Silent implements Hypervisor {
  asked = 0;
  readonly #isAbsent: boolean;

  constructor(isAbsent: boolean) {
    this.#isAbsent = isAbsent;
  }

  async observe(): Promise<never> {
    this.asked += 1;
    throw new SriovError('HYPERVISOR_UNREACHABLE', 'Cannot ask libvirt', {
      details: { isAbsent: this.#isAbsent },
    });
  }

  list(): Promise<never> {
    return this.observe();
  }

  watch(): () => void {
    return () => {};
  }

  apply(): Promise<never> {
    return this.observe();
  }

  migrate(): Promise<never> {
    return this.observe();
  }

  async close(): Promise<void> {}
}

function openRig(hypervisor: Silent) {
  const machine = fishMachine(new VirtualClock());
  const host = new SimulatedHost(machine);
  const reconciler = new Reconciler(host, new MemoryJournal());
  const machines = { hypervisor, ownPorts: new MemoryOwnPorts() };
  const keep = async (ports: readonly DesiredPort[], removed: readonly DesiredPort[] = []) => {
    const fleet = { kind: 'known', kept: { revision: 1, ports, removed, localPorts: [] } } as const;
    const file = {
      name: 'host.yaml',
      read: async () => 'there',
      parse: async () => walkConfig(2),
      write: async () => assert.fail('nobody writes it'),
    };
    const view = { wish: async () => fleet, status: async () => ({ kind: 'no-fleet' }) as const };
    await keepHost(reconciler, {
      host,
      machines,
      readWanted: (observed) => wantedNow(file, observed, reconciler.claims(), { fleet: view, machines }),
    });
  };
  return { keep, vf: () => machine.pf(WALK_PF).vfs[0], claims: () => reconciler.claims() };
}

describe('keepHost()', () => {
  it('does not ask libvirt while nothing of ours can be in a machine', async () => {
    const hypervisor = new Silent(false);
    const { keep, vf } = openRig(hypervisor);
    await keep([PORT]);
    await keep([PORT]);
    assert.equal(vf()?.settings.adminMac, PORT.mac);
    assert.equal(hypervisor.asked, 0);
  });

  it('keeps the VF of a port that is gone while libvirt, which may know of it, does not answer', async () => {
    const { keep, vf, claims } = openRig(new Silent(false));
    await keep([PORT]);
    await keep([], [PORT]);
    assert.equal(vf()?.settings.adminMac, PORT.mac);
    assert.equal(claims().length, 1);
  });

  it('gives it back on a host that has no libvirt', async () => {
    const { keep, vf, claims } = openRig(new Silent(true));
    await keep([PORT]);
    await keep([], [PORT]);
    assert.equal(vf()?.settings.adminMac, null);
    assert.deepEqual(claims(), []);
  });
});
