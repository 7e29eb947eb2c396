import { ERROR_TABLE, type ErrorCode } from '../errors/index.ts';
import { findPf, type ObservedHost } from '../inventory/index.ts';
import type { AttachmentId, NetdevName } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';
import { isActive, type ObservedDomain } from './domain.ts';
import {
  type DomainInterface,
  interfaceAlias,
  type InterfaceSource,
  isSameInterface,
  ownerOfAlias,
} from './domain-interface.ts';
import type { DomainScope, DomainStep } from './domain-step.ts';
import type { Bridge, WantedInterface } from './wanted-interface.ts';

export interface DomainPlanInput {
  readonly wanted: readonly WantedInterface[];
  readonly domains: readonly ObservedDomain[];
  readonly host: ObservedHost;
  /** Attachments whose VF is set up as it shall be: only these may be plugged. */
  readonly ready: ReadonlySet<AttachmentId>;
  /** Whether an attachment that nobody wants here may be unplugged: somebody who knows all of its kind was heard. */
  readonly mayUnplug: (attachmentId: AttachmentId) => boolean;
}

/** What cannot be, of one attachment. */
export interface DomainRefusal {
  readonly attachmentId: AttachmentId;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

export interface DomainPlan {
  /** Unplugging first. */
  readonly steps: readonly DomainStep[];
  readonly refusals: readonly DomainRefusal[];
  /** Attachments that were for the run of a machine which is over, or for a machine that is gone. */
  readonly ended: readonly AttachmentId[];
}

/**
 * Plans which interfaces virtual machines get and lose. Pure, and level-triggered: what is wanted against what libvirt
 * shows, so that it does not matter what was tried before. Only interfaces that carry an attachment's name are touched.
 */
export function planDomains(input: DomainPlanInput): DomainPlan {
  const wanted = new Map(input.wanted.map((each) => [each.attachmentId, each]));
  const unplug = input.domains.flatMap((domain) => unplugSteps(domain, wanted, input));
  const plug: DomainStep[] = [];
  const refusals: DomainRefusal[] = [];
  const ended: AttachmentId[] = [];
  const domains = new Map(input.domains.map((domain) => [domain.domainId, domain]));
  for (const each of input.wanted) {
    const domain = domains.get(each.domainId);
    // Whoever is on its way is left alone until it runs here.
    if (each.move !== null && domain?.state !== 'running') continue;
    if (domain === undefined) ended.push(each.attachmentId);
    else if (domain.unread !== null) refusals.push(refuse(each.attachmentId, domain.unread));
    else if (each.scope === 'live' && !isActive(domain)) ended.push(each.attachmentId);
    else planOne(each, domain, input, plug, refusals);
  }
  return { steps: [...unplug, ...plug], refusals, ended };
}

function unplugSteps(
  domain: ObservedDomain,
  wanted: ReadonlyMap<AttachmentId, WantedInterface>,
  { mayUnplug, host }: DomainPlanInput,
): readonly DomainStep[] {
  const steps = (scope: DomainScope): readonly DomainStep[] => {
    // The VF of a pair goes before the interface that stands by for it.
    const present = domain[scope].toSorted((a, b) => Number(isStandby(a.alias)) - Number(isStandby(b.alias)));
    return present.flatMap((found): readonly DomainStep[] => {
      const owner = ownerOfAlias(found.alias);
      if (owner === null || found.alias === null) return [];
      const want = wanted.get(owner.attachmentId);
      const stays =
        want === undefined
          ? !mayUnplug(owner.attachmentId)
          : (want.move !== null && domain.state !== 'running') ||
            (want.domainId === domain.domainId &&
              staysIn(scope, want) &&
              interfacesOf(want, host, scope).some(
                (each) => each === null || (each.alias === found.alias && isSameInterface(each, found)),
              ));
      if (stays) return [];
      const { domainId, name: vm } = domain;
      const { attachmentId } = owner;
      return [{ kind: 'detach-interface', domainId, vm, attachmentId, scope, alias: found.alias }];
    });
  };
  return [...steps('config'), ...steps('live')];
}

const isStandby = (alias: string | null): boolean => ownerOfAlias(alias)?.role === 'standby';

/** What is in the configuration is in the machine once it is started, so a running one may have it, too. */
function staysIn(scope: DomainScope, { scope: wanted }: WantedInterface): boolean {
  return scope === 'live' || wanted !== 'live';
}

function planOne(
  wanted: WantedInterface,
  domain: ObservedDomain,
  { host, ready }: DomainPlanInput,
  steps: DomainStep[],
  refusals: DomainRefusal[],
): void {
  const { attachmentId } = wanted;
  if (wanted.scope === 'config' && !domain.isPersistent) {
    refusals.push(
      refuse(attachmentId, {
        code: 'VM_NOT_PERSISTENT',
        message: `Cannot write attachment ${attachmentId} into the configuration of VM ${domain.name}: it has none that outlives its run`,
      }),
    );
    return;
  }
  const scopes: DomainScope[] = [];
  if (wanted.scope !== 'config' && isActive(domain)) scopes.push('live');
  if (wanted.scope !== 'live' && domain.isPersistent) scopes.push('config');
  for (const scope of scopes) {
    for (const each of interfacesOf(wanted, host, scope)) {
      if (each === null || !ready.has(attachmentId)) continue;
      const found = domain[scope].find(({ alias }) => alias === each.alias);
      // One that differs is unplugged by this plan; what is wanted takes its place once it is gone.
      if (found !== undefined) continue;
      const { domainId, name: vm } = domain;
      steps.push({ kind: 'attach-interface', domainId, vm, attachmentId, scope, interface: each });
    }
  }
}

function refuse(
  attachmentId: AttachmentId,
  { code, message }: Pick<DomainRefusal, 'code' | 'message'>,
): DomainRefusal {
  return { attachmentId, code, message, hint: ERROR_TABLE[code].hint };
}

/**
 * What a port comes to in a machine; null for one whose source is not there now. The one that stays comes first. A machine
 * that is about to go keeps what can go with it.
 */
function interfacesOf(
  wanted: WantedInterface,
  host: ObservedHost,
  scope: DomainScope,
): readonly (DomainInterface | null)[] {
  const all = allInterfacesOf(wanted, host);
  if (wanted.move?.kind !== 'departing' || scope === 'config') return all;
  return all.filter((each) => each === null || canMove(each));
}

/** Whether QEMU can move an interface with the machine: not one that the guest drives by itself. */
export function canMove({ source }: Pick<DomainInterface, 'source'>): boolean {
  return source.kind !== 'vf' && source.kind !== 'pci-device';
}

function allInterfacesOf(wanted: WantedInterface, host: ObservedHost): readonly (DomainInterface | null)[] {
  const { attachmentId, place, mac } = wanted;
  const alias = interfaceAlias(attachmentId, 'port');
  const own = { alias, mac, vlanId: wanted.vlanId, teaming: null } as const;
  switch (place.kind) {
    case 'direct':
      return [withSource(own, vfSource(wanted, host))];
    case 'macvtap': {
      const netdevName = findVf(wanted, host)?.netdevName ?? null;
      // The VLAN is the PF's to set: macvtap has none of its own.
      return [
        withSource({ ...own, vlanId: null }, netdevName === null ? null : { kind: 'macvtap', netdevName }),
      ];
    }
    case 'direct-physical':
      return [{ ...own, mac: null, vlanId: null, source: { kind: 'pci-device', pciAddress: place.pf } }];
    case 'normal':
      return [onBridge(own, place.bridge, wanted)];
    case 'failover': {
      const persistent = interfaceAlias(attachmentId, 'standby');
      return [
        onBridge({ ...own, alias: persistent, teaming: { kind: 'persistent' } }, place.bridge, wanted),
        withSource({ ...own, teaming: { kind: 'transient', persistent } }, vfSource(wanted, host)),
      ];
    }
  }
}

type WithoutSource = Omit<DomainInterface, 'source'>;

function withSource(rest: WithoutSource, source: InterfaceSource | null): DomainInterface | null {
  return source === null ? null : { ...rest, source };
}

function onBridge(rest: WithoutSource, { kind, name }: Bridge, { portId }: WantedInterface): DomainInterface {
  // Who wrote host.yaml has said which VLAN a Linux bridge is for; Open vSwitch is told with each interface.
  return kind === 'linux'
    ? { ...rest, vlanId: null, source: { kind: 'bridge', bridge: name } }
    : { ...rest, source: { kind: 'ovs', bridge: name, interfaceId: portId } };
}

function vfSource(wanted: WantedInterface, host: ObservedHost): InterfaceSource | null {
  const vf = findVf(wanted, host);
  return vf === null ? null : { kind: 'vf', pciAddress: vf.pciAddress };
}

function findVf(
  { place }: WantedInterface,
  host: ObservedHost,
): { readonly pciAddress: PciAddress; readonly netdevName: NetdevName | null } | null {
  if (!('vf' in place)) return null;
  const { pf, vfIndex } = place.vf;
  return findPf(host, pf)?.vfs.find((vf) => vf.vfIndex === vfIndex) ?? null;
}
