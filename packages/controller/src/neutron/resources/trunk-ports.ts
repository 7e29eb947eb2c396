import { PORT_KIND, type PortDocument, TRUNK_KIND, type TrunkDocument } from '../documents/index.ts';
import { getDocument, listDocuments, replaceDocument, type WriteCall } from '../framework/index.ts';
import { conflict } from '../wire/neutron-error.ts';

interface TrunksOfPort {
  /** The trunk that the port is the parent of. */
  readonly parent: TrunkDocument | undefined;
  /** The trunk that carries the port. */
  readonly carrier: TrunkDocument | undefined;
}

export async function findTrunksOf({ db }: Pick<WriteCall, 'db'>, portId: string): Promise<TrunksOfPort> {
  const find = async (field: string): Promise<TrunkDocument | undefined> =>
    (await listDocuments<TrunkDocument>(db, TRUNK_KIND, [{ field, values: [portId] }]))[0];
  return { parent: await find('port_id'), carrier: await find('sub_ports.port_id') };
}

/** @throws {NeutronError} PortInUseAsTrunkParent, PortInUseAsSubPort */
export async function refuseTrunkPort(call: WriteCall, portId: string): Promise<void> {
  const { parent, carrier } = await findTrunksOf(call, portId);
  if (carrier !== undefined) {
    throw conflict('PortInUseAsSubPort', `Port ${portId} is currently a subport for trunk ${carrier.id}.`);
  }
  if (parent !== undefined) {
    throw conflict(
      'PortInUseAsTrunkParent',
      `Port ${portId} is currently a parent port for trunk ${parent.id}.`,
    );
  }
}

/**
 * No driver has a way to give a VF several VLANs and no others: what a VF that is in no VLAN sends is not filtered by VLAN
 * at all, so that its guest would reach every VLAN of the wire.
 *
 * @throws {NeutronError} TrunkPluginDriverConflict
 */
export async function refuseUncarried(call: WriteCall, { id }: Pick<PortDocument, 'id'>): Promise<void> {
  const { parent } = await findTrunksOf(call, id);
  if (parent === undefined || parent.sub_ports.length === 0) return;
  throw conflict(
    'TrunkPluginDriverConflict',
    `Port ${id} cannot be bound: it is the parent of trunk ${parent.id} with ${parent.sub_ports.length} subports, and no driver can give a VF several VLANs.`,
  );
}

/** Shows a trunk on its parent port; null: it is none any more. */
export async function showTrunk(call: WriteCall, portId: string, trunk: TrunkDocument | null): Promise<void> {
  const port = await getDocument<PortDocument>(call.db, PORT_KIND, portId);
  const { trunk_details: _, ...plain } = port;
  if (trunk === null) {
    await replaceDocument<PortDocument>(call, PORT_KIND, port, plain);
    return;
  }
  const carried = [];
  for (const subPort of trunk.sub_ports) {
    const { mac_address: mac } = await getDocument<PortDocument>(call.db, PORT_KIND, subPort.port_id);
    carried.push({ ...subPort, mac_address: mac });
  }
  const details = { trunk_id: trunk.id, sub_ports: carried };
  await replaceDocument<PortDocument>(call, PORT_KIND, port, { ...port, trunk_details: details });
}

/** The parent of a subport shows its MAC. */
export async function showMac(call: WriteCall, portId: string): Promise<void> {
  const { carrier } = await findTrunksOf(call, portId);
  if (carrier !== undefined) await showTrunk(call, carrier.port_id, carrier);
}
