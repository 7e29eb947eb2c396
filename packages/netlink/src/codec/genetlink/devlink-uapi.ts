/** enum devlink_command, include/uapi/linux/devlink.h. Replies carry the command in the second place, where it differs. */
export const Command = {
  get: 1,
  new: 3,
  portGet: 5,
  portNew: 7,
  eswitchGet: 29,
  eswitchSet: 30,
  infoGet: 51,
  rateGet: 74,
  rateSet: 75,
  rateNew: 76,
} as const;

/** enum devlink_attr, with the width of the value. 61 is padding. */
export const Attribute = {
  busName: 1, // string
  devName: 2, // string
  portIndex: 3, // u32
  portType: 4, // u16
  portNetdevIfIndex: 6, // u32
  portNetdevName: 7, // string
  eswitchMode: 25, // u16
  eswitchInlineMode: 26, // u8
  eswitchEncapMode: 62, // u8
  portFlavour: 77, // u16
  portNumber: 78, // u32
  infoDriverName: 98, // string
  infoSerialNumber: 99, // string
  infoVersionFixed: 100, // nested
  infoVersionRunning: 101, // nested
  infoVersionStored: 102, // nested
  infoVersionName: 103, // string
  infoVersionValue: 104, // string
  portPciPfNumber: 127, // u16
  portPciVfNumber: 128, // u16
  portFunction: 145, // nested
  infoBoardSerialNumber: 146, // string
  portExternal: 149, // u8
  portControllerNumber: 150, // u32
  portPciSfNumber: 164, // u32
  rateType: 165, // u16
  rateTxShare: 166, // u64
  rateTxMax: 167, // u64
  rateNodeName: 168, // string
  rateParentNodeName: 169, // string
} as const;

/** enum devlink_port_function_attr, inside portFunction. */
export const FunctionAttribute = { hardwareAddress: 1, state: 2, opState: 3 } as const;

/** enum devlink_eswitch_mode; 2 is switchdev_inactive, since Linux 6.19. */
export const eswitchModes = ['legacy', 'switchdev', 'switchdev_inactive'] as const;
/** enum devlink_eswitch_inline_mode. */
export const eswitchInlineModes = ['none', 'link', 'network', 'transport'] as const;
/** enum devlink_port_flavour. */
export const portFlavours = [
  'physical',
  'cpu',
  'dsa',
  'pcipf',
  'pcivf',
  'virtual',
  'unused',
  'pcisf',
] as const;
/** enum devlink_port_type. */
export const portTypes = ['notset', 'auto', 'eth', 'ib'] as const;
