import { type Finding, finding, type PhysicalFunction } from '@virtfn/model';
import type { Facts } from '../facts/index.ts';
import type { IommuGroup } from '../facts/iommu.ts';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';

const CODE = 'iommu-group-shared';
const MOST = 6;

/** Finds VFs that share a group with something else, and PFs whose VFs would: the bridge above has no ACS. */
export const iommuGroupShared: Check = {
  code: CODE,
  hiddenBy: [],
  run: (facts) => facts.pfs.filter((pf) => pf.totalVfs > 0).flatMap((pf) => judge(facts, pf)),
};

function judge({ iommu }: Facts, pf: PhysicalFunction): readonly Finding[] {
  const groupOf = (number: number | null): IommuGroup | undefined =>
    iommu.groups.find(({ group }) => group === number);
  const shared = pf.vfs
    .map((vf) => groupOf(vf.iommuGroup))
    .find((group) => group !== undefined && group.endpoints.length > 1);
  const own = groupOf(pf.iommuGroup);
  // A bridge in the PF's group means that all below it falls into this group, VFs that are made later too.
  const coming = pf.vfs.length === 0 && own !== undefined && own.bridges.length > 0 ? own : undefined;
  const group = shared ?? coming;
  if (group === undefined) return [];
  const bridge = group.bridges[0] === undefined ? '' : `, below bridge ${group.bridges[0]}`;
  const others = group.endpoints.slice(0, MOST).join(', ');
  const more = group.endpoints.length > MOST ? ` and ${group.endpoints.length - MOST} more` : '';
  return [
    finding(
      CODE,
      `VFs of ${describeFunction(pf)} ${shared === undefined ? 'would come into' : 'are in'} IOMMU group ${group.group} with others${bridge}: ${others}${more}. A group can only be given to one virtual machine as a whole.`,
      `Enable "ACS" in the BIOS, or put the card into a slot that is wired to the processor (\`lspci -t\` shows the bridges; \`lspci -vv | grep -i "Access Control"\` those with ACS)`,
      pf.pciAddress,
    ),
  ];
}
