import { finding, type PhysicalFunction } from '@virtfn/model';
import type { ConfigWrite } from '../facts/writers/index.ts';
import type { Check } from './check.ts';

const CODE = 'competing-owner';
const MOST = 8;

/** Finds configuration by which something else makes or sets VFs. One finding a line. */
export const competingOwner: Check = {
  code: CODE,
  hiddenBy: [],
  run: ({ writers, pfs }) =>
    [...Map.groupBy(writers.writes, ({ file, line }) => `${file}:${line}`)].flatMap(([place, writes]) => {
      const [first] = writes;
      if (first === undefined) return [];
      return [
        finding(
          CODE,
          `${first.owner} makes or sets ${describeVfs(writes, pfs)}, too: ${place} says \`${first.text}\`.`,
          `Let only virtfn do it: ${first.undo}`,
          writes.length === 1 ? first.pf : null,
        ),
      ];
    }),
};

function describeVfs(writes: readonly ConfigWrite[], pfs: readonly PhysicalFunction[]): string {
  const names = writes
    .map(({ pf }) => pfs.find(({ pciAddress }) => pciAddress === pf))
    .filter((pf) => pf !== undefined)
    .map(({ netdevName, pciAddress }) => netdevName ?? pciAddress);
  if (names.length === 0) return 'VFs of a PF that it does not name';
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : '';
  return `VFs of ${names.slice(0, MOST).join(', ')}${more}`;
}
