import type {
  AllocationQueryDocument,
  AttachmentQueryDocument,
  FindingQueryDocument,
  MachineQueryDocument,
  NicQueryDocument,
  PfQueryDocument,
  VfQueryDocument,
} from '@virtfn/contract';
import { listFindings, listMachines, listNics, listPfs } from '@virtfn/contract/inventory';
import { parsePciAddress } from '@virtfn/model';
import type { Handlers } from '../http/index.ts';
import { getVf, listAllocations, listAttachments, listVfs, type LiveFleet } from '../inventory/index.ts';
import type { Store } from '../store/index.ts';

/** What the fleet has, page by page. Each query fits the schema of its route. */
export function fleetHandlers(
  store: Store,
  fleet: LiveFleet,
): Pick<
  Handlers,
  | 'getVf'
  | 'listAllocations'
  | 'listAttachments'
  | 'listFindings'
  | 'listMachines'
  | 'listNics'
  | 'listPfs'
  | 'listVfs'
> {
  const source = { store, fleet };
  return {
    listNics: ({ query }) => listNics(fleet, query as NicQueryDocument),
    listPfs: ({ query }) => listPfs(fleet, query as PfQueryDocument),
    listVfs: ({ query }) => listVfs(source, query as VfQueryDocument),
    getVf: ({ params }) =>
      getVf(source, {
        hostId: params['hostId'] ?? '',
        pf: parsePciAddress(params['pf'] ?? ''),
        vfIndex: Number(params['vfIndex']),
      }),
    listAllocations: ({ query }) => listAllocations(source, query as AllocationQueryDocument),
    listAttachments: ({ query }) => listAttachments(source, query as AttachmentQueryDocument),
    listMachines: ({ query }) => listMachines(fleet, query as MachineQueryDocument),
    listFindings: ({ query }) => listFindings(fleet, query as FindingQueryDocument),
  };
}
