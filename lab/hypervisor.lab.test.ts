import { openLibvirtHypervisor } from '@virtfn/host-linux';
import { hypervisorContract } from '@virtfn/host/contract';
import { findDomain, parseMacAddress, parseNetdevName, parsePciAddress } from '@virtfn/model';
import { setTimeout as sleep } from 'node:timers/promises';
import { relaySocket } from './relay-socket.ts';
import { labUnderTest, resetHost } from './testing.ts';
import { LabVm, prepareHosts } from './virtual-machine/index.ts';

// The suite that the simulated hypervisor passes in every build, on libvirt, QEMU and a guest that boots. The hypervisor runs here
// and speaks to the libvirt of the host: the machine is driven from here, too.

const SLOTS = 5;

hypervisorContract('libvirt and QEMU', async () => {
  const lab = labUnderTest();
  const host = lab.host('fish-1');
  const vm = new LabVm('contract', [host]);
  await resetHost(host);
  await prepareHosts([host]);
  await vm.remove();
  const said = await host.sh(`
    ip link show br-contract > /dev/null 2>&1 || ip link add br-contract type bridge
    ip link set br-contract up
    ip link set enp1s0 up
    echo 2 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs
    udevadm settle
    cd /sys/bus/pci/devices/0000:01:00.0
    basename "$(readlink virtfn0)"; ls virtfn1/net
  `);
  const [address = '', netdevName = ''] = said.trim().split('\n');
  const relay = await relaySocket(host, '/run/libvirt/libvirt-sock');
  const hypervisor = openLibvirtHypervisor({ socketPath: relay.path, patienceMs: 30_000 });
  const bridge = { kind: 'bridge', bridge: parseNetdevName('br-contract') } as const;
  await vm.define();
  return {
    hypervisor,
    domainId: findDomain(await hypervisor.observe(), vm.name).domainId,
    name: vm.name,
    slots: SLOTS,
    bridge,
    sources: [
      { kind: 'vf', pciAddress: parsePciAddress(address) },
      { kind: 'macvtap', netdevName: parseNetdevName(netdevName) },
      bridge,
    ],
    readVfMac: async () => {
      const shown = await host.sh("ip link show enp1s0 | grep -o 'vf 0 .*link/ether [0-9a-f:]*'");
      const mac = shown.trim().slice(-17);
      return mac === '00:00:00:00:00:00' ? null : parseMacAddress(mac);
    },
    start: () => vm.start(),
    destroy: async () => void (await vm.virsh('destroy', vm.name)),
    undefine: async () => void (await vm.virsh('undefine', vm.name)),
    setDeaf: (isDeaf) => vm.ignoreHotPlug(isDeaf),
    pass: (ms) => sleep(ms),
    close: async () => {
      await hypervisor.close();
      relay.close();
      await vm.remove();
      await host.sh('ip link delete br-contract');
      await resetHost(host);
      await lab.disconnect();
    },
  };
});
