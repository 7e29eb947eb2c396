import { type HostId, SriovError } from '@virtfn/model';
import { findHost, type Store, type StoredHost } from '../store/index.ts';

/** @throws {SriovError} HOST_UNKNOWN, STORE_FAILED */
export async function getHost(store: Store, hostId: HostId): Promise<StoredHost> {
  const host = await store.read('read a host', (db) => findHost(db, hostId));
  if (host !== undefined) return host;
  throw new SriovError('HOST_UNKNOWN', `Cannot find host "${hostId}": no agent of that name has reported`, {
    details: { host: hostId },
  });
}
