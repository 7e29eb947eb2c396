// Every error code that virtfn gives out, with what it means and what the operator can do.
// A code is public: it is never renamed and never used again for something else. docs/errors.md shows
// the same table, and a test compares the two.

/** Meaning and remedy of one error code. */
export interface ErrorEntry {
  /** What happened, one sentence without a full stop. */
  readonly meaning: string;
  /** What the operator can do about it. */
  readonly hint: string;
}

export const ERROR_TABLE = {
  PCI_ADDRESS_INVALID: {
    meaning: 'The text is not a PCI address',
    hint: 'Write it as `lspci -D` does: domain:bus:device.function in hexadecimal, for example 0000:82:00.1',
  },
  PCI_ID_INVALID: {
    meaning: 'The text is not a vendor or product id',
    hint: 'Give four hexadecimal digits as in `lspci -nn`, for example 8086 for Intel',
  },
  MAC_ADDRESS_INVALID: {
    meaning: 'The text is not a MAC address that a port can have',
    hint: 'Give six pairs of hexadecimal digits with colons, a unicast address such as 52:54:00:12:34:56',
  },
  IP_PREFIX_INVALID: {
    meaning: 'The text is not an IP prefix',
    hint: 'Give an address with a length, such as 192.0.2.0/24 or 2001:db8::1/128',
  },
  VLAN_INVALID: {
    meaning: 'The VLAN is out of range or not well formed',
    hint: 'VLAN ids go from 1 to 4094 (0 and 4095 are reserved by IEEE 802.1Q), priorities from 0 to 7',
  },
  VF_INDEX_INVALID: {
    meaning: 'The PF has no VF of this number',
    hint: 'VFs are counted from 0 to the number enabled minus 1; `virtfn nic list` shows them',
  },
  NUM_VFS_INVALID: {
    meaning: 'The number of VFs is not one that this PF can have',
    hint: 'Ask for a whole number from 0 to what the PF and its driver allow; `virtfn nic list` shows both',
  },
  RATE_INVALID: {
    meaning: 'The rate is not one that this card can keep',
    hint: 'Give whole Mbit/s, at most the speed of the link, and a minimum not above the maximum',
  },
  MTU_INVALID: {
    meaning: 'The MTU is out of range',
    hint: 'Give a number from 68 to 9710, and for a VF not more than the MTU of its PF',
  },
  NAME_INVALID: {
    meaning: 'The name has a character or a length that is not allowed',
    hint: 'Names have 1 to 255 letters, digits, dots, dashes and underscores; Linux interfaces at most 15',
  },
  REQUEST_INVALID: {
    meaning: 'The request does not have the form that was asked for',
    hint: 'The message names the field; `/virtfn/v1/openapi.json` describes every request',
  },
  CONFIG_INVALID: {
    meaning: 'The configuration file does not have the form that is asked for',
    hint: 'The message names line and column; docs/operators/host-yaml.md and controller-yaml.md describe every field',
  },
  DESIRED_CONFLICT: {
    meaning: 'The desired state contradicts itself',
    hint: 'Name each PF, each VF and each attachment once',
  },
  ROUTE_UNKNOWN: {
    meaning: 'There is nothing at this address of the API',
    hint: '`/virtfn/v1/openapi.json` lists every path',
  },
  HOST_UNKNOWN: {
    meaning: 'No host of this name is known here',
    hint: '`virtfn host list` shows the hosts that have reported',
  },
  HOST_IN_USE: {
    meaning: 'The host cannot be taken out of the fleet as it is',
    hint: 'The message says what stands in the way; nothing was changed',
  },
  PF_UNKNOWN: {
    meaning: 'The host has no PF at this PCI address',
    hint: '`virtfn nic list` shows the PFs; after moving a card between slots its address is another',
  },
  VF_UNKNOWN: {
    meaning: 'The VF was asked for by the kernel name that it does not have, or it is gone',
    hint: 'Look again with `virtfn nic list`: VFs disappear when the VF count of their PF changes',
  },
  PORT_UNKNOWN: {
    meaning: 'There is no port of this id',
    hint: '`virtfn port list` shows the ports',
  },
  OBJECT_UNKNOWN: {
    meaning: 'There is no object of this name or id, or whoever asks may not see it',
    hint: '`virtfn network list`, and the same of subnets, ports and QoS policies, show what there is',
  },
  OBJECT_AMBIGUOUS: {
    meaning: 'Several objects have this name',
    hint: 'Give the id of the one that is meant',
  },
  API_REFUSED: {
    meaning: 'Neutron’s API refused the request because of what is there',
    hint: 'The message says what stands in the way; `virtfn port explain` says more of a port that gets no VF',
  },
  PORT_BOUND: {
    meaning: 'The port has a VF already',
    hint: 'Take its VF back first: `virtfn port unbind PORT`',
  },
  PORT_UNPLACEABLE: {
    meaning: 'No host has a VF that will do for the port',
    hint: '`virtfn port explain PORT` tells the reason of every host',
  },
  DEVICE_UNKNOWN: {
    meaning: 'The machine has no such PCI function',
    hint: '`virtfn nic list` shows PFs and VFs with their PCI addresses; VFs go away when their number is set to 0',
  },
  DRIVER_RELOAD_NEEDED: {
    meaning:
      'The number of VFs can only be set by loading the driver anew, which takes all its cards down for a moment',
    hint: 'When the interfaces that are named may go away for some seconds, say so with --reload-driver',
  },
  DRIVER_WITHOUT_SRIOV: {
    meaning: 'The PF has no driver, or one that cannot change the number of VFs while it runs',
    hint: 'Load the driver of the card; for drivers with a module option only, see docs/operators/enable-vfs.md',
  },
  VF_COUNT_SHORT: {
    meaning: 'The driver accepted the number of VFs but enabled fewer',
    hint: 'Look at the kernel log; bnxt_en does this while the PF is down, others when resources ran out',
  },
  VF_COUNT_BUSY: {
    meaning: 'The kernel refuses to go from one non-zero number of VFs to another',
    hint: 'Go through 0, which removes every VF of the PF; `virtfn plan` shows who would lose one',
  },
  VF_NOT_READY: {
    meaning: 'The VF is being reset or is not there yet',
    hint: 'Nothing to do if it passes: virtfn tries again. If it stays, look at the kernel log of the PF',
  },
  VFS_IN_USE: {
    meaning: 'The change would take VFs away from those who use them',
    hint: 'Detach virtual machines from them first, because nobody is pushed aside who holds a VF through VFIO; others may be named with --evict',
  },
  VF_IN_USE: {
    meaning: 'The VF is in use by someone else than the one who asks',
    hint: 'Detach it from its user first; `virtfn vf list` shows who that is',
  },
  ATTACHMENT_STALE: {
    meaning: 'The release names an attachment that the VF no longer serves',
    hint: 'Nothing to do: the VF has a new owner and was left alone',
  },
  ATTRIBUTE_UNSUPPORTED: {
    meaning: 'The driver of this card cannot set the attribute',
    hint: 'Leave the attribute out, or use a card whose driver has it; docs/drivers.md has the table',
  },
  VLAN_PROTOCOL_UNSUPPORTED: {
    meaning: 'The driver of this card does not do VLANs of this protocol',
    hint: 'Use 802.1q, or a card whose driver does 802.1ad; docs/drivers.md has the table',
  },
  ESWITCH_MODE_UNSUPPORTED: {
    meaning: 'The driver of this card has no such eswitch mode',
    hint: 'Use legacy mode, or a card with switchdev; docs/drivers.md has the table',
  },
  FDB_UNSUPPORTED: {
    meaning: 'The driver of this card takes no entries in the forwarding database of its PF',
    hint: 'Give what the VFs shall reach a VF of its own, or join the bridge to another PF; docs/drivers.md has the table',
  },
  FDB_FULL: {
    meaning: 'The card has no room for another MAC in the filters of its PF',
    hint: 'Give some of what is on the bridge VFs instead, or spread it over two PFs; see docs/operators/reach-the-bridge.md',
  },
  MAC_IN_USE: {
    meaning: 'A VF of the PF has this MAC, so that frames to it must not go to the host',
    hint: 'Nothing to do while a VM moves between VF and bridge with one MAC; else give one of the two another MAC',
  },
  LINK_DOWN: {
    meaning: 'The driver does this only while the link is up',
    hint: 'Check the cable and the switch port; virtfn tries again as soon as the link is up',
  },
  PF_DOWN: {
    meaning: 'The PF is administratively down and the driver needs it up',
    hint: 'Set `adminUp: true` for the PF, or `ip link set PF up`',
  },
  NO_RESOURCES: {
    meaning: 'The kernel had no memory, MMIO range or bus number for the VFs',
    hint: 'Enable SR-IOV and "above 4G decoding" in the firmware set-up, or boot with pci=realloc',
  },
  AUTHENTICATION_FAILED: {
    meaning: 'The request does not prove who asks: nothing was given, or it is wrong, expired or revoked',
    hint: 'Give a token in VIRTFN_TOKEN, or what else the controller asks for; docs/operators/run-a-controller.md has the commands',
  },
  AUTHENTICATION_UNAVAILABLE: {
    meaning: 'Who asks cannot be found out at the moment: Keystone does not answer, or too many ask at once',
    hint: 'Try again. If it stays, look whether Keystone answers at the address in controller.yaml',
  },
  ROLE_MISSING: {
    meaning: 'Who asks is known, but has not the role that this needs',
    hint: 'Ask with a token or a user of role admin',
  },
  CHANGE_NOT_ALLOWED: {
    meaning: 'The owner of the host has not allowed its controller to change it',
    hint: 'Allow it by `controllerMayChangeVfs: true` in its host.yaml, or type `virtfn pf set-vfs` on the host',
  },
  PERMISSION_DENIED: {
    meaning: 'The kernel did not allow the operation',
    hint: 'Run the agent as root; under kernel lockdown see `virtfn doctor`',
  },
  KERNEL_REFUSED: {
    meaning: 'The kernel or the driver refused the operation',
    hint: 'The errno is in the details; the kernel log of the PF often says more',
  },
  STEP_TIMEOUT: {
    meaning: 'The kernel did not answer in time, and what it did is not known',
    hint: 'virtfn looks again before it does anything else; a VF held by a process can block the kernel',
  },
  READ_BACK_DIFFERS: {
    meaning: 'The write succeeded, but reading back shows another value',
    hint: 'Look for another program that writes the same setting; `virtfn doctor` names those it knows',
  },
  SECURITY_SETTING_FAILED: {
    meaning: 'A security setting of the VF failed, so the VF was closed',
    hint: 'The cause is in the details; the port stays down until the setting can be made',
  },
  DESIRED_STATE_MISSING: {
    meaning: 'The agent has not yet received a full desired state, and changes nothing before that',
    hint: 'Wait for the controller, or write the desired state of this host',
  },
  JOURNAL_DAMAGED: {
    meaning: "The agent's journal cannot be read",
    hint: 'Keep the file for a report, then start the agent with an empty state folder: it will look at the host afresh',
  },
  JOURNAL_LOCKED: {
    meaning: 'Another agent keeps this host at the moment',
    hint: 'Two agents would undo each other. Stop the other one first (`systemctl stop virtfn-agent`), or let it do it',
  },
  STORE_FAILED: {
    meaning: "The controller's database did not answer or refused",
    hint: 'Check the disk and the state folder; nothing that was answered before is lost',
  },
  LISTEN_FAILED: {
    meaning: 'The server cannot listen at the address asked for',
    hint: 'Another program has the port: stop it, or choose another with --listen 127.0.0.1:PORT',
  },
  AGENT_UNREACHABLE: {
    meaning: 'The agent of this machine does not answer, or stopped in mid-answer',
    hint: 'Look at `systemctl status virtfn-agent`, then try again: whatever was begun is finished or taken back by the next one',
  },
  CONTROLLER_UNREACHABLE: {
    meaning: 'The controller does not answer',
    hint: 'Start it with `npm start` or `virtfn up`, or give its address with --endpoint or VIRTFN_ENDPOINT',
  },
  ENROLMENT_TOKEN_INVALID: {
    meaning: 'The text is not an enrolment token',
    hint: 'Copy all of it, from virtfn-enrol-1 on, as the controller printed it',
  },
  ENROLMENT_REFUSED: {
    meaning: 'The enrolment token is unknown, spent, expired or made for another host',
    hint: 'Make a new token at the controller: each one admits one host once',
  },
  CERTIFICATE_REFUSED: {
    meaning: "The agent's certificate is missing, has ended, or is of another host",
    hint: 'Enrol the host anew with `virtfn agent enrol URL --token TOKEN`',
  },
  CONTROLLER_UNTRUSTED: {
    meaning: 'Whoever answers at the address is not the controller that the token or the membership names',
    hint: 'Check the address; when the controller has a new CA, make a new token there and enrol the host anew',
  },
  LINK_PROTOCOL_UNSUPPORTED: {
    meaning: 'Agent and controller speak different versions of the link',
    hint: 'Bring the older of the two to the version of the other',
  },
  MEMBERSHIP_MISSING: {
    meaning: 'The host has not joined a fleet',
    hint: 'Join one with `virtfn agent enrol URL --token TOKEN`',
  },
  PF_NOT_SHARED: {
    meaning: 'The PF is not one that the host shares: its host.yaml does not list it',
    hint: 'Add the PF with its number of VFs to the host.yaml of that host',
  },
  PF_HAS_VFS: {
    meaning: 'The PF cannot be given away whole, because it has VFs or is asked to have some',
    hint: 'Set numVfs: 0 for the PF in the host.yaml of that host, once nobody uses its VFs',
  },
  VF_RESERVED: {
    meaning: 'The host keeps this VF for itself by its host.yaml',
    hint: 'Bind the port to another VF, or take the VF out of host.yaml',
  },
  NETWORK_UNREACHABLE: {
    meaning: 'The PF is not joined to the physical network that the port needs',
    hint: 'Bind the port to a PF of that network, or add it to physicalNetworks of the PF in host.yaml',
  },
  VM_UNKNOWN: {
    meaning: 'There is no such virtual machine on the host',
    hint: '`virsh list --all` shows the virtual machines of the host; say the name or the UUID of one',
  },
  VM_NOT_PERSISTENT: {
    meaning: 'The virtual machine has no configuration that outlives its run',
    hint: 'Attach with --scope live, which lasts until the machine stops, or define the machine first',
  },
  VM_NOT_RUNNING: {
    meaning: 'The virtual machine does not run',
    hint: 'Start it, or attach with --scope config, which counts from its next start',
  },
  ATTACHMENT_UNKNOWN: {
    meaning: 'There is no such attachment of the virtual machine',
    hint: '`virtfn attachment list` shows what is attached; name the port, its MAC or the attachment',
  },
  NO_FREE_VF: {
    meaning: 'No VF of the host can serve the port',
    hint: 'The message says why each PF refused; enable more VFs with `virtfn pf set-vfs`, or detach a port',
  },
  BRIDGE_MISSING: {
    meaning: 'The host has no bridge for the network of the port',
    hint: 'Name one under bridges: in the host.yaml of that host, with the physical network and the VLAN that it is for',
  },
  GUEST_KEEPS_DEVICE: {
    meaning: 'The guest has not let go of the device that it was asked to give back',
    hint: 'Look whether the guest runs and loads its PCI hot-plug driver; try again, or use --force, which cuts the VF off at the card and waits for the machine to stop',
  },
  NO_PCIE_SLOT: {
    meaning: 'The virtual machine has no free slot for another device',
    hint: "Add <controller type='pci' model='pcie-root-port'/> to its configuration and start it anew, or attach with --scope config",
  },
  MEMLOCK_LOW: {
    meaning:
      'The memory of the virtual machine cannot be locked for the device, because its limit is too low',
    hint: 'Raise <hard_limit> under <memtune>, or the memlock limit of the daemon that starts the machine',
  },
  FILTERS_UNAVAILABLE: {
    meaning: 'This host cannot filter the packets of a VF',
    hint: 'Install nftables (1.0.6 or newer) on a kernel with netdev ingress and egress hooks (5.16 or newer)',
  },
  FILTER_REFUSED: {
    meaning: 'The packet filter of a VF could not be set',
    hint: 'What the kernel or nft said is in the message; the port is not opened without its filter',
  },
  HYPERVISOR_REFUSED: {
    meaning: 'libvirt refused',
    hint: 'What libvirt said is in the message; its log has more (`journalctl -u libvirtd -u virtqemud`)',
  },
  HYPERVISOR_UNREACHABLE: {
    meaning: 'libvirt does not answer on this host',
    hint: 'Look at `systemctl status libvirtd` (or virtqemud); running machines and their ports are not touched meanwhile',
  },
  MIGRATION_FAILED: {
    meaning: 'The virtual machine was not moved; it is where it was',
    hint: 'The message says what libvirt or the other host answered; the port has its VF here again',
  },
  MIGRATION_REFUSED: {
    meaning: 'The virtual machine cannot be moved as it is',
    hint: 'The message names the port and what stands in the way; nothing was changed',
  },
  INTERNAL: {
    meaning: 'virtfn failed in a way that it does not know',
    hint: 'This is a defect: report it with the request id and the log around it',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** Whether this version of the project knows the code: what another program says may be of a newer one. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_TABLE, code);

export const ERROR_CODES = Object.keys(ERROR_TABLE) as readonly ErrorCode[];
