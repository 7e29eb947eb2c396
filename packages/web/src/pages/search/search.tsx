import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { Fleet, Viewer } from '../../fleet/index.ts';
import { Empty, Loading, Problem } from '../../look/index.ts';
import { hostPath } from '../../paths/index.ts';
import { find } from './find.ts';
import type { Hit } from './hit.ts';

/** What whoever looks may search by. */
const KINDS: Readonly<Record<Viewer, string>> = {
  administrator: 'host, PCI address, MAC, IP, name or id of a port, or virtual machine',
  member: 'MAC, IP, name or id of a port, or UUID of a virtual machine',
  owner: 'host, PCI address, MAC, interface or virtual machine',
};

/** What the words in the address, `?q=`, mean. */
export function Search({ fleet }: { readonly fleet: Fleet }) {
  const [search] = useSearchParams();
  const words = search.get('q')?.trim() ?? '';
  const found = useSignal<readonly Hit[] | SriovError | null>(null);
  const viewer = fleet.viewer.value;
  useEffect(() => {
    found.value = null;
    if (words === '') return;
    let isWanted = true;
    void find(words, fleet)
      .catch(toSriovError)
      .then((answer) => {
        // Somebody has typed on meanwhile.
        if (isWanted) found.value = answer;
      });
    return () => {
      isWanted = false;
    };
  }, [words, viewer]);
  // Those are known already, and more of them may come.
  const hosts = [...fleet.hosts.value.keys()].filter((hostId) => words !== '' && hostId.includes(words));
  return (
    <>
      <h1>Search</h1>
      <section class="panel" aria-live="polite" aria-label="What was found">
        <Answer
          words={words}
          kinds={viewer === null ? '' : KINDS[viewer]}
          hosts={hosts}
          found={found.value}
        />
      </section>
    </>
  );
}

const hitOfHost = (hostId: string): Hit => ({
  kind: 'Host',
  href: hostPath(hostId),
  name: hostId,
  more: '',
});

interface AnswerProps {
  readonly words: string;
  readonly kinds: string;
  readonly hosts: readonly string[];
  readonly found: readonly Hit[] | SriovError | null;
}

function Answer({ words, kinds, hosts, found }: AnswerProps) {
  if (words === '') return <Empty>Search by {kinds}.</Empty>;
  if (found === null) return <Loading what={`what “${words}” may mean`} />;
  if (found instanceof Error) return <Problem error={found} />;
  const hits = [...hosts.map(hitOfHost), ...found];
  if (hits.length === 0)
    return (
      <Empty>
        Nothing is “{words}”: no {kinds}. Addresses and ids are to be given in full.
      </Empty>
    );
  return (
    <ul>
      {hits.map(({ kind, href, name, more }) => (
        <li key={`${kind}/${href}/${name}`}>
          {kind} <Link href={href}>{name}</Link> <span class="quiet">{more}</span>
        </li>
      ))}
    </ul>
  );
}
