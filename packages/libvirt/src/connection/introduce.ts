import { authList, authPolkit, connectOpen, FEATURE_KEEP_ALIVE, supportsFeature } from '../codec/index.ts';
import type { CallOptions, Connection } from './connection.ts';
import { LibvirtError, LibvirtUnavailable } from './libvirt-error.ts';

interface Introduction {
  readonly uri: string;
  readonly readOnly: boolean;
  /** Whether pings will be sent, which the daemon wants to be asked about first. */
  readonly pings: boolean;
  readonly signal: AbortSignal;
}

/** The first words on a connection, in the order in which libvirt's own client says them (doRemoteOpen). */
export async function introduce(
  connection: Connection,
  { uri, readOnly, pings, signal }: Introduction,
): Promise<void> {
  const options: CallOptions = { timeoutMs: null, signal };
  const types = await connection.call(authList, null, options);
  if (!types.includes('none')) {
    if (!types.includes('polkit')) {
      throw new LibvirtUnavailable('authentication', `the daemon wants ${types.join(' or ')}`);
    }
    await askPolkit(connection, options);
  }
  if (pings) await connection.call(supportsFeature, { feature: FEATURE_KEEP_ALIVE }, options);
  await connection.call(connectOpen, { uri, readOnly }, options);
}

/** Where polkit's rules want a person to be asked, and no agent runs that could, it says no. */
async function askPolkit(connection: Connection, options: CallOptions): Promise<void> {
  try {
    await connection.call(authPolkit, null, options);
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error;
    throw new LibvirtUnavailable('authentication', 'polkit does not let this user in', error);
  }
}
