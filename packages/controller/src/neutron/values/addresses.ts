import { formatIp, formatNetwork, parseIp, parseNetwork } from '../ip/index.ts';
import { pythonText } from '../wire/index.ts';
import { InvalidValue, type ParseValue } from './invalid-value.ts';

const MAC = /^[\da-f]{2}(?:[:-][\da-f]{2}){5}$/i;
const NO_MAC = '00:00:00:00:00:00';

/** Lower case with colons. Neutron takes multicast addresses too, a card does not: those are refused where a VF is asked for. */
export const macAddress: ParseValue<string> = (value) => {
  const mac =
    typeof value === 'string' && MAC.test(value) ? value.toLowerCase().replaceAll('-', ':') : NO_MAC;
  if (mac === NO_MAC) throw new InvalidValue(`'${pythonText(value)}' is not a valid MAC address`);
  return mac;
};

export const ipAddress: ParseValue<string> = (value) => {
  const ip = typeof value === 'string' ? parseIp(value) : null;
  if (ip === null) throw new InvalidValue(`'${pythonText(value)}' is not a valid IP address`);
  return formatIp(ip);
};

/** With nothing behind the prefix. */
export const subnetCidr: ParseValue<string> = (value) => {
  const network = typeof value === 'string' ? parseNetwork(value) : null;
  if (network === null) throw new InvalidValue(`'${pythonText(value)}' is not a valid IP subnet`);
  return formatNetwork(network);
};

/** An address, or a prefix. */
export const ipAddressOrCidr: ParseValue<string> = (value) => {
  if (typeof value === 'string' && value.includes('/')) return subnetCidr(value);
  return ipAddress(value);
};
