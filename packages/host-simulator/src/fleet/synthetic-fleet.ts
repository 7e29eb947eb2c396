import { parseHostId } from '@virtfn/model';
import { type Card, CARDS } from '../cards/index.ts';
import { kernelDriver } from '../drivers/index.ts';
import { writeSriovNumvfs } from '../kernel/index.ts';
import { type CardSlot, SimulatedMachine, sriovTotalVfs, VirtualClock } from '../machine/index.ts';

export interface FleetShape {
  readonly hosts: number;
  readonly pfsPerHost: number;
  readonly vfsPerPf: number;
  /** Same seed, same fleet. */
  readonly seed: number;
}

/** Small and fast generator of numbers in [0, 1) (mulberry32), so that a fleet can be made again from its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Makes hosts `sim-00000`, `sim-00001`, … with cards drawn by the seed among those that have enough VFs, and
 * enables `vfsPerPf` VFs on every PF, or as many as the driver allows where no card has so many.
 */
export function syntheticFleet(
  shape: FleetShape,
  clock: VirtualClock = new VirtualClock(),
): readonly SimulatedMachine[] {
  const random = seededRandom(shape.seed);
  const all = Object.values(CARDS);
  const able = all.filter((card) => mostVfs(card) >= shape.vfsPerPf);
  const cards = able.length > 0 ? able : all;
  return Array.from({ length: shape.hosts }, (_, host) => {
    const machine = new SimulatedMachine(
      parseHostId(`sim-${String(host).padStart(5, '0')}`),
      clock,
      slotsOf(shape.pfsPerHost, cards, random),
    );
    for (const pf of machine.pfs) {
      pf.driversAutoprobe = false;
      writeSriovNumvfs(machine, pf, Math.min(shape.vfsPerPf, sriovTotalVfs(pf)));
    }
    return machine;
  });
}

function mostVfs(card: Card): number {
  return Math.min(card.totalVfs, kernelDriver(card.driver).totalVfsCap ?? card.totalVfs);
}

/** Every card has a bridge with eight buses to itself, as many as fit into a domain: its VFs reach into the second. */
const BUSES_PER_CARD = 8;
const FIRST_BUS = 0x10;
const CARDS_PER_DOMAIN = (0x100 - FIRST_BUS) / BUSES_PER_CARD;

function slotsOf(pfs: number, cards: readonly Card[], random: () => number): readonly CardSlot[] {
  const slots: CardSlot[] = [];
  for (let left = pfs; left > 0; left -= 2) {
    const card = cards[Math.floor(random() * cards.length)];
    if (card === undefined) break;
    const domain = Math.floor(slots.length / CARDS_PER_DOMAIN);
    const bus = FIRST_BUS + BUSES_PER_CARD * (slots.length % CARDS_PER_DOMAIN);
    const ports = card.ports.slice(0, left);
    const name = `ens${slots.length + 1}`;
    slots.push({
      card: ports.length === card.ports.length ? card : { ...card, ports },
      slot: `${domain.toString(16).padStart(4, '0')}:${bus.toString(16)}:00`,
      lastBus: bus + BUSES_PER_CARD - 1,
      netdevNames: [`${name}f0`, `${name}f1`],
      numaNode: slots.length % 2,
    });
  }
  return slots;
}
