import {
  capabilityOfDriver,
  isSriovError,
  type PciAddress,
  parseHostId,
  parsePciAddress,
  type Port,
  type QosRates,
  type Segment,
  vfSettingsOfPort,
} from '@virtfn/model';
import {
  type Choice,
  chooseFromFleet,
  chooseVf,
  type HostsByLoad,
  type ScheduleRequest,
  type SchedulerHost,
} from '../../scheduler/index.ts';
import type { BindingProfile, PortDocument } from '../documents/index.ts';
import { numaOf } from './guest.ts';
import { type CardVnicType, portOfDocument } from './port-of-document.ts';

/** A port that looks for a VF on one wire. */
export interface Search {
  readonly port: PortDocument;
  readonly vnicType: CardVnicType;
  readonly profile: BindingProfile;
  readonly segment: Segment;
  readonly qos: QosRates;
  readonly needsFilter: boolean;
  readonly strategy: ScheduleRequest['strategy'];
  readonly allowed: ScheduleRequest['allowed'];
  readonly apart: ScheduleRequest['apart'];
  readonly apartFrom: ScheduleRequest['apartFrom'];
}

/** What stands in the way before any host is looked at. */
export interface Hopeless {
  readonly kind: 'hopeless';
  readonly text: string;
}

/** The VF that a port gets of a host that was chosen already. */
export function chooseOfHost(search: Search, host: SchedulerHost): Choice | Hopeless {
  return choose(search, (request) => chooseVf({ ...request, hostId: parseHostId(host.hostId) }, [host]));
}

/** The VF that a port gets of all hosts but those. */
export function chooseOfFleet(
  search: Search,
  fleet: HostsByLoad,
  except: ReadonlySet<string> = new Set(),
): Choice | Hopeless {
  return choose(search, (request) => chooseFromFleet(request, fleet, except));
}

function choose(search: Search, chosen: (request: ScheduleRequest) => Choice): Choice | Hopeless {
  const { profile, vnicType, segment, strategy, apart, apartFrom, allowed } = search;
  if (asksForSwitchdev(profile)) {
    return {
      kind: 'hopeless',
      text: 'its profile asks for a VF in switchdev mode, which a port of OVS has and this kind of port has not',
    };
  }
  try {
    const port = portOfDocument(search.port, vnicType, search.qos);
    const request: ScheduleRequest = {
      vnicType,
      physicalNetwork: segment.physicalNetwork,
      settings: settingsOf(port, segment),
      needsSwitchdev: false,
      needsFilter: search.needsFilter,
      numa: numaOf(search.port, profile),
      hostId: null,
      pciAddress: slotOf(profile),
      strategy,
      apartFrom,
      apart,
      allowed,
    };
    return chosen(request);
  } catch (error) {
    if (isSriovError(error)) return { kind: 'hopeless', text: error.message };
    throw error;
  }
}

/** Nova tells so of VFs whose PF is in switchdev mode; Neutron's SR-IOV driver leaves those to OVS. */
function asksForSwitchdev({ capabilities }: BindingProfile): boolean {
  return Array.isArray(capabilities) && capabilities.includes('switchdev');
}

/** @throws {SriovError} PCI_ADDRESS_INVALID */
function slotOf({ pci_slot: slot }: BindingProfile): PciAddress | null {
  return typeof slot === 'string' && slot !== '' ? parsePciAddress(slot) : null;
}

/** A link state that every card has: which one it is in the end, the host decides by its card. */
function settingsOf(port: Port, segment: Segment): ScheduleRequest['settings'] {
  return { ...vfSettingsOfPort(port, segment, capabilityOfDriver('')), linkState: 'auto' };
}
