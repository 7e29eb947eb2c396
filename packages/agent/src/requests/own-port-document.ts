import type { OwnAttachmentDocument } from '@virtfn/contract/host-program';
import type { OwnPort } from '@virtfn/contract/agent-link';

/** A port of the host's owner, for people. */
export function documentOfOwnPort({ kind, port }: OwnPort, vm: string): OwnAttachmentDocument {
  const { attachmentId, mac } = port;
  const { domainId, scope, standby } = port.plug;
  const ids = { attachmentId, mac, domainId, scope, vm };
  if (kind === 'normal') {
    const { physicalNetwork, vlanId } = port;
    return { ...ids, kind, physicalNetwork, vlanId, pf: null, vfIndex: null };
  }
  const { segment, vnicType, pf, vfIndex } = port;
  const vlanId = segment.kind === 'vlan' ? segment.segmentationId : null;
  const { physicalNetwork } = segment;
  return { ...ids, kind: standby ? 'failover' : vnicType, physicalNetwork, vlanId, pf, vfIndex };
}
