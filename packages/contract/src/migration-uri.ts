import { Type } from 'typebox';

const USER = '(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?';
const HOST = '(?:[A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?\\])(?::[0-9]{1,5})?';
const FLAG = '(?:no_sanity|no_tty|no_verify)=[01]';

/**
 * Where libvirt takes machines that come to a host: `qemu+tls://HOST/system`. The daemon of another host, which is root there,
 * dials it: so none of the transports and parameters by which libvirt can be told to run a program, or to use a file
 * (https://libvirt.org/uri.html).
 */
export const MIGRATION_URI = `^qemu\\+(?:libssh2?|ssh|tcp|tls)://${USER}${HOST}/system(?:\\?${FLAG}(?:&${FLAG})*)?$`;

export const MigrationUriText = Type.String({ pattern: MIGRATION_URI, maxLength: 1024 });
