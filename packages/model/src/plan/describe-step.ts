import type { Step, VfSetting } from './step.ts';

function describeSetting(setting: VfSetting): string {
  switch (setting.attribute) {
    case 'adminMac':
      return setting.value === null ? 'clear the MAC' : `set MAC ${setting.value}`;
    case 'vlan':
      return setting.value === null
        ? 'clear the VLAN'
        : `set VLAN ${setting.value.id} (qos ${setting.value.qos}, ${setting.value.proto})`;
    case 'spoofCheck':
      return `${setting.value ? 'enable' : 'disable'} spoof check`;
    case 'trust':
      return `${setting.value ? 'enable' : 'disable'} trust`;
    case 'linkState':
      return `set link state ${setting.value}`;
    case 'rate': {
      const { minTxRateMbps: min, maxTxRateMbps: max } = setting.value;
      if (min === null && max === null) return 'clear the rates';
      return `set rates (min ${min ?? 'none'}, max ${max ?? 'none'} Mbit/s)`;
    }
  }
}

/** Says what a step does, for dry runs, logs and messages: "set VLAN 100 (qos 0, 802.1q) on VF 3 of PF 0000:82:00.1". */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'set-drivers-autoprobe':
      return `turn driver probing of new VFs ${step.enabled ? 'on' : 'off'} on PF ${step.pf}`;
    case 'set-num-vfs':
      return `set ${step.numVfs} VFs on PF ${step.pf} (now ${step.from})`;
    case 'reload-driver': {
      const { module, option } = step.moduleOption;
      return `load driver ${module} anew with ${option}=${step.numVfs}, for PFs ${step.pfs.join(', ')}`;
    }
    case 'set-eswitch-mode':
      return `set eswitch mode ${step.mode} on PF ${step.pf}`;
    case 'set-pf-up':
      return `bring PF ${step.pf} up`;
    case 'set-pf-mtu':
      return `set MTU ${step.mtu} on PF ${step.pf}`;
    case 'set-vf':
      return `${describeSetting(step.setting)} on VF ${step.vfIndex} of PF ${step.pf}`;
    case 'set-vf-driver': {
      const action = step.driver === 'none' ? 'take the driver off' : `bind the ${step.driver} driver to`;
      return `${action} VF ${step.vfIndex} of PF ${step.pf}`;
    }
    case 'set-vf-mtu':
      return `set MTU ${step.mtu} on VF ${step.vfIndex} of PF ${step.pf}`;
    case 'add-fdb-entry':
      return `let the VFs of PF ${step.pf} reach ${step.mac} on this host`;
    case 'remove-fdb-entry':
      return `take ${step.mac} out of the forwarding database of PF ${step.pf}`;
    case 'claim-fdb-entry':
      return `note ${step.mac} in the forwarding database of PF ${step.pf} as ours`;
    case 'release-fdb-entry':
      return `note ${step.mac} in the forwarding database of PF ${step.pf} as gone`;
    case 'claim-vf':
      return `note VF ${step.vfIndex} of PF ${step.pf} as taken by attachment ${step.attachmentId}`;
    case 'release-vf':
      return `note VF ${step.vfIndex} of PF ${step.pf} as given back by attachment ${step.attachmentId}`;
  }
}
