import { SriovError } from '@virtfn/model';
import type { Frame } from './frame.ts';
import { switchFrame } from './switch-frame.ts';
import type { Endpoint, VebPort } from './veb-port.ts';

/** What joins ports outside the cards: a hub, or a switch whose ports all carry the same VLANs. */
export interface Wire {
  readonly name: string;
  /** `all` for a hub; else the VLANs that pass, and whether frames without a tag do. */
  readonly carries:
    | { readonly kind: 'all' }
    | { readonly kind: 'vlans'; readonly vlanIds: readonly number[]; readonly untagged: boolean };
}

export interface NetworkPort {
  readonly name: string;
  readonly port: VebPort;
  /** The wire in its connector; null for none. */
  readonly wireName: string | null;
}

/** Ports and the wires between them. Names are unique. */
export interface Network {
  readonly ports: readonly NetworkPort[];
  readonly wires: readonly Wire[];
}

/** Somebody behind a port, and the frame as it arrives there. */
export interface Arrival {
  readonly portName: string;
  readonly at: Endpoint;
  readonly frame: Frame;
}

/**
 * Carries a frame from an endpoint through its card, over the wire and through the cards at its other ends. One hop is
 * all there is: a card does not send on from wire to wire, and a wire does not give back to the port it came from (a
 * VEPA port therefore needs a switch with reflective relay, which is not modelled).
 *
 * @throws {SriovError} PF_UNKNOWN for a port that the network does not have, VF_INDEX_INVALID
 */
export function deliver(
  network: Network,
  portName: string,
  from: Endpoint,
  frame: Frame,
): readonly Arrival[] {
  const source = getPort(network, portName);
  return switchFrame(source.port, from, frame).to.flatMap((hop): readonly Arrival[] => {
    if (hop.kind !== 'wire') return [arrival(portName, hop)];
    return otherEnds(network, source, hop.frame).flatMap((end) =>
      switchFrame(end.port, { kind: 'wire' }, hop.frame).to.flatMap((last) =>
        last.kind === 'wire' ? [] : [arrival(end.name, last)],
      ),
    );
  });
}

function arrival(portName: string, to: Endpoint & { readonly frame: Frame }): Arrival {
  const at: Endpoint = to.kind === 'pf' ? { kind: 'pf' } : { kind: 'vf', vfIndex: to.vfIndex };
  return { portName, at, frame: to.frame };
}

function otherEnds(network: Network, source: NetworkPort, frame: Frame): readonly NetworkPort[] {
  const wire = network.wires.find((each) => each.name === source.wireName);
  if (wire === undefined || !isCarried(wire, frame)) return [];
  return network.ports.filter((each) => each.wireName === wire.name && each.name !== source.name);
}

function isCarried({ carries }: Wire, { vlan }: Frame): boolean {
  if (carries.kind === 'all') return true;
  return vlan === null ? carries.untagged : carries.vlanIds.includes(vlan.id);
}

function getPort(network: Network, name: string): NetworkPort {
  const port = network.ports.find((each) => each.name === name);
  if (port !== undefined) return port;
  const known = network.ports.map((each) => each.name);
  throw new SriovError(
    'PF_UNKNOWN',
    `Cannot send from port "${name}": the network has ${known.length === 0 ? 'no ports' : known.join(', ')}`,
    { details: { port: name, known } },
  );
}
