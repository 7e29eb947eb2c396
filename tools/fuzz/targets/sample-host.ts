import {
  fishMachine,
  observeMachine,
  setVfSetting,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import { type ObservedHost, parseMacAddress, parsePciAddress, parseVlan } from '@virtfn/model';

/** The host of the notes with VFs of which some are set, as all formats are exported from. */
export function observeHostWithVfs(): ObservedHost {
  const machine = fishMachine(new VirtualClock());
  const pf = machine.pf(parsePciAddress('0000:82:00.0'));
  writeSriovNumvfs(machine, pf, 4);
  machine.clock.advance(5000);
  for (const vfIndex of [0, 2]) {
    const vf = machine.vf(pf, vfIndex);
    setVfSetting(machine, pf, vf, {
      attribute: 'adminMac',
      value: parseMacAddress(`52:54:00:00:00:0${vfIndex}`),
    });
    setVfSetting(machine, pf, vf, { attribute: 'vlan', value: parseVlan(100, 3) });
    setVfSetting(machine, pf, vf, { attribute: 'trust', value: true });
    setVfSetting(machine, pf, vf, { attribute: 'spoofCheck', value: false });
    machine.clock.advance(5000);
  }
  return observeMachine(machine);
}
