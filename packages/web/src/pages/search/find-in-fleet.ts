import type { Client } from '@virtfn/contract';
import type { Fleet } from '../../fleet/index.ts';
import { machinePath, pfPath, vfPath } from '../../paths/index.ts';
import { findPorts } from './find-ports.ts';
import type { Hit } from './hit.ts';
import { questionsFor } from './questions.ts';

const MOST = 50;

/** Asks the controller for everything that words may mean beside names of hosts. @throws {SriovError} what it refuses, or CONTROLLER_UNREACHABLE */
export async function findInFleet(words: string, { client, neutron }: Fleet): Promise<readonly Hit[]> {
  const { pciAddress, vm } = questionsFor(words);
  const found = await Promise.all([
    pciAddress === null ? [] : findPfs(client, pciAddress),
    pciAddress === null ? [] : findVfs(client, pciAddress),
    findPorts(words, neutron),
    findMachines(client, vm),
  ]);
  return found.flat();
}

async function findPfs(client: Client, pciAddress: string): Promise<readonly Hit[]> {
  const { pfs } = await client.call('listPfs', {}, null, { pciAddress, limit: MOST });
  return pfs.map(({ hostId, pf }) => ({
    kind: 'PF',
    href: pfPath(hostId, pf.pciAddress),
    name: `${pf.netdevName ?? pf.pciAddress} of ${hostId}`,
    more: pf.pciAddress,
  }));
}

async function findVfs(client: Client, pciAddress: string): Promise<readonly Hit[]> {
  const { vfs } = await client.call('listVfs', {}, null, { pciAddress, limit: MOST });
  return vfs.map(({ hostId, pf, pfNetdevName, vf, state }) => ({
    kind: 'VF',
    href: vfPath(hostId, pf, vf.vfIndex),
    name: `VF ${vf.vfIndex} of ${pfNetdevName ?? pf} of ${hostId}`,
    more: state,
  }));
}

async function findMachines(client: Client, vm: string): Promise<readonly Hit[]> {
  const { machines } = await client.call('listMachines', {}, null, { vm, limit: MOST });
  return machines.map(({ hostId, domainId, name, state }) => ({
    kind: 'Virtual machine',
    href: machinePath(hostId, domainId),
    name: `${name} on ${hostId}`,
    more: state,
  }));
}
