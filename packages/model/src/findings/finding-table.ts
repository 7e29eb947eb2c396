export type Severity = 'info' | 'warning' | 'critical';

interface FindingEntry {
  readonly title: string;
  readonly severity: Severity;
  /** What it means for the operator. docs/operators/when-it-does-not-work.md shows it. */
  readonly meaning: string;
  /** What to type where nothing is known of the machine; a finding's own hint says it for that machine. */
  readonly remedy: string;
}

/**
 * Every standing trouble that doctor, agent and dashboard know, with the words for it. A code is public: it is never
 * renamed and never used again for something else.
 */
export const FINDING_TABLE = {
  'no-sriov-card': {
    title: 'This machine has no SR-IOV card',
    severity: 'warning',
    meaning: 'No network card with SR-IOV is to be seen: there is none, or this is a container or a guest',
    remedy: '`lspci -nn \\| grep -i ethernet`, and compare with docs/drivers.md',
  },
  'kernel-without-sriov': {
    title: 'The kernel is built without SR-IOV',
    severity: 'warning',
    meaning: 'The card can do SR-IOV, but the kernel lacks CONFIG_PCI_IOV',
    remedy: 'Boot a kernel of the distribution; Debian: `apt install linux-image-amd64`',
  },
  'firmware-sriov-off': {
    title: 'SR-IOV is switched off in firmware',
    severity: 'warning',
    meaning: 'The card can do SR-IOV, but its firmware or the BIOS allows 0 VFs',
    remedy: 'Enable SR-IOV in the BIOS; ConnectX: `mstconfig -d ADDRESS set SRIOV_EN=1 NUM_OF_VFS=8`',
  },
  'sriov-without-driver': {
    title: 'A card can do SR-IOV, but no driver is bound to it',
    severity: 'warning',
    meaning: 'Only the driver of a PF can make VFs, and this PF has none',
    remedy: '`modprobe DRIVER`',
  },
  'driver-blacklisted': {
    title: 'A driver that SR-IOV needs is blacklisted',
    severity: 'warning',
    meaning: 'A file of modprobe.d or the kernel command line forbids to load the module',
    remedy: 'Delete the line that the finding names, then `modprobe DRIVER`',
  },
  'driver-without-sriov': {
    title: 'The driver of a PF cannot change the number of VFs',
    severity: 'warning',
    meaning: 'This driver makes VFs only when it is loaded, by a module option',
    remedy: '`modinfo -p DRIVER` shows the option',
  },
  'pf-passed-through': {
    title: 'A PF is passed through as a whole',
    severity: 'warning',
    meaning: 'The PF is bound to VFIO or the like, so it can have no VFs',
    remedy: '`echo ADDRESS > /sys/bus/pci/devices/ADDRESS/driver/unbind`, then give it to its own driver',
  },
  'mmio-exhausted': {
    title: "There is no room for the VFs' registers",
    severity: 'critical',
    meaning: 'BIOS or kernel found no memory addresses for the VFs, and enabling them fails with ENOMEM',
    remedy: 'Enable "above 4G decoding" in the BIOS, or boot with `pci=realloc`',
  },
  'bus-numbers-exhausted': {
    title: 'There are not enough bus numbers for all VFs',
    severity: 'warning',
    meaning: 'The last VFs would lie on a PCI bus that the bridge above the card does not reach',
    remedy: 'Enable ARI and SR-IOV in the BIOS, or boot with `pci=assign-busses`',
  },
  'cpu-virtualization-off': {
    title: 'The processor offers no virtualization',
    severity: 'warning',
    meaning:
      'The CPU flag vmx or svm is missing: switched off in the BIOS, or this is a guest without nesting',
    remedy: 'Enable "Intel Virtualization Technology" or "SVM Mode" in the BIOS',
  },
  'iommu-firmware-off': {
    title: 'The IOMMU is switched off in the BIOS',
    severity: 'critical',
    meaning: 'The firmware has no DMAR (Intel VT-d) or IVRS (AMD-Vi) table, so no VF can be given to a VM',
    remedy: 'Enable "VT-d" or "AMD-Vi", "IOMMU" in the BIOS',
  },
  'iommu-off': {
    title: 'The kernel does not use the IOMMU',
    severity: 'critical',
    meaning:
      'The machine has an IOMMU, but the kernel command line does not switch it on, or switches it off',
    remedy:
      'Boot with `intel_iommu=on iommu=pt`; Fedora: `grubby --update-kernel=ALL --args="intel_iommu=on iommu=pt"`',
  },
  'no-iommu-groups': {
    title: 'There are no IOMMU groups',
    severity: 'critical',
    meaning: 'The kernel made no IOMMU groups, so VFIO cannot give a VF to a VM',
    remedy: '`dmesg \\| grep -i -e DMAR -e AMD-Vi -e IOMMU`',
  },
  'iommu-group-shared': {
    title: 'VFs share an IOMMU group',
    severity: 'warning',
    meaning: 'What is in one group can only be given to one VM: a bridge above the card has no ACS',
    remedy: 'Enable ACS in the BIOS, or put the card into a slot of the processor',
  },
  'interrupt-remapping-off': {
    title: 'Interrupts are not remapped',
    severity: 'warning',
    meaning: 'Without interrupt remapping VFIO refuses to give a VF to a VM',
    remedy: 'Enable interrupt remapping or x2APIC in the BIOS, and boot without `intremap=off`',
  },
  'vfio-missing': {
    title: 'The kernel has no vfio-pci',
    severity: 'critical',
    meaning: 'VFs are given to VMs by the driver vfio-pci, which is not installed',
    remedy: 'Ubuntu: `apt install linux-modules-extra-$(uname -r)`; Debian: `apt install linux-image-amd64`',
  },
  'kernel-lockdown': {
    title: 'Kernel lockdown stands in the way',
    severity: 'warning',
    meaning:
      'Under lockdown (Secure Boot) firmware tools cannot write to cards, and unsigned drivers are not loaded',
    remedy: 'Change the firmware with Secure Boot off; sign the driver, `mokutil --import KEY`',
  },
  'pf-down': {
    title: 'A PF is down',
    severity: 'warning',
    meaning: 'While a PF is down its VFs pass nothing, libvirt refuses them, and some drivers make none',
    remedy: '`ip link set NETDEV up`',
  },
  'pf-carries-default-route': {
    title: 'A PF carries the default route of this host',
    severity: 'info',
    meaning: 'A change of the number of VFs on it may cut the host off from the network',
    remedy: 'Use another PF, or have a console at hand',
  },
  'memlock-low': {
    title: 'Too little memory may be locked',
    severity: 'warning',
    meaning: 'VFIO locks all memory of a VM; above the limit the VM does not start',
    remedy: '`ulimit -l unlimited`, or `LimitMEMLOCK=infinity` in the unit',
  },
  'competing-owner': {
    title: 'Something else sets the VFs of a PF, too',
    severity: 'warning',
    meaning: 'A file of this machine makes or sets VFs, and would undo what virtfn does',
    remedy: 'Delete the line that the finding names',
  },
  'libvirt-missing': {
    title: 'libvirt is not installed',
    severity: 'info',
    meaning: 'VFs can be made and kept, but VMs of this host cannot be given one by libvirt',
    remedy: 'Debian: `apt install libvirt-daemon-system`; Fedora: `dnf install libvirt-daemon-kvm`',
  },
  'libvirt-unreachable': {
    title: 'libvirt is installed, but does not listen',
    severity: 'warning',
    meaning: 'No process listens on the socket of libvirt',
    remedy: '`systemctl enable --now virtqemud.socket`, or `libvirtd.socket`',
  },
  'processes-not-seen': {
    title: 'Who uses the VFs was not to be seen',
    severity: 'info',
    meaning:
      'The open files of other processes are shown to root only, so a VF may be in use though it looks free',
    remedy: '`sudo virtfn doctor`',
  },
  'not-all-seen': {
    title: 'Not everything was to be seen',
    severity: 'info',
    meaning: 'Some facts could not be read, so something may be wrong that is not told here',
    remedy: '`sudo virtfn doctor`',
  },
  'host-config-not-followed': {
    title: 'The host is not kept as its host.yaml wants it',
    severity: 'warning',
    meaning: 'host.yaml cannot be read, or names a PF that is not there',
    remedy: '`virtfn plan` on the host says what of it, and in which line',
  },
  'local-mac-unreachable': {
    title: 'VFs cannot reach something on their own host',
    severity: 'warning',
    meaning:
      'The card passes frames of VFs to a bridge over their PF only for MACs that it was told of, and it takes no more',
    remedy: '`bridge fdb show dev NETDEV self`, and docs/operators/reach-the-bridge.md',
  },
  'simulated-host': {
    title: 'This host exists in memory only',
    severity: 'info',
    meaning: 'It is a host of the simulator: nothing on it is real',
    remedy: 'Nothing',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;

export type FindingCode = keyof typeof FINDING_TABLE;
