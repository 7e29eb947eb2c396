// Many agents in one process: the agent's own end of the link, each with a certificate and a report of its own host.
// Must never look at a host or keep anything on disk: the link is what is measured.
import { generateKeyPairSync } from 'node:crypto';
import { systemClock } from '@virtfn/agent';
import { ControllerLink } from '@virtfn/agent/link';
import type { KeptDesired } from '@virtfn/contract/agent-link';
import { openAuthority } from '@virtfn/controller/agent-link';
import { fishMachine, observeMachine, VirtualClock, writeSriovNumvfs } from '@virtfn/host-simulator';
import { parseHostId } from '@virtfn/model';
import { dialController } from '../../packages/host-program/src/link/dial-controller.ts';
import { answer, figuresOfProcess, type Order } from './agent-link.ts';

const [folder = '', port = '0', count = '0'] = process.argv.slice(2);
const authority = await openAuthority(folder, new Date());
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const clock = new VirtualClock();
const machine = fishMachine(clock);
for (const pf of machine.pfs.filter(({ address }) => address.startsWith('0000:82')))
  writeSriovNumvfs(machine, pf, 7);
clock.advance(1000);
const observed = observeMachine(machine);

const links: ControllerLink[] = [];
let awaited: number | null = null;

/** Tells the parent once all are where it waits for. */
function check(): void {
  const revision = awaited;
  if (revision === null) return;
  const isThere = ({ status }: ControllerLink): boolean =>
    status.isConnected && (status.revision ?? 0) >= revision;
  if (!links.every(isThere)) return;
  awaited = null;
  answer({ kind: 'all-there' });
}

for (let index = 0; index < Number(count); index += 1) {
  const hostId = parseHostId(`host-${index}`);
  const certificate = authority.issueAgent(hostId, publicPem, new Date());
  const kept: { latest: KeptDesired } = { latest: { revision: 0, ports: [], removed: [], localPorts: [] } };
  const link = await ControllerLink.open({
    hostId,
    bootId: 'boot',
    version: '1',
    answers: {},
    dial: dialController({
      url: `https://127.0.0.1:${port}`,
      hostId,
      ca: authority.certificate,
      certificate,
      key,
    }),
    store: { read: async () => kept.latest, write: async (next) => void (kept.latest = next) },
    clock: systemClock,
    random: Math.random,
    onDesired: () => {},
    onStatus: () => {},
  });
  link.tellReport({ observed: { ...observed, hostId }, findings: [], physicalNetworks: new Map() });
  links.push(link);
}
for (const link of links) link.start();
setInterval(check, 50);

process.on('message', (order: Order) => {
  if (order.kind === 'figures')
    answer(figuresOfProcess(links.filter(({ status }) => status.isConnected).length));
  if (order.kind === 'await-revision') awaited = order.revision;
});
process.on('disconnect', () => process.exit());
answer({ kind: 'started' });
