import { Type } from 'typebox';

/**
 * Where libvirt takes machines that come to a host: `qemu+tls://HOST/system`. The daemon of another host, which is root there,
 * dials it: so none of the transports and parameters by which libvirt can be told to run a program
 * (https://libvirt.org/uri.html).
 */
export const MIGRATION_URI =
  '^qemu\\+(?:libssh2?|ssh|tcp|tls)://[A-Za-z0-9\\[][A-Za-z0-9.:@\\[\\]_-]*/system$';

export const MigrationUriText = Type.String({ pattern: MIGRATION_URI, maxLength: 1024 });
