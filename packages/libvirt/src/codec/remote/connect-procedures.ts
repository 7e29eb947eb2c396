import type { XdrReader } from '../xdr/index.ts';
import { nothing, nothingGiven, remote } from './procedure.ts';

/** enum remote_auth_type. */
const authTypes = ['none', 'sasl', 'polkit'] as const;
export type AuthType = (typeof authTypes)[number];

/** REMOTE_AUTH_TYPE_LIST_MAX. */
const AUTH_TYPES_MAX = 20;

/** Which ways the daemon offers to prove who one is. root is always offered 'none' (remoteDispatchAuthList). */
export const authList = remote(66, 'authList', nothingGiven, (reader): readonly AuthType[] =>
  reader.array(AUTH_TYPES_MAX, () => {
    const type = reader.int();
    const known = authTypes[type];
    if (known === undefined) throw reader.refuse('a way to authenticate', `${type}`);
    return known;
  }),
);

/** Has the daemon ask polkit about the process at the other end of the socket. Refused when it says no. */
export const authPolkit = remote(70, 'authPolkit', nothingGiven, (reader) => reader.int() !== 0);

/** Chooses the driver: nothing else is answered before. */
export const connectOpen = remote(
  1,
  'virConnectOpen',
  (writer, { uri, readOnly }: { readonly uri: string; readonly readOnly: boolean }) =>
    writer.optionalString(uri).uint(readOnly ? 1 : 0),
  nothing,
);

export const connectClose = remote(2, 'virConnectClose', nothingGiven, nothing);

/** VIR_DRV_FEATURE_PROGRAM_KEEPALIVE, src/libvirt_internal.h. */
export const FEATURE_KEEP_ALIVE = 10;

/** Asking for FEATURE_KEEP_ALIVE makes the daemon send pings of its own from then on. */
export const supportsFeature = remote(
  60,
  'connectSupportsFeature',
  (writer, { feature }: { readonly feature: number }) => writer.int(feature),
  (reader) => reader.int() !== 0,
);

/** A release of libvirt or of a hypervisor. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
}

function readVersion(reader: XdrReader): Version {
  // 1000000 * major + 1000 * minor + micro
  const number = reader.safeUhyper();
  return {
    major: Math.floor(number / 1_000_000),
    minor: Math.floor(number / 1000) % 1000,
    micro: number % 1000,
  };
}

/** The hypervisor's: QEMU's. */
export const getVersion = remote(4, 'virConnectGetVersion', nothingGiven, readVersion);

/** libvirt's own, on the other side. */
export const getLibVersion = remote(157, 'virConnectGetLibVersion', nothingGiven, readVersion);

export const getHostname = remote(59, 'virConnectGetHostname', nothingGiven, (reader) => reader.string());

export const getCapabilities = remote(7, 'virConnectGetCapabilities', nothingGiven, (reader) =>
  reader.string(),
);
