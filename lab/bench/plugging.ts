import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Hypervisor } from '@virtfn/host';
import { openLibvirtHypervisor } from '@virtfn/host-linux';
import {
  type DomainStep,
  findDomain,
  interfaceAlias,
  parseAttachmentId,
  parseMacAddress,
  parsePciAddress,
} from '@virtfn/model';
import { summarize } from '../../bench/measure.ts';
import type { Row } from '../../bench/table.ts';
import type { BenchHost } from './bench-host.ts';
import { withAgent } from './with-agent.ts';

const run = promisify(execFile);
const ROUNDS = 10;
const GUEST_TAKES_MS = 2000;
const MAC = '52:54:00:be:9c:01';

/** In and out of a machine. */
interface Way {
  readonly name: string;
  readonly plug: () => Promise<unknown>;
  readonly unplug: () => Promise<unknown>;
}

/** From the question until a VF is in a running machine, and until it is out: by virsh, by the port to libvirt, by the agent. */
export async function benchPlugging({ first, setNumVfs }: BenchHost, vm: string): Promise<readonly Row[]> {
  setNumVfs(1, first);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bench-'));
  const hypervisor = openLibvirtHypervisor({ patienceMs: 60_000 });
  try {
    const vf = path.basename(readlinkSync(`${first.folder}/virtfn0`));
    const ways: readonly Way[] = [virshWay(folder, vf, vm), await portWay(hypervisor, vf, vm)];
    const [virsh, port] = await timeInTurns(ways, () => isOut(hypervisor, vf, vm));
    // The VF is the agent's alone then: whoever plugs it beside it would be told to stop.
    const [whole] = await withAgent(first, MAC, vm, (way) =>
      timeInTurns([way], () => isOut(hypervisor, vf, vm)),
    );
    if (virsh === undefined || port === undefined || whole === undefined)
      throw new Error('nothing was timed');
    return [
      ...rowsOf('attach', virsh.plug, port.plug, whole.plug),
      ...rowsOf('detach', virsh.unplug, port.unplug, whole.unplug),
    ];
  } finally {
    await hypervisor.close();
    rmSync(folder, { recursive: true });
    setNumVfs(0, first);
  }
}

/** As an operator does it; `detach-device` waits for the guest some seconds. */
function virshWay(folder: string, vf: string, vm: string): Way {
  const file = path.join(folder, 'vf.xml');
  const [, bus = '', slot = '', fn = ''] = /^\w+:(\w+):(\w+)\.(\w)$/.exec(vf) ?? [];
  writeFileSync(
    file,
    `<interface type='hostdev' managed='yes'><mac address='${MAC}'/><source><address type='pci' domain='0x0000' bus='0x${bus}' slot='0x${slot}' function='0x${fn}'/></source></interface>`,
  );
  return {
    name: 'virsh',
    plug: () => run('virsh', ['attach-device', vm, file, '--live']),
    unplug: () => run('virsh', ['detach-device', vm, file, '--live']),
  };
}

async function portWay(hypervisor: Hypervisor, vf: string, vm: string): Promise<Way> {
  const { domainId } = findDomain(await hypervisor.observe(), vm);
  const attachmentId = parseAttachmentId('bench');
  const alias = interfaceAlias(attachmentId, 'port');
  const rest = { domainId, vm, attachmentId, scope: 'live' } as const;
  const apply = async (step: DomainStep): Promise<void> => {
    while ((await hypervisor.apply(step)).kind === 'asked') await sleep(50);
  };
  const source = { kind: 'vf', pciAddress: parsePciAddress(vf) } as const;
  return {
    name: 'port',
    plug: () =>
      apply({
        kind: 'attach-interface',
        ...rest,
        interface: { alias, mac: parseMacAddress(MAC), vlanId: null, source, teaming: null },
      }),
    unplug: () => apply({ kind: 'detach-interface', ...rest, alias }),
  };
}

interface Medians {
  readonly plug: number;
  readonly unplug: number;
}

/** In turns, so that what else the machine does meets all of them. The first round is not counted. */
async function timeInTurns(
  ways: readonly Way[],
  isOver: () => Promise<boolean>,
): Promise<readonly Medians[]> {
  const times = ways.map((way) => ({ way, plug: [] as number[], unplug: [] as number[] }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { way, plug, unplug } of times) {
      const begin = performance.now();
      await way.plug();
      const between = performance.now();
      if (await isOver()) throw new Error(`by ${way.name} the VF is not in the machine`);
      // By then its guest has done with finding it, and listens again.
      await sleep(GUEST_TAKES_MS);
      const asked = performance.now();
      await way.unplug();
      const end = performance.now();
      if (round > 0) {
        plug.push(between - begin);
        unplug.push(end - asked);
      }
      for (let looks = 0; !(await isOver()); looks += 1) {
        if (looks > 100) throw new Error(`by ${way.name} the VF does not come out`);
        await sleep(50);
      }
    }
  }
  return times.map(({ plug, unplug }) => ({
    plug: summarize(plug).median,
    unplug: summarize(unplug).median,
  }));
}

/** Whether the machine has no interface any more, and the host has its VF back. */
async function isOut(hypervisor: Hypervisor, vf: string, vm: string): Promise<boolean> {
  const { live } = findDomain(await hypervisor.observe(), vm);
  const driver = `/sys/bus/pci/devices/${vf}/driver`;
  return live.length === 0 && !(existsSync(driver) && readlinkSync(driver).endsWith('/vfio-pci'));
}

function rowsOf(what: 'attach' | 'detach', virsh: number, port: number, whole: number): readonly Row[] {
  return [
    { name: `\`virsh ${what}-device\``, figure: virsh, unit: 'ms' },
    { name: `${what} by the port to libvirt, read back`, figure: port, unit: 'ms' },
    { name: `${what} by the agent, the VF set up or closed, read back`, figure: whole, unit: 'ms' },
    {
      name: `${what}, times virsh`,
      figure: port / virsh,
      unit: 'x',
      aim: { text: '< 1.1', holds: port / virsh < 1.1 },
    },
    { name: `${what} by the agent, times virsh`, figure: whole / virsh, unit: 'x' },
  ];
}
