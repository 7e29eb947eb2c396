import {
  documentOfHost,
  documentOfPlan,
  type RouteName,
  ROUTES,
  type TrafficDocument,
} from '@virtfn/contract';
import {
  getVfOf,
  isAskedVf,
  listFindings,
  listHosts,
  listMachines,
  listNics,
  listPfs,
  pageOfHosts,
  physicalNetworksOf,
  planOfRequest,
  type ReportedHost,
  vfOfList,
  vfRows,
} from '@virtfn/contract/inventory';
import { type PciAddress, parsePciAddress, SriovError } from '@virtfn/model';
import type { Static } from 'typebox';
import { askedSteps } from './asked-steps.ts';
import type { SeenHost } from './seen-host.ts';

export interface HostApiOptions {
  readonly host: SeenHost;
  readonly version: string;
  /** What a PF, or all of them, and their VFs have passed. */
  readonly readTraffic: (pf: PciAddress | null) => Promise<TrafficDocument>;
}

/** What one host can answer about itself. All else of the table needs a fleet. */
export const SERVED = [
  'about',
  'listHosts',
  'getHost',
  'readTraffic',
  'listPhysicalNetworks',
  'planHost',
  'listNics',
  'listPfs',
  'listVfs',
  'getVf',
  'listAttachments',
  'listFindings',
  'listMachines',
  'listSteps',
] as const satisfies readonly RouteName[];

export type ServedRoute = (typeof SERVED)[number];

export type Route<Name extends RouteName> = (typeof ROUTES)[Name];

/** What an operation is given, as its row of the table has it. */
export interface Call<Name extends RouteName> {
  readonly params: Static<Route<Name>['params']>;
  readonly query: Static<Route<Name>['query']>;
  /** The body, where the operation has one. @throws {SriovError} REQUEST_INVALID */
  readonly readBody: BodyReader;
}

/** @throws {SriovError} REQUEST_INVALID */
export type BodyReader = <Schema extends NonNullable<Route<RouteName>['body']>>(
  schema: Schema,
) => Promise<Static<Schema>>;

export type HostApi = {
  readonly [Name in ServedRoute]: (call: Call<Name>) => Promise<Static<Route<Name>['response']>>;
};

/** The operations, each of which only looks. */
export function createHostApi({ host, version, readTraffic }: HostApiOptions): HostApi {
  return {
    about: async () => ({
      product: 'virtfn',
      version,
      api: 'v1',
      serves: 'host',
      revision: host.revision,
      agentPort: null,
      asker: { userName: null, projectId: null, isAdmin: true, mayWrite: false },
    }),
    listHosts: async () => listHosts(host),
    getHost: async ({ params }) => {
      const report = getReport(host, params.hostId);
      return documentOfHost(report, report.reportedAt);
    },
    readTraffic: async ({ params, query: { pf } }) => {
      getReport(host, params.hostId);
      return readTraffic(pf === undefined ? null : parsePciAddress(pf));
    },
    listPhysicalNetworks: async () => physicalNetworksOf(host.reports(), []),
    planHost: async ({ params, readBody }) => {
      const { observed } = getReport(host, params.hostId);
      return documentOfPlan(planOfRequest(await readBody(ROUTES.planHost.body), observed));
    },
    listNics: ({ query }) => listNics(host, query),
    listPfs: ({ query }) => listPfs(host, query),
    listVfs: async ({ query }) => {
      const page = await pageOfHosts(host.reports(), query, async (reports) =>
        reports.flatMap((report) => ownVfs(host, report)).filter(({ row }) => isAskedVf(query, row)),
      );
      return { vfs: page.rows.map(vfOfList), next: page.next };
    },
    getVf: async ({ params }) => {
      const place = {
        hostId: params.hostId,
        pf: parsePciAddress(params.pf),
        vfIndex: Number(params.vfIndex),
      };
      return getVfOf(ownVfs(host, getReport(host, params.hostId)), place);
    },
    // Ports of a fleet have them. What the owner of the host has attached, its VF says.
    listAttachments: async () => ({ attachments: [], next: null }),
    listMachines: ({ query }) => listMachines(host, query),
    listFindings: ({ query }) => listFindings(host, query),
    listSteps: async ({ query }) => askedSteps(host.steps, query),
  };
}

function ownVfs(host: SeenHost, report: ReportedHost): ReturnType<typeof vfRows> {
  return vfRows(report, host.isAlive(report.observed.hostId), []);
}

/** @throws {SriovError} HOST_UNKNOWN */
function getReport(host: SeenHost, hostId: string): ReportedHost {
  const [report] = host.reports();
  if (report?.observed.hostId === hostId) return report;
  const found =
    report === undefined ? 'it has not been read yet' : `only host "${report.observed.hostId}" answers here`;
  throw new SriovError('HOST_UNKNOWN', `Cannot find host "${hostId.slice(0, 255)}": ${found}`, {
    details: { host: hostId },
  });
}
