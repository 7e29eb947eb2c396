import {
  AboutView,
  AgentListView,
  AttachmentListView,
  EnrolmentTokenRequest,
  EnrolmentTokenView,
  HostListView,
  HostParams,
  HostView,
  NoParams,
  PhysicalNetworkListView,
  PlanRequest,
  PlanView,
  PortExplanationView,
  PortParams,
  PortPlaceRequest,
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
  listAgents: {
    method: 'GET',
    path: '/agents',
    summary: 'All agents, and when they were heard of last',
    params: NoParams,
    body: null,
    response: AgentListView,
  },
  createEnrolmentToken: {
    method: 'POST',
    path: '/enrolment-tokens',
    summary: 'A one-time token by which a host joins the fleet',
    params: NoParams,
    body: EnrolmentTokenRequest,
    response: EnrolmentTokenView,
  },
  listAttachments: {
    method: 'GET',
    path: '/attachments',
    summary: 'VFs that ports have, with what was read back of them, or why they failed',
    params: NoParams,
    body: null,
    response: AttachmentListView,
  },
  explainPort: {
    method: 'POST',
    path: '/ports/{portId}/explain',
    summary: 'Which VF a port would get, or why each host refuses it. Changes nothing',
    params: PortParams,
    body: PortPlaceRequest,
    response: PortExplanationView,
  },
} as const;

export type RouteName = keyof typeof ROUTES;
