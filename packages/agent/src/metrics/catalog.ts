import { metric } from '@virtfn/contract/metrics';

// The name of a metric is public: it is never renamed, and never used again for something else. docs/operators/metrics.md
// has a row for each.

/** What stands for a VF: its PF by PCI address, its number, and the port that has it; none: the label is empty. */
const OF_VF = ['pf', 'vf', 'port'] as const;
const OF_PF = ['pf'] as const;

export const AGENT_METRICS = {
  buildInfo: metric('gauge', 'virtfn_agent_build_info', ['version'], 'Always 1; which agent this is.'),
  hostInfo: metric(
    'gauge',
    'virtfn_host_info',
    ['host', 'boot_id', 'simulated'],
    'Always 1; which host this is, and since which boot.',
  ),
  lookAge: metric(
    'gauge',
    'virtfn_agent_look_age_seconds',
    [],
    'Time since the host was read last; all but the traffic counters are as old as that.',
  ),
  lookDuration: metric(
    'histogram',
    'virtfn_agent_look_duration_seconds',
    ['result'],
    'Time that the kernel took to be read, by whether it answered.',
  ),
  planDuration: metric(
    'histogram',
    'virtfn_agent_plan_duration_seconds',
    [],
    'Time that it took to compare what is wanted with what was read.',
  ),
  steps: metric(
    'counter',
    'virtfn_agent_steps_total',
    ['kind', 'result'],
    'Changes that were tried on the host and its virtual machines: done, failed, or asked of a guest that has not answered.',
  ),
  linkUp: metric(
    'gauge',
    'virtfn_agent_controller_link_up',
    [],
    'Whether the agent is connected to the controller of its fleet; absent where the host is in none.',
  ),
  counterFailures: metric(
    'counter',
    'virtfn_agent_traffic_read_failures_total',
    [],
    'Scrapes for which the kernel did not tell the traffic counters.',
  ),
  asWanted: metric(
    'gauge',
    'virtfn_host_as_wanted',
    [],
    'Whether host and virtual machines are as they shall be, as read back after the last repair.',
  ),
  problems: metric(
    'gauge',
    'virtfn_host_problems',
    ['code'],
    'What stands in the way of that, by code of error.',
  ),
  orphans: metric(
    'gauge',
    'virtfn_host_orphaned_attachments',
    [],
    'Attachments whose VF is not there: it went with the number of VFs, or with its card.',
  ),
  findings: metric(
    'gauge',
    'virtfn_findings',
    ['code', 'severity'],
    'Standing trouble of the host, as `virtfn doctor` tells it.',
  ),
  pfInfo: metric(
    'gauge',
    'virtfn_pf_info',
    ['host', 'pf', 'netdev', 'driver', 'product', 'physical_networks'],
    'Always 1; what a PF is, and which networks it reaches.',
  ),
  pfLinkUp: metric('gauge', 'virtfn_pf_link_up', OF_PF, 'Whether the PF has carrier.'),
  pfSpeed: metric(
    'gauge',
    'virtfn_pf_link_speed_bytes_per_second',
    OF_PF,
    'Speed of the link, in bytes like the counters; absent while it is down.',
  ),
  pfMaxVfs: metric('gauge', 'virtfn_pf_max_vfs', OF_PF, 'VFs that the PF can have.'),
  pfVfs: metric(
    'gauge',
    'virtfn_pf_vfs',
    ['pf', 'state'],
    'VFs that the PF has: free, used, quarantined (closed, because a setting failed), or foreign (in use by what virtfn did not give it to).',
  ),
  pfDrift: metric(
    'gauge',
    'virtfn_pf_drift_values',
    OF_PF,
    'Values of the PF and its VFs that are not as wanted, as `virtfn diff` shows them, after the last repair.',
  ),
  pfReceiveBytes: pfCounter('receive_bytes', 'Bytes that the interface of the PF received.'),
  pfTransmitBytes: pfCounter('transmit_bytes', 'Bytes that the interface of the PF sent.'),
  pfReceivePackets: pfCounter('receive_packets', 'Packets that the interface of the PF received.'),
  pfTransmitPackets: pfCounter('transmit_packets', 'Packets that the interface of the PF sent.'),
  pfReceiveDropped: pfCounter('receive_dropped_packets', 'Packets that the PF received and dropped.'),
  pfTransmitDropped: pfCounter(
    'transmit_dropped_packets',
    'Packets that the PF dropped instead of sending them.',
  ),
  pfReceiveErrors: pfCounter('receive_errors', 'Packets that the PF received damaged.'),
  pfTransmitErrors: pfCounter('transmit_errors', 'Packets that the PF failed to send.'),
  pfReceiveMulticast: pfCounter('receive_multicast_packets', 'Multicast packets that the PF received.'),
  vfCountersSupported: metric(
    'gauge',
    'virtfn_vf_counters_supported',
    OF_PF,
    'Whether the driver of the PF counts per VF; where it does not, only VFs with an interface on the host have traffic series.',
  ),
  vfInfo: metric(
    'gauge',
    'virtfn_vf_info',
    ['host', 'pf', 'vf', 'pci_address', 'attachment', 'port', 'vm', 'network', 'kind'],
    'Always 1; whose a VF is, to be joined by pf and vf.',
  ),
  vfReceiveBytes: vfCounter('receive_bytes', 'Bytes that the VF received.'),
  vfTransmitBytes: vfCounter('transmit_bytes', 'Bytes that the VF sent.'),
  vfReceivePackets: vfCounter('receive_packets', 'Packets that the VF received.'),
  vfTransmitPackets: vfCounter('transmit_packets', 'Packets that the VF sent.'),
  vfReceiveDropped: vfCounter('receive_dropped_packets', 'Packets for the VF that were dropped.'),
  vfTransmitDropped: vfCounter(
    'transmit_dropped_packets',
    'Packets of the VF that were dropped, spoofed ones among them.',
  ),
  vfReceiveBroadcast: vfCounter('receive_broadcast_packets', 'Broadcast packets that the VF received.'),
  vfReceiveMulticast: vfCounter('receive_multicast_packets', 'Multicast packets that the VF received.'),
} as const;

function pfCounter(name: string, help: string) {
  return metric('counter', `virtfn_pf_${name}_total`, OF_PF, help);
}

function vfCounter(name: string, help: string) {
  return metric('counter', `virtfn_vf_${name}_total`, OF_VF, help);
}
