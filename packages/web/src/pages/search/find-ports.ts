import type { NeutronClient } from '@virtfn/contract/neutron-client';
import { KINDS } from '../../neutron/index.ts';
import type { Hit } from './hit.ts';
import { questionsFor } from './questions.ts';

/** More of one kind say nothing more than that the words are too few. */
const MOST = 50;

/** The ports that words may mean, each once. @throws {SriovError} what Neutron's API refuses, or CONTROLLER_UNREACHABLE */
export async function findPorts(words: string, neutron: NeutronClient): Promise<readonly Hit[]> {
  const lists = await Promise.all(
    questionsFor(words).ports.map((filter) => neutron.list(KINDS.port, { ...filter, limit: String(MOST) })),
  );
  const byId = new Map(lists.flat().map((port) => [port.id, port]));
  return [...byId.values()].map(({ id, name, status }) => ({
    kind: 'Port',
    href: `/ports/${id}`,
    name: typeof name === 'string' && name !== '' ? name : id,
    more: String(status),
  }));
}
