import { LabError } from './lab-error.ts';
import type { LabHost } from './lab-host.ts';
import { pciAddressOf } from './topologies/index.ts';

/** An 82576 port has 7 VFs at most under Linux. */
const vfsPerPort = 7;

/**
 * Proves that the VFs of a host live: enables all of each port, sends one ping between two of them, and takes them away
 * again. Calls that succeed prove nothing: with dead VFs each of them does.
 *
 * @throws {LabError} with what was seen
 */
export async function testCards(host: LabHost): Promise<void> {
  const [first, ...others] = host.topology.cards;
  if (first === undefined) return;
  const onSameWire = others.find(({ wire }) => wire === first.wire);
  // The other end is a VF of another port on the same wire, or else a second VF of the same port.
  const from = `${pciAddressOf(first)}/virtfn0`;
  const to =
    onSameWire === undefined ? `${pciAddressOf(first)}/virtfn1` : `${pciAddressOf(onSameWire)}/virtfn0`;
  const ports = host.topology.cards.map(pciAddressOf);
  const { status, stdout, stderr } = await host.exec(
    ['bash', '-c', script, 'self-test', from, to, ...ports],
    {
      timeoutMs: 120_000,
    },
  );
  if (status === 0) return;
  throw new LabError(
    `Cannot use the cards of ${host.name}: a VF does not do what a VF does\n${stdout}${stderr}`,
  );
}

const script = `
set -euo pipefail
from=$1 to=$2; shift 2
devices=/sys/bus/pci/devices
give_up() { echo "$*" >&2; dmesg | tail -15 >&2; exit 1; }
wait_for() { # a path pattern
  for _ in {1..300}; do compgen -G "$1" > /dev/null && return; sleep 0.1; done
  give_up "no $1 after 30 s"
}
netdev() { wait_for "$devices/$1/net/*"; basename "$devices/$1/net/"*; }
clean_up() {
  ip netns delete lab-a 2> /dev/null || true
  ip netns delete lab-b 2> /dev/null || true
  set_all 0 "$@"
}
set_all() { # a number of VFs, for all ports at the same time
  local number=$1 jobs=() job; shift
  for port; do echo "$number" > "$devices/$port/sriov_numvfs" & jobs+=($!); done
  for job in "\${jobs[@]}"; do wait "$job"; done
}
trap 'clean_up "$@"' EXIT
for port; do
  [ -e "$devices/$port/sriov_numvfs" ] || give_up "no SR-IOV device at $port: $(lspci -nn)"
  ip link set "$(netdev "$port")" up
done
set_all ${vfsPerPort} "$@"
netdev "$from" > /dev/null
netdev "$to" > /dev/null
udevadm settle --timeout=30
for end in "a $from 1" "b $to 2"; do
  read -r name place number <<< "$end"
  ip netns add "lab-$name"
  device=$(netdev "$place")
  ip link set "$device" netns "lab-$name"
  ip -n "lab-$name" address add "10.255.0.$number/24" dev "$device"
  ip -n "lab-$name" link set "$device" up
done
ip netns exec lab-a ping -q -c 1 -w 30 10.255.0.2 || give_up "VFs exist and pass nothing: $(ip -n lab-a -d link)"
clean_up "$@"
trap - EXIT
for port; do
  [ "$(< "$devices/$port/sriov_numvfs")" = 0 ] || give_up "$port keeps its VFs"
  ip link set "$(netdev "$port")" down
done
udevadm settle --timeout=30
`;
