import type { LocalPort } from '@virtfn/contract/agent-link';
import { parseMacAddress, parsePortId, type Segment } from '@virtfn/model';
import type { Kysely } from 'kysely';
import type { Schema } from '../../store/index.ts';
import { PORT_KIND, type PortDocument } from '../documents/index.ts';
import { listDocuments } from '../framework/index.ts';
import { segmentsOf } from '../resources/segment.ts';
import { isLocalPort } from './local-port-changes.ts';
import { segmentOfDocument } from './port-of-document.ts';

/** Ports on a host that are no VF's, whose MACs the VFs on the same wire must reach. */
export async function localPortsOf(db: Kysely<Schema>, hostId: string): Promise<readonly LocalPort[]> {
  const ports = await listDocuments<PortDocument>(db, PORT_KIND, [
    { field: 'binding:host_id', values: [hostId] },
  ]);
  const segments = new Map<string, readonly Segment[]>();
  const local: LocalPort[] = [];
  for (const port of ports.filter(isLocalPort)) {
    const { network_id: networkId } = port;
    const ofNetwork = segments.get(networkId) ?? (await segmentsOf({ db }, networkId)).map(segmentOfDocument);
    segments.set(networkId, ofNetwork);
    for (const segment of ofNetwork) {
      local.push({
        portId: parsePortId(port.id),
        mac: parseMacAddress(port.mac_address),
        physicalNetwork: segment.physicalNetwork,
        vlanId: segment.kind === 'vlan' ? segment.segmentationId : null,
      });
    }
  }
  return local;
}
