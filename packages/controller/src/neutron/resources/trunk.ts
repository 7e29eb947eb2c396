import {
  NETWORK_KIND,
  type NetworkDocument,
  PORT_KIND,
  type PortDocument,
  type SubPort,
  TRUNK_KIND,
  type TrunkDocument,
} from '../documents/index.ts';
import {
  documentOf,
  fixed,
  type Given,
  getDocument,
  getVisible,
  identityValues,
  insertDocument,
  NAME,
  PROJECT_ATTRIBUTES,
  readOnly,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  STANDARD_ATTRIBUTES,
  standardValues,
  TAGS,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import {
  boolean,
  integer,
  InvalidValue,
  list,
  oneOf,
  type ParseValue,
  record,
  uuid,
} from '../values/index.ts';
import { conflict, NeutronError } from '../wire/neutron-error.ts';
import { PORT } from './port.ts';
import { findTrunksOf, refuseUncarried, showTrunk } from './trunk-ports.ts';

const subPort: ParseValue<SubPort> = (value) => {
  const parsed = record({
    port_id: uuid,
    segmentation_type: oneOf(['vlan'], "['vlan']"),
    segmentation_id: integer(1, 4094),
  })(value);
  // The record has all three: none is optional.
  return parsed as SubPort;
};

/** Ports with their VLANs: each port once, and each VLAN. */
export const subPorts: ParseValue<readonly SubPort[]> = (value) => {
  const parsed = list(subPort)(value);
  for (const key of ['port_id', 'segmentation_id'] as const) {
    if (new Set(parsed.map((each) => each[key])).size < parsed.length)
      throw new InvalidValue(`Duplicate ${key} in the list of subports`);
  }
  return parsed;
};

/** What is to be taken out needs its port only; what else is said of it is not asked. */
export const removedSubPorts: ParseValue<readonly string[]> = list((value) => {
  const { port_id: id } = record(
    { port_id: uuid, segmentation_type: oneOf(['vlan']), segmentation_id: integer(1, 4094) },
    ['segmentation_type', 'segmentation_id'],
  )(value);
  return uuid(id);
});

/** `/v2.0/trunks`. They are kept and shown; a VF carries none: see `trunk-ports.ts`. */
export const TRUNK: Resource<TrunkDocument> = resource<TrunkDocument>({
  ...TRUNK_KIND,
  collection: 'trunks',
  hasTags: true,
  indexed: new Set(['name', 'project_id', 'port_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    ...NAME,
    admin_state_up: writable(boolean, { value: true }),
    port_id: fixed(uuid, 'required'),
    status: readOnly(),
    sub_ports: fixed(subPorts, { value: [] }, { canFilter: false, canSort: false }),
    ...STANDARD_ATTRIBUTES,
    ...TAGS,
  },
  create: createTrunk,
  update: async (call, before, given) => replaceDocument(call, TRUNK_KIND, before, { ...before, ...given }),
  remove: async (call, trunk) => {
    for (const { port_id: id } of trunk.sub_ports) await setOwner(call, id, '');
    await removeDocument(call, TRUNK_KIND, trunk);
    await showTrunk(call, trunk.port_id, null);
  },
});

async function createTrunk(call: WriteCall, given: Given): Promise<TrunkDocument> {
  const parent = await getVisible(call, PORT, String(given['port_id']));
  await refuseTaken(call, parent.id);
  const added = given['sub_ports'] as readonly SubPort[];
  const trunk = documentOf<TrunkDocument>(given, {
    ...identityValues(given),
    status: 'DOWN',
    sub_ports: [],
    tags: [],
    ...standardValues(call, 1),
  });
  await insertDocument(call, TRUNK_KIND, trunk);
  if (added.length > 0) return extend(call, trunk, added);
  await showTrunk(call, parent.id, trunk);
  return trunk;
}

/** @throws {NeutronError} DuplicateSubPort, TrunkPortInUse, ParentPortInUse, PortInUse, TrunkDisabled */
export async function addSubPorts(
  call: WriteCall,
  trunk: TrunkDocument,
  added: readonly SubPort[],
): Promise<TrunkDocument> {
  refuseDisabled(trunk);
  return extend(call, trunk, added);
}

async function extend(
  call: WriteCall,
  trunk: TrunkDocument,
  added: readonly SubPort[],
): Promise<TrunkDocument> {
  const parent = await getDocument<PortDocument>(call.db, PORT_KIND, trunk.port_id);
  const parentMtu = await mtuOf(call, parent);
  for (const { port_id: id, segmentation_type: type, segmentation_id: vlan } of added) {
    if (id === trunk.port_id) throw parentInUse(id);
    const port = await getVisible(call, PORT, id);
    const mtu = await mtuOf(call, port);
    if (mtu > parentMtu) {
      throw conflict(
        'SubPortMtuGreaterThanTrunkPortMtu',
        `MTU ${mtu} of subport ${id} cannot be greater than MTU ${parentMtu} of trunk ${trunk.port_id}.`,
      );
    }
    await refuseTaken(call, id);
    if (port.device_id !== '') {
      throw conflict(
        'PortInUse',
        `Unable to complete operation on port ${id} for network ${port.network_id}. Port already has an attached device ${port.device_id}.`,
      );
    }
    if (trunk.sub_ports.some((each) => each.segmentation_id === vlan)) {
      throw conflict(
        'DuplicateSubPort',
        `segmentation_type ${type} and segmentation_id ${vlan} already in use on trunk ${trunk.id}.`,
      );
    }
    await setOwner(call, id, 'trunk:subport');
  }
  const all = [...trunk.sub_ports, ...added];
  const after = await replaceDocument(call, TRUNK_KIND, trunk, { ...trunk, sub_ports: all });
  if (parent['binding:host_id'] !== '') await refuseUncarried(call, parent);
  await showTrunk(call, parent.id, after);
  return after;
}

/** @throws {NeutronError} SubPortNotFound, TrunkDisabled */
export async function removeSubPorts(
  call: WriteCall,
  trunk: TrunkDocument,
  removed: readonly string[],
): Promise<TrunkDocument> {
  refuseDisabled(trunk);
  for (const id of removed) {
    if (!trunk.sub_ports.some((each) => each.port_id === id)) {
      throw new NeutronError(
        404,
        'SubPortNotFound',
        `SubPort on trunk ${trunk.id} with parent port ${id} could not be found.`,
      );
    }
    await setOwner(call, id, '');
  }
  const left = trunk.sub_ports.filter((each) => !removed.includes(each.port_id));
  const after = await replaceDocument(call, TRUNK_KIND, trunk, { ...trunk, sub_ports: left });
  await showTrunk(call, trunk.port_id, after);
  return after;
}

/** A port is in one trunk at most, as parent or as subport. */
async function refuseTaken(call: WriteCall, portId: string): Promise<void> {
  const { parent, carrier } = await findTrunksOf(call, portId);
  if (carrier !== undefined) throw conflict('TrunkPortInUse', `Port ${portId} is in use by another trunk.`);
  if (parent !== undefined) throw parentInUse(portId);
}

function refuseDisabled(trunk: TrunkDocument): void {
  if (!trunk.admin_state_up) throw conflict('TrunkDisabled', `Trunk ${trunk.id} is currently disabled.`);
}

async function setOwner(call: WriteCall, portId: string, owner: string): Promise<void> {
  const port = await getDocument<PortDocument>(call.db, PORT_KIND, portId);
  await replaceDocument(call, PORT_KIND, port, { ...port, device_owner: owner });
}

async function mtuOf({ db }: WriteCall, { network_id: id }: PortDocument): Promise<number> {
  return (await getDocument<NetworkDocument>(db, NETWORK_KIND, id)).mtu;
}

const parentInUse = (portId: string): NeutronError =>
  conflict(
    'ParentPortInUse',
    `Port ${portId} is currently in use and is not eligible for use as a parent port.`,
  );
