/** A file of the lab host's own, as opposed to those of packages. */
export interface GuestFile {
  readonly path: string;
  readonly content: string;
  readonly executable?: boolean;
}

const agentUnit = `[Unit]
Description=virtfn lab agent
After=systemd-udev-trigger.service
# Ports of the channel are named by udev.
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/local/bin/node /usr/local/lib/virtfn-lab/agent.mjs
Environment=HOME=/root USER=root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# A read that waits for a client takes a thread, and so does a write.
Environment=UV_THREADPOOL_SIZE=16 NODE_COMPILE_CACHE=/var/cache/virtfn-lab
Restart=always
RestartSec=200ms
OOMScoreAdjust=-900
KillMode=process

[Install]
WantedBy=multi-user.target
`;

/** The one network device that is no card has a name that nobody takes for one. udev gives it. */
const managementLink = `[Match]
Driver=virtio_net

[Link]
Name=management
`;

/** The device by which a host reaches servers of this machine; the same in all hosts, which do not see each other's. */
export const outsideMac = '52:54:00:ff:00:01';

/** Told from the management device by its address. */
const outsideLink = `[Match]
MACAddress=${outsideMac}

[Link]
Name=outside
`;

const outsideUnit = `[Unit]
Description=virtfn lab network to the machine outside
BindsTo=sys-subsystem-net-devices-outside.device
After=sys-subsystem-net-devices-outside.device

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/virtfn-lab/set-up outside

[Install]
WantedBy=multi-user.target
`;

const managementUnit = `[Unit]
Description=virtfn lab management network
BindsTo=sys-subsystem-net-devices-management.device
After=sys-subsystem-net-devices-management.device
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/virtfn-lab/set-up management

[Install]
WantedBy=multi-user.target
`;

const netdevsimUnit = `[Unit]
Description=virtfn lab netdevsim devices
ConditionKernelCommandLine=lab.netdevsim
Before=libvirtd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/virtfn-lab/set-up netdevsim

[Install]
WantedBy=multi-user.target
`;

/** Reads from the kernel's command line what this host is; the image is the same for all. */
const setUpScript = `#!/bin/bash
set -eu
address= hosts= netdevsims=
for word in $(< /proc/cmdline); do
  case "$word" in
  lab.address=*) address=\${word#*=} ;;
  lab.hosts=*) hosts=\${word#*=} ;;
  lab.netdevsim=*) netdevsims=\${word#*=} ;;
  esac
done
case "$1" in
management)
  echo 127.0.0.1 localhost > /etc/hosts
  for host in \${hosts//,/ }; do echo "\${host#*=} \${host%%=*}" >> /etc/hosts; done
  ip address replace "$address" dev management
  ip link set management up
  ;;
outside)
  ip address replace 10.0.2.15/24 dev outside
  ip link set outside up
  ;;
netdevsim)
  modprobe netdevsim
  for wanted in \${netdevsims//,/ }; do
    IFS=: read -r id ports vfs <<< "$wanted"
    echo "$id $ports" > /sys/bus/netdevsim/new_device
    echo "$vfs" > "/sys/kernel/debug/netdevsim/netdevsim$id/max_vfs"
  done
  ;;
esac
`;

const virtfnScript = `#!/bin/sh
exec /opt/virtfn/dist/virtfn "$@"
`;

/** Cards and channels first: the rest of the devices, terminals above all, is many and can wait. */
const triggerOrder = `[Service]
ExecStart=
ExecStart=-udevadm trigger --type=all --action=add --prioritized-subsystem=module,pci,virtio,virtio-ports,net,block
`;

/** Virtual machines run as root, so that no file needs another owner, and without AppArmor, which the host has not. */
const qemuConf = `security_driver = "none"
user = "root"
group = "root"
remember_owner = 0
`;

/** Asks nobody who they are: only hosts of the lab are on the management wire. */
const libvirtdConf = `auth_tcp = "none"
`;

/** What one host's libvirt uses to reach another's in a migration: \`qemu+tcp://fish-2/system\`. */
const libvirtTcpSocket = `[Socket]
BindToDevice=management
`;

export const guestFiles: readonly GuestFile[] = [
  { path: 'etc/systemd/system/virtfn-lab-agent.service', content: agentUnit },
  { path: 'etc/systemd/system/virtfn-lab-management.service', content: managementUnit },
  { path: 'etc/systemd/system/virtfn-lab-outside.service', content: outsideUnit },
  { path: 'etc/systemd/system/virtfn-lab-netdevsim.service', content: netdevsimUnit },
  { path: 'etc/systemd/system/systemd-udev-trigger.service.d/order.conf', content: triggerOrder },
  { path: 'etc/systemd/network/05-lab-outside.link', content: outsideLink },
  { path: 'etc/systemd/network/10-lab-management.link', content: managementLink },
  { path: 'etc/libvirt/qemu.conf', content: qemuConf },
  { path: 'etc/libvirt/libvirtd.conf', content: libvirtdConf },
  { path: 'etc/systemd/system/libvirtd-tcp.socket.d/lab.conf', content: libvirtTcpSocket },
  { path: 'usr/local/lib/virtfn-lab/set-up', content: setUpScript, executable: true },
  { path: 'usr/local/bin/virtfn', content: virtfnScript, executable: true },
  { path: 'etc/fstab', content: '/dev/vda / ext4 noatime 0 0\n/dev/vdb /opt/virtfn ext4 noatime 0 0\n' },
  { path: 'etc/systemd/journald.conf.d/lab.conf', content: '[Journal]\nStorage=volatile\n' },
  { path: 'etc/hostname', content: 'lab\n' },
  // Each host gets an identity of its own on the command line. With a missing file systemd would take every boot for the first.
  { path: 'etc/machine-id', content: '' },
  { path: 'etc/resolv.conf', content: '' },
];

/** Units that are on. */
export const enabledUnits: readonly string[] = [
  'virtfn-lab-agent.service',
  'virtfn-lab-management.service',
  'virtfn-lab-outside.service',
  'virtfn-lab-netdevsim.service',
  'libvirtd-tcp.socket',
];

/** Units that only cost time in a host that lives for minutes. libvirt still starts when something connects to its socket. */
export const maskedUnits: readonly string[] = [
  ...['apt-daily', 'apt-daily-upgrade', 'dpkg-db-backup', 'e2scrub_all', 'fstrim', 'logrotate'].map(
    (name) => `${name}.timer`,
  ),
  ...[
    'e2scrub_reap',
    'systemd-pstore',
    'getty@tty1',
    'serial-getty@ttyS0',
    'systemd-update-utmp',
    'sysfsutils',
    'systemd-logind',
  ].map((name) => `${name}.service`),
];

/** Units that their packages switch on and a test may want to start. */
export const disabledUnits: readonly string[] = [
  'libvirtd.service',
  'libvirt-guests.service',
  'machines.target',
];
