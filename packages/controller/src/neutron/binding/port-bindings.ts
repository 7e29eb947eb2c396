import {
  type AttachmentDocument,
  type BindingProfile,
  PORT_BINDING_KIND,
  type PortBindingDocument,
  PORT_KIND,
  type PortDocument,
  type WireVnicType,
} from '../documents/index.ts';
import {
  type AttributeTable,
  type Call,
  fixed,
  type Given,
  insertDocument,
  listDocuments,
  readOnly,
  removeDocument,
  replaceDocument,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { VNIC_TYPES } from '../documents/index.ts';
import { dictionary, filledText, oneOf } from '../values/index.ts';
import { badResourceRequest, conflict, NeutronError } from '../wire/neutron-error.ts';
import { attachmentsOf, dropAttachment, keepAttachment } from './attachments.ts';
import { bindPort } from './bind-port.ts';
import { noteLocalPort } from './local-port-changes.ts';
import { BOUND_DRIVERS, refuseMoving, tellHost, UNBOUND } from './port-binding.ts';

/** One binding as `/v2.0/ports/ID/bindings` shows it. */
export interface ShownBinding {
  readonly host: string;
  readonly vif_type: string;
  readonly vnic_type: WireVnicType;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly profile: BindingProfile;
  readonly vif_details: Readonly<Record<string, unknown>>;
}

export const BINDING_ATTRIBUTES: AttributeTable = {
  host: fixed(filledText(255), 'required'),
  vnic_type: writable(oneOf(VNIC_TYPES), { value: 'normal' }),
  profile: writable(dictionary(4095), { value: {} }),
  vif_type: readOnly(),
  vif_details: readOnly(),
  status: readOnly(),
};

/** All bindings of a port: the active one first. */
export async function listBindings(call: Call, port: PortDocument): Promise<readonly ShownBinding[]> {
  refuseOthers(port);
  const others = await listDocuments<PortBindingDocument>(call.db, PORT_BINDING_KIND, [
    { field: 'port_id', values: [port.id] },
  ]);
  const active = port['binding:host_id'] === '' ? [] : [activeBinding(port)];
  return [...active, ...others.map(inactiveBinding)];
}

/** @throws {NeutronError} PortBindingNotFound */
export async function findBinding(call: Call, port: PortDocument, host: string): Promise<ShownBinding> {
  const bindings = await listBindings(call, port);
  const found = bindings.find((binding) => binding.host === host);
  if (found === undefined) throw PORT_BINDING_KIND.notFound(`${port.id}/${host}`);
  return found;
}

/** Reserves a VF on another host, for a live migration: nothing is set there before the binding is activated. */
export async function createBinding(
  call: WriteCall,
  port: PortDocument,
  given: Given,
): Promise<ShownBinding> {
  const host = String(given['host']);
  const bindings = await listBindings(call, port);
  if (bindings.some((binding) => binding.host === host)) {
    throw conflict('PortBindingAlreadyExists', `Binding for port ${port.id} on host ${host} already exists.`);
  }
  refuseMoving(port, await attachmentsOf(call, port.id));
  const bound = await bindOrThrow(call, port, host, given);
  await insertDocument(call, PORT_BINDING_KIND, bound.binding);
  await keepAttachment(call, bound.attachment);
  return inactiveBinding(bound.binding);
}

/** Another VF for a binding, on the same host. */
export async function updateBinding(
  call: WriteCall,
  port: PortDocument,
  host: string,
  given: Given,
): Promise<ShownBinding> {
  const before = await inactiveDocument(call, port, host);
  await dropReserved(call, port, host);
  const bound = await bindOrThrow(call, port, host, { ...before, ...given });
  await replaceDocument(call, PORT_BINDING_KIND, before, bound.binding);
  await keepAttachment(call, bound.attachment);
  return inactiveBinding(bound.binding);
}

/** Makes a binding the one that counts, at the end of a live migration; the one that did so far is kept beside it. */
export async function activateBinding(
  call: WriteCall,
  port: PortDocument,
  host: string,
): Promise<ShownBinding> {
  refuseOthers(port);
  if (port['binding:host_id'] === host) {
    throw conflict(
      'PortBindingAlreadyActive',
      `Binding for port ${port.id} on host ${host} is already active.`,
    );
  }
  const chosen = await inactiveDocument(call, port, host);
  const attachments = await attachmentsOf(call, port.id);
  refuseMoving(port, attachments);
  const source = attachments.find((each) => each.host_id === port['binding:host_id']);
  const target = attachments.find((each) => each.host_id === host);
  if (target === undefined) throw bindingError(port.id, host);
  await removeDocument(call, PORT_BINDING_KIND, chosen);
  if (port['binding:host_id'] !== '') await insertDocument(call, PORT_BINDING_KIND, documentOfActive(port));
  const moved = await replaceDocument(call, PORT_KIND, port, {
    ...port,
    status: 'DOWN',
    'binding:host_id': host,
    'binding:vnic_type': chosen.vnic_type,
    'binding:profile': chosen.profile,
    'binding:vif_type': chosen.vif_type,
    'binding:vif_details': { ...chosen.vif_details, ...BOUND_DRIVERS },
  });
  await noteLocalPort(call, port, moved);
  await tellHost(call, moved, target);
  if (source !== undefined) await dropAttachment(call, source);
  return activeBinding(moved);
}

/** Gives up a binding, and its VF; without the active one the port is on no host. */
export async function removeBinding(call: WriteCall, port: PortDocument, host: string): Promise<void> {
  refuseOthers(port);
  if (port['binding:host_id'] === host) {
    const attachments = await attachmentsOf(call, port.id);
    refuseMoving(port, attachments);
    const attachment = attachments.find((each) => each.host_id === host);
    if (attachment !== undefined) await dropAttachment(call, attachment);
    const left = await replaceDocument(call, PORT_KIND, port, { ...port, ...UNBOUND, 'binding:host_id': '' });
    await noteLocalPort(call, port, left);
    return;
  }
  const binding = await inactiveDocument(call, port, host);
  await dropReserved(call, port, host);
  await removeDocument(call, PORT_BINDING_KIND, binding);
}

/** Only what a guest uses moves about with it. @throws {NeutronError} BadRequest */
function refuseOthers(port: PortDocument): void {
  if (port.device_owner.startsWith('compute:')) return;
  throw badResourceRequest('port', `Invalid port ${port.id}. Operation only valid on compute ports`);
}

interface NewBinding {
  readonly binding: PortBindingDocument;
  readonly attachment: AttachmentDocument;
}

async function bindOrThrow(
  call: WriteCall,
  port: PortDocument,
  host: string,
  given: Given,
): Promise<NewBinding> {
  const vnicType = given['vnic_type'] as WireVnicType;
  const asked = given['profile'] as BindingProfile;
  const outcome = await bindPort(call, { port, hostId: host, vnicType, profile: asked });
  if (outcome.kind === 'failed') throw bindingError(port.id, host);
  return {
    attachment: outcome.taken.attachment,
    binding: {
      id: `${port.id}/${host}`,
      project_id: port.project_id,
      port_id: port.id,
      host,
      vnic_type: vnicType,
      profile: outcome.profile,
      ...outcome.result,
    },
  };
}

const bindingError = (portId: string, host: string): NeutronError =>
  new NeutronError(
    500,
    'PortBindingError',
    `Binding for port ${portId} on host ${host} could not be created or updated.`,
  );

async function inactiveDocument(call: Call, port: PortDocument, host: string): Promise<PortBindingDocument> {
  refuseOthers(port);
  const all = await listDocuments<PortBindingDocument>(call.db, PORT_BINDING_KIND, [
    { field: 'port_id', values: [port.id] },
  ]);
  const found = all.find((binding) => binding.host === host);
  if (found === undefined) throw PORT_BINDING_KIND.notFound(`${port.id}/${host}`);
  return found;
}

async function dropReserved(call: WriteCall, port: PortDocument, host: string): Promise<void> {
  const attachments = await attachmentsOf(call, port.id);
  const reserved = attachments.find((each) => each.host_id === host && each.state === 'reserved');
  if (reserved !== undefined) await dropAttachment(call, reserved);
}

function inactiveBinding(binding: PortBindingDocument): ShownBinding {
  const { host, vif_type, vnic_type, profile, vif_details } = binding;
  return { host, vif_type, vnic_type, status: 'INACTIVE', profile, vif_details };
}

function activeBinding(port: PortDocument): ShownBinding {
  const { bound_drivers: _, ...details } = port['binding:vif_details'];
  return {
    host: port['binding:host_id'],
    vif_type: port['binding:vif_type'],
    vnic_type: port['binding:vnic_type'],
    status: 'ACTIVE',
    profile: port['binding:profile'],
    vif_details: details,
  };
}

/** What was active, as it is kept when it no longer is: it has its words, and no VF. */
function documentOfActive(port: PortDocument): PortBindingDocument {
  const { status: _, vif_type: __, ...shown } = activeBinding(port);
  return {
    ...shown,
    id: `${port.id}/${shown.host}`,
    project_id: port.project_id,
    port_id: port.id,
    vif_type: port['binding:vif_type'],
  };
}
