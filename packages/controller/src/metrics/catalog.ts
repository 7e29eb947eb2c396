import { metric } from '@virtfn/contract/metrics';

// The name of a metric is public: it is never renamed, and never used again for something else. docs/operators/metrics.md
// has a row for each.

export const CONTROLLER_METRICS = {
  buildInfo: metric(
    'gauge',
    'virtfn_controller_build_info',
    ['version'],
    'Always 1; which controller this is.',
  ),
  requests: metric(
    'counter',
    'virtfn_controller_api_requests_total',
    ['method', 'route', 'status'],
    'Requests that were answered, by pattern of their route and class of their status.',
  ),
  requestDuration: metric(
    'histogram',
    'virtfn_controller_api_request_duration_seconds',
    ['method', 'route'],
    'Time until a request was answered; streams of events are not in it.',
  ),
  writeDuration: metric(
    'histogram',
    'virtfn_controller_store_write_duration_seconds',
    ['result'],
    'Time until a write was on the disk, or refused; waiting for its turn is part of it.',
  ),
  agents: metric(
    'gauge',
    'virtfn_controller_agents_connected',
    [],
    'Agents that are connected to this controller.',
  ),
  subscribers: metric(
    'gauge',
    'virtfn_controller_event_subscribers',
    [],
    'Streams of events that this controller serves.',
  ),
  hosts: metric(
    'gauge',
    'virtfn_hosts',
    ['state'],
    'Hosts of the fleet: alive, or gone, which were not heard of for too long or are switched off. The same at all controllers.',
  ),
  ports: metric(
    'gauge',
    'virtfn_ports',
    ['status'],
    'Ports of the fleet by Neutron status. The same at all controllers; absent while the database does not answer.',
  ),
  portInfo: metric(
    'gauge',
    'virtfn_port_info',
    ['port', 'project', 'network', 'host'],
    'Always 1; whose a port is and where, to be joined by port.',
  ),
} as const;
