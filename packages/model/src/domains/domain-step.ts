import type { AttachmentId } from '../names/index.ts';
import type { DomainId } from './domain.ts';
import type { DomainInterface, InterfaceSource } from './domain-interface.ts';

/** Which of a domain is changed: what runs, or what its next start reads. */
export type DomainScope = 'live' | 'config';

interface OfDomain {
  readonly domainId: DomainId;
  /** For people. */
  readonly vm: string;
  readonly attachmentId: AttachmentId;
  readonly scope: DomainScope;
}

/** A change to one virtual machine. */
export type DomainStep =
  | (OfDomain & { readonly kind: 'attach-interface'; readonly interface: DomainInterface })
  /** A running guest is asked; the interface is gone only when the guest has let go. */
  | (OfDomain & { readonly kind: 'detach-interface'; readonly alias: string });

/** What a step does, for people, in the infinitive. */
export function describeDomainStep(step: DomainStep): string {
  const where = `${step.scope === 'config' ? 'the configuration of ' : ''}VM ${step.vm}`;
  if (step.kind === 'detach-interface') return `take attachment ${step.attachmentId} out of ${where}`;
  const { mac, source } = step.interface;
  return `plug ${describeSource(source)}${mac === null ? '' : ` with MAC ${mac}`} into ${where}`;
}

function describeSource(source: InterfaceSource): string {
  switch (source.kind) {
    case 'vf':
      return `VF ${source.pciAddress}`;
    case 'macvtap':
      return `a macvtap on ${source.netdevName}`;
    case 'pci-device':
      return `PF ${source.pciAddress}`;
    case 'bridge':
      return `an interface on bridge ${source.bridge}`;
    case 'ovs':
      return `an interface on Open vSwitch ${source.bridge}`;
  }
}
