import type { Fleet } from '../../fleet/index.ts';
import { findInFleet } from './find-in-fleet.ts';
import { findOnHost } from './find-on-host.ts';
import { findPorts } from './find-ports.ts';
import type { Hit } from './hit.ts';

/**
 * Finds what words may mean beside names of hosts, of what whoever looks may see.
 *
 * @throws {SriovError} what is refused, or CONTROLLER_UNREACHABLE
 */
export async function find(words: string, fleet: Fleet): Promise<readonly Hit[]> {
  switch (fleet.viewer.value) {
    case 'administrator':
      return findInFleet(words, fleet);
    case 'member':
      return findPorts(words, fleet.neutron);
    case 'owner': {
      const { hosts } = await fleet.client.call('listHosts', {}, null);
      const documents = await Promise.all(
        hosts.map(({ hostId }) => fleet.client.call('getHost', { hostId }, null)),
      );
      return documents.flatMap((document) => findOnHost(words, document));
    }
    case null:
      return [];
  }
}
