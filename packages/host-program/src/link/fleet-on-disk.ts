import { X509Certificate } from 'node:crypto';
import type { FleetView, FleetWish } from '@virtfn/agent';
import type { FleetStatusDocument } from '@virtfn/contract';
import { keptDesiredFile } from './kept-desired-file.ts';
import { type Membership, readMembership } from './membership.ts';

/** The fleet of this host by what lies in the state folder, for machines where no agent runs now. */
export function fleetOnDisk(folder: string): FleetView {
  return {
    async wish(): Promise<FleetWish> {
      if ((await readMembership(folder)) === null) return { kind: 'no-fleet' };
      const kept = await keptDesiredFile(folder).read();
      return kept === null ? { kind: 'unknown' } : { kind: 'known', kept };
    },
    async status() {
      const membership = await readMembership(folder);
      return membership === null ? { kind: 'no-fleet' } : statusOfMember(membership, null);
    },
  };
}

type Member = Extract<FleetStatusDocument, { readonly kind: 'member' }>;

export function statusOfMember({ url, hostId, certificate }: Membership, link: Member['link']): Member {
  const certificateEnds = new X509Certificate(certificate).validToDate.toISOString();
  return { kind: 'member', url, hostId, certificateEnds, link };
}
