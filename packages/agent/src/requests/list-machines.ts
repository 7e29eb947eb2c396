import type { MachineDocument, MachineInterfaceDocument } from '@virtfn/contract/host-program';
import {
  type InterfaceSource,
  type ObservedDomain,
  type ObservedInterface,
  ownerOfAlias,
} from '@virtfn/model';
import type { RequestContext } from './request-context.ts';

/** Tells of the virtual machines of the host, also of those that cannot be read. @throws {SriovError} HYPERVISOR_UNREACHABLE */
export async function answerMachines({ machines, emit }: RequestContext): Promise<void> {
  const domains = await machines.hypervisor.observe();
  emit({ event: 'machines', machines: domains.map(documentOfDomain) });
}

function documentOfDomain({
  domainId,
  name,
  state,
  isPersistent,
  live,
  config,
  unread,
}: ObservedDomain): MachineDocument {
  const isInConfig = (each: ObservedInterface): boolean => config.some((other) => isSameDevice(each, other));
  const isLive = (each: ObservedInterface): boolean => live.some((other) => isSameDevice(each, other));
  return {
    domainId,
    name,
    state,
    isPersistent,
    interfaces: [
      ...live.map((each) => documentOfInterface(each, true, isInConfig(each))),
      ...config.filter((each) => !isLive(each)).map((each) => documentOfInterface(each, false, true)),
    ],
    unread: unread === null ? null : { code: unread.code, message: unread.message, hint: unread.hint },
  };
}

/** libvirt gives aliases of its own to what runs only: then the MAC tells. */
function isSameDevice(a: ObservedInterface, b: ObservedInterface): boolean {
  const owner = ownerOfAlias(a.alias) ?? ownerOfAlias(b.alias);
  return owner === null ? a.mac !== null && a.mac === b.mac : a.alias === b.alias;
}

function documentOfInterface(
  { alias, mac, vlanId, teaming, source }: ObservedInterface,
  isLive: boolean,
  isInConfig: boolean,
): MachineInterfaceDocument {
  return {
    attachmentId: ownerOfAlias(alias)?.attachmentId ?? null,
    kind: source?.kind ?? 'other',
    source: source === null ? null : nameOfSource(source),
    mac,
    vlanId,
    teaming: teaming?.kind ?? null,
    isLive,
    isInConfig,
  };
}

function nameOfSource(source: InterfaceSource): string {
  if ('pciAddress' in source) return source.pciAddress;
  return 'bridge' in source ? source.bridge : source.netdevName;
}
