import type { XdrReader } from '../xdr/index.ts';
import { bitsOf, type NodeDeviceCapability, nodeDeviceCapabilities } from './flags.ts';
import { nothing, remote } from './procedure.ts';

/** REMOTE_NODE_DEVICE_LIST_MAX. */
const NODE_DEVICES_MAX = 65_536;

const readText = (reader: XdrReader): string => reader.string();

export const listAllNodeDevices = remote(
  285,
  'virConnectListAllNodeDevices',
  (writer, { capabilities }: { readonly capabilities: readonly NodeDeviceCapability[] }) =>
    writer.int(1).uint(bitsOf(nodeDeviceCapabilities, capabilities)),
  (reader) => {
    const names = reader.array(NODE_DEVICES_MAX, readText);
    reader.uint(); // how many: the same
    return names;
  },
);

interface OfNodeDevice {
  /** libvirt's own: "pci_0000_3b_02_1". */
  readonly name: string;
}

export const nodeDeviceLookup = remote(
  113,
  'virNodeDeviceLookupByName',
  (writer, { name }: OfNodeDevice) => writer.string(name),
  readText,
);

export const nodeDeviceXml = remote(
  114,
  'virNodeDeviceGetXMLDesc',
  (writer, { name }: OfNodeDevice) => writer.string(name).uint(0),
  readText,
);

export const nodeDeviceParent = remote(
  115,
  'virNodeDeviceGetParent',
  (writer, { name }: OfNodeDevice) => writer.string(name),
  (reader) => reader.optional(readText),
);

/** Takes a device from its driver and gives it to vfio-pci. With two t in the protocol; the newer call has one. */
export const nodeDeviceDetach = remote(
  301,
  'virNodeDeviceDetachFlags',
  (writer, { name, driver }: OfNodeDevice & { readonly driver: string | null }) =>
    writer.string(name).optionalString(driver).uint(0),
  nothing,
);

export const nodeDeviceReattach = remote(
  119,
  'virNodeDeviceReAttach',
  (writer, { name }: OfNodeDevice) => writer.string(name),
  nothing,
);

export const nodeDeviceReset = remote(
  120,
  'virNodeDeviceReset',
  (writer, { name }: OfNodeDevice) => writer.string(name),
  nothing,
);
