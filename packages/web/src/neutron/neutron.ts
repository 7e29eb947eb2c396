import type { AttachmentDocument } from '@virtfn/contract';
import type { Fleet } from '../fleet/index.ts';
import { KINDS } from './kinds.ts';
import { LiveObjects, type LiveObjectsOptions } from './live-objects.ts';
import { MachineNames } from './machine-names.ts';
import { type Network, networkOf } from './network.ts';
import { type Port, portOf } from './port.ts';
import { attachmentPages, neutronPages } from './read-page.ts';
import { type Subnet, subnetOf } from './subnet.ts';

interface Neutron {
  readonly networks: LiveObjects<Network>;
  readonly subnets: LiveObjects<Subnet>;
  readonly ports: LiveObjects<Port>;
  /** The VFs that ports have, which only administrators see. */
  readonly attachments: LiveObjects<AttachmentDocument>;
}

type ReadPage<Item> = LiveObjectsOptions<Item>['readPage'];

/** Milliseconds: short enough to seem at once, and long enough that a thousand changes are drawn a few times only. */
const MOMENT_MS = 50;

const known = new WeakMap<Fleet, Neutron>();

/** All networks, subnets and ports of a fleet. The same lists each time: pages share what is read. */
export function neutronOf(fleet: Fleet): Neutron {
  const before = known.get(fleet);
  if (before !== undefined) return before;
  const { neutron, client } = fleet;
  const names = new MachineNames();
  const lists: Neutron = {
    networks: new LiveObjects({ readPage: neutronPages(neutron, KINDS.network, networkOf), later }),
    subnets: new LiveObjects({ readPage: neutronPages(neutron, KINDS.subnet, subnetOf), later }),
    ports: new LiveObjects({ readPage: neutronPages(neutron, KINDS.port, portOf), later }),
    attachments: new LiveObjects({
      readPage: forAdministrators(fleet, attachmentPages(client, names)),
      later,
    }),
  };
  keep(fleet, lists, names);
  known.set(fleet, lists);
  return lists;
}

/** One port and the VFs that it has, without all the others. */
interface PortLists {
  readonly ports: LiveObjects<Port>;
  readonly attachments: LiveObjects<AttachmentDocument>;
}

/** @returns the lists, and what stops them to follow events */
export function followPort(fleet: Fleet, portId: string): readonly [lists: PortLists, stop: () => void] {
  const { neutron, client } = fleet;
  const names = new MachineNames();
  const lists: PortLists = {
    ports: new LiveObjects({ readPage: neutronPages(neutron, KINDS.port, portOf, { id: portId }), later }),
    attachments: new LiveObjects({
      readPage: forAdministrators(fleet, attachmentPages(client, names, { port: portId })),
      later,
    }),
  };
  return [lists, keep(fleet, lists, names, portId)];
}

/** @param portId only of this port; undefined: of all */
function keep(
  fleet: Fleet,
  lists: PortLists & Partial<Neutron>,
  names: MachineNames,
  portId?: string,
): () => void {
  const isMeant = (id: string): boolean => portId === undefined || id === portId;
  const readAttachments = together(() => void lists.attachments.refresh());
  return fleet.onEvent((event) => {
    switch (event.kind) {
      case 'reset':
        for (const list of Object.values(lists)) void list.refresh();
        return;
      case 'live':
        for (const list of Object.values(lists)) void list.retry();
        return;
      case 'turn':
        return readAttachments();
      case 'network':
        return lists.networks?.take(event.id, event.view && networkOf({ ...event.view, id: event.id }));
      case 'subnet':
        return lists.subnets?.take(event.id, event.view && subnetOf({ ...event.view, id: event.id }));
      case 'port':
        if (!isMeant(event.id)) return;
        return lists.ports.take(event.id, event.view && portOf({ ...event.view, id: event.id }));
      case 'attachment':
        if (event.view !== null && !isMeant(event.view.portId)) return;
        lists.attachments.take(event.id, event.view && names.fill(event.view));
        return;
      default:
    }
  });
}

/** To a member there are none: who asks for what is not his is refused. */
function forAdministrators<Item>({ viewer }: Fleet, readPage: ReadPage<Item>): ReadPage<Item> {
  return async (marker) => (viewer.value === 'administrator' ? readPage(marker) : { items: [], next: null });
}

/** Does it once for all who ask for it within a moment: hosts go by the rack. */
function together(act: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    later(() => {
      isDue = false;
      act();
    });
  };
}

function later(show: () => void): void {
  setTimeout(show, MOMENT_MS);
}
