import {
  AboutView,
  HostListView,
  HostParams,
  HostView,
  NoParams,
  PhysicalNetworkListView,
  PlanRequest,
  PlanView,
} from './schemas.ts';

/** Where the API of virtfn itself lives. */
export const API_ROOT = '/virtfn/v1';

/**
 * Every operation of `/virtfn/v1`: the controller serves this table, the client calls it, OpenAPI prints it. Paths are
 * relative to the root; `{name}` is a parameter.
 */
export const ROUTES = {
  about: {
    method: 'GET',
    path: '',
    summary: 'What answers here, and the revision of its state',
    params: NoParams,
    body: null,
    response: AboutView,
  },
  listHosts: {
    method: 'GET',
    path: '/hosts',
    summary: 'All hosts with their figures',
    params: NoParams,
    body: null,
    response: HostListView,
  },
  getHost: {
    method: 'GET',
    path: '/hosts/{hostId}',
    summary: 'One host: PFs, VFs, findings, as last read from its kernel',
    params: HostParams,
    body: null,
    response: HostView,
  },
  listPhysicalNetworks: {
    method: 'GET',
    path: '/physical-networks',
    summary: 'The wires that PFs are joined to, with the VLANs that may be given out on each',
    params: NoParams,
    body: null,
    response: PhysicalNetworkListView,
  },
  planHost: {
    method: 'POST',
    path: '/hosts/{hostId}/plan',
    summary: 'What would be done to reach a state, and who would lose something by it. Changes nothing',
    params: HostParams,
    body: PlanRequest,
    response: PlanView,
  },
} as const;

export type RouteName = keyof typeof ROUTES;
