import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';

export interface LibvirtFacts {
  /** The daemon that is installed: the modular one if both are. */
  readonly daemon: 'virtqemud' | 'libvirtd' | null;
  /** Whether a process listens on its socket, so that a connection would be taken; null: not seen. */
  readonly isListening: boolean | null;
}

const DAEMONS = ['virtqemud', 'libvirtd'] as const;
const PLACES = ['/usr/sbin', '/usr/bin', '/usr/local/sbin'];
const SOCKET = /\/run\/libvirt\/(?:libvirt-sock|virtqemud-sock)$/;
/** Flags of a socket that takes connections (__SO_ACCEPTCON). */
const LISTENS = '00010000';
const LIMIT = 8 << 20;

/**
 * /proc/net/unix lists who listens on which path, so a connection need not be tried, and a snapshot can tell it too.
 * systemd listens for a daemon that it starts at the first connection.
 */
export function readLibvirt(reader: SysfsReader): LibvirtFacts {
  const isThere = (daemon: string): boolean => PLACES.some((place) => reader.has(`${place}/${daemon}`));
  const hasSocket = reader.has('/run/libvirt/libvirt-sock') || reader.has('/run/libvirt/virtqemud-sock');
  const sockets = reader.text('/proc/net/unix', LIMIT);
  return {
    daemon: DAEMONS.find(isThere) ?? (hasSocket ? 'libvirtd' : null),
    isListening: sockets === null ? null : hasSocket && sockets.split('\n').some(listensForLibvirt),
  };
}

/** `ffff8d…: 00000002 00000000 00010000 0001 01 23881 /run/libvirt/libvirt-sock` */
function listensForLibvirt(line: string): boolean {
  return line.trim().split(/\s+/)[3] === LISTENS && SOCKET.test(line);
}
