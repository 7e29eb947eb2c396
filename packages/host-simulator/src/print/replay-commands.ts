import { type MacAddress, parseMacAddress, parseNetdevName, parseVlan, type VfSetting } from '@virtfn/model';
import { vfioPci } from '../drivers/index.ts';
import {
  addFdbEntry,
  setEswitchMode,
  setPfDriver,
  setPfMtu,
  setPfPromiscuous,
  setPfUp,
  setVfDriver,
  setVfSetting,
  writeSriovNumvfs,
} from '../kernel/index.ts';
import { type SimulatedMachine, type SimulatedPf, type SimulatedVf, vfAddress } from '../machine/index.ts';

/** Runs printed commands on a machine as a shell would, and waits after each until all has settled. For tests. */
export function replayCommands(machine: SimulatedMachine, commands: string): void {
  const overrides = new Map<string, string>();
  for (const line of commands.split('\n').filter((each) => each !== '')) {
    runCommand(machine, overrides, line);
    machine.clock.advance(5000);
  }
}

function runCommand(machine: SimulatedMachine, overrides: Map<string, string>, line: string): void {
  const words = line.split(' ');
  const [program, ...rest] = words;
  if (program === 'ip') return setLink(machine, rest.slice(2));
  if (program === 'bridge') {
    const [, , mac = '', , name = ''] = rest;
    return addFdbEntry(machine, pfByName(machine, name), parseMacAddress(mac));
  }
  if (program === 'devlink') {
    const mode = rest.at(-1) === 'switchdev' ? 'switchdev' : 'legacy';
    return setEswitchMode(machine, pfByAddress(machine, rest[3]?.replace('pci/', '') ?? ''), mode);
  }
  const file = words.at(-1) ?? '';
  const text = words.length === 4 ? (words[1] ?? '') : '';
  if (file.endsWith('/drivers_probe')) return probe(machine, text, overrides.get(text) ?? null);
  const [, address = '', name = ''] = /^\/sys\/bus\/pci\/devices\/([^/]+)\/(.+)$/.exec(file) ?? [];
  if (name === 'driver_override') overrides.set(address, text);
  else if (name === 'driver/unbind') probe(machine, address, 'none');
  else writePfFile(machine, pfByAddress(machine, address), name, text);
}

function writePfFile(machine: SimulatedMachine, pf: SimulatedPf, name: string, text: string): void {
  if (name === 'sriov_numvfs') writeSriovNumvfs(machine, pf, Number(text));
  else if (name === 'sriov_drivers_autoprobe') pf.driversAutoprobe = text === '1';
  else throw new RangeError(`no such file: ${name}`);
}

function probe(machine: SimulatedMachine, address: string, driver: string | null): void {
  const pf = machine.pfs.find((each) => each.address === address);
  if (pf !== undefined) return setPfDriver(machine, pf, driver === 'vfio-pci' ? vfioPci : null);
  const { owner, vf } = vfBy(machine, (of, each) => vfAddress(of, each.vfIndex) === address);
  if (driver === null && !owner.driversAutoprobe) throw new RangeError(`nothing binds to ${address}`);
  setVfDriver(machine, owner, vf, driver === 'vfio-pci' || driver === 'none' ? driver : 'kernel');
}

/** `NAME up`, `NAME mtu 9000`, `NAME vf 0 vlan 100 qos 3 proto 802.1ad`, … */
function setLink(machine: SimulatedMachine, words: readonly string[]): void {
  const [name = '', what, value = ''] = words;
  const pf = machine.pfs.find((each) => each.netdevName === name);
  if (pf === undefined) {
    const { vf } = vfBy(machine, (_, each) => each.netdevName === parseNetdevName(name));
    vf.mtu = Number(value);
  } else if (what === 'up' || what === 'down') setPfUp(machine, pf, what === 'up');
  else if (what === 'mtu') setPfMtu(machine, pf, Number(value));
  else if (what === 'promisc') setPfPromiscuous(machine, pf, value === 'on');
  else setVfSetting(machine, pf, machine.vf(pf, Number(value)), settingOf(words.slice(3)));
}

function settingOf(words: readonly string[]): VfSetting {
  const after = (word: string): string | undefined => {
    const at = words.indexOf(word);
    return at < 0 ? undefined : words[at + 1];
  };
  const [first, value = ''] = words;
  const rate = (word: string): number | null => (after(word) === undefined ? null : Number(after(word)));
  switch (first) {
    case 'mac':
      return { attribute: 'adminMac', value: value as MacAddress };
    case 'vlan':
      return {
        attribute: 'vlan',
        value: parseVlan(Number(value), Number(after('qos') ?? 0), after('proto')),
      };
    case 'spoofchk':
      return { attribute: 'spoofCheck', value: value === 'on' };
    case 'trust':
      return { attribute: 'trust', value: value === 'on' };
    case 'state':
      return { attribute: 'linkState', value: value === 'enable' || value === 'disable' ? value : 'auto' };
    case 'max_tx_rate':
    case 'min_tx_rate':
      return {
        attribute: 'rate',
        value: { minTxRateMbps: rate('min_tx_rate'), maxTxRateMbps: rate('max_tx_rate') },
      };
    default:
      throw new RangeError(`no such setting: ${words.join(' ')}`);
  }
}

function pfByName(machine: SimulatedMachine, name: string): SimulatedPf {
  return found(
    machine.pfs.find((pf) => pf.netdevName === name),
    name,
  );
}

function pfByAddress(machine: SimulatedMachine, address: string): SimulatedPf {
  return found(
    machine.pfs.find((pf) => pf.address === address),
    address,
  );
}

function vfBy(
  machine: SimulatedMachine,
  isIt: (owner: SimulatedPf, vf: SimulatedVf) => boolean,
): { readonly owner: SimulatedPf; readonly vf: SimulatedVf } {
  const all = machine.pfs.flatMap((owner) => owner.vfs.map((vf) => ({ owner, vf })));
  return found(
    all.find(({ owner, vf }) => isIt(owner, vf)),
    'VF',
  );
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`no such device: ${what}`);
  return value;
}
