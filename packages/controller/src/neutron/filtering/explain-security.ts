import type { PortExplanation } from '@virtfn/contract';
import type { PortDocument } from '../documents/index.ts';
import { canBeFiltered } from './filtered-kinds.ts';

/**
 * Says what becomes of a port's security groups.
 *
 * @param isFiltered whether the host where it is, or would be, filters; null: no host is meant
 */
export function explainSecurity(
  { 'binding:vnic_type': kind, port_security_enabled: isSecured }: PortDocument,
  isFiltered: boolean | null,
): PortExplanation['security'] {
  if (!isSecured) return { enforcedBy: 'nobody', text: 'its port security is switched off' };
  if (kind === 'direct-physical')
    return {
      enforcedBy: 'nobody',
      text: 'its machine has the whole PF: nothing stands between it and the wire',
    };
  if (!canBeFiltered(kind))
    return { enforcedBy: 'card', text: `${CARD_ALONE}: its machine drives the VF itself` };
  if (isFiltered === false)
    return { enforcedBy: 'card', text: `${CARD_ALONE}: its host cannot filter packets (it needs nftables)` };
  return {
    enforcedBy: 'host',
    text: 'its host filters what passes it by its security groups and addresses',
  };
}

const CARD_ALONE =
  'the card drops frames with another MAC or VLAN, and the rules of its security groups are kept but not enforced';
