import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { Fleet } from '../../fleet/index.ts';
import { Empty, Loading, Problem } from '../../look/index.ts';
import { find, type Found } from './find.ts';

/** What the words in the address, `?q=`, mean. */
export function Search({ fleet }: { readonly fleet: Fleet }) {
  const [search] = useSearchParams();
  const words = search.get('q')?.trim() ?? '';
  const found = useSignal<Found | SriovError | null>(null);
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
  }, [words]);
  const hosts = [...fleet.hosts.value.keys()].filter((hostId) => words !== '' && hostId.includes(words));
  return (
    <>
      <h1>Search</h1>
      <section class="panel" aria-live="polite" aria-label="What was found">
        <Answer words={words} hosts={hosts} found={found.value} />
      </section>
    </>
  );
}

interface AnswerProps {
  readonly words: string;
  readonly hosts: readonly string[];
  readonly found: Found | SriovError | null;
}

function Answer({ words, hosts, found }: AnswerProps) {
  if (words === '')
    return <Empty>Search by host, PCI address, MAC, IP, name or id of a port, or virtual machine.</Empty>;
  if (found === null) return <Loading what={`what “${words}” may mean`} />;
  if (found instanceof Error) return <Problem error={found} />;
  const { pfs, vfs, ports, attachments } = found;
  if (hosts.length + pfs.length + vfs.length + ports.length + attachments.length === 0)
    return (
      <Empty>
        Nothing is “{words}”: no host, PCI address, MAC, IP, port or virtual machine. Addresses and ids are to
        be given in full.
      </Empty>
    );
  return (
    <ul>
      {hosts.map((hostId) => (
        <Hit key={hostId} kind="Host" href={hostPath(hostId)} name={hostId} />
      ))}
      {pfs.map(({ hostId, pf }) => (
        <Hit
          key={`${hostId}/${pf.pciAddress}`}
          kind="PF"
          href={hostPath(hostId)}
          name={`${pf.netdevName ?? pf.pciAddress} of ${hostId}`}
        >
          {pf.pciAddress}
        </Hit>
      ))}
      {vfs.map(({ hostId, pf, pfNetdevName, vf, state }) => (
        <Hit
          key={`${hostId}/${vf.pciAddress}`}
          kind="VF"
          href={vfPath(hostId, pf, vf.vfIndex)}
          name={`VF ${vf.vfIndex} of ${pfNetdevName ?? pf} of ${hostId}`}
        >
          {state}
        </Hit>
      ))}
      {ports.map(({ id, name, status }) => (
        <Hit
          key={id}
          kind="Port"
          href={`/ports/${id}`}
          name={typeof name === 'string' && name !== '' ? name : id}
        >
          {String(status)}
        </Hit>
      ))}
      {attachments.map(({ attachmentId, hostId, pf, vfIndex, vm, portId }) => (
        <Hit
          key={attachmentId}
          kind="Virtual machine"
          href={vfIndex === null ? hostPath(hostId) : vfPath(hostId, pf, vfIndex)}
          name={`${vm?.name ?? vm?.domainId ?? ''} on ${hostId}`}
        >
          port {portId}
        </Hit>
      ))}
    </ul>
  );
}

interface HitProps {
  readonly kind: string;
  readonly href: string;
  readonly name: string;
  readonly children?: ComponentChildren;
}

function Hit({ kind, href, name, children }: HitProps) {
  return (
    <li>
      {kind} <Link href={href}>{name}</Link> <span class="quiet">{children}</span>
    </li>
  );
}

const hostPath = (hostId: string): string => `/hosts/${encodeURIComponent(hostId)}`;
const vfPath = (hostId: string, pf: string, vfIndex: number): string =>
  `${hostPath(hostId)}?vf=${pf}/${vfIndex}`;
