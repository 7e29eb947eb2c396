import type { HostDocument } from '@virtfn/contract';
import { Empty } from '../../look/index.ts';

type Finding = HostDocument['findings'][number];

const SIGNS: Readonly<Record<Finding['severity'], { readonly sign: string; readonly look: string }>> = {
  info: { sign: '○', look: 'quiet' },
  warning: { sign: '◆', look: 'busy' },
  critical: { sign: '▲', look: 'bad' },
};

/** What stands out about a host, the worst first, and what to do about it. */
export function FindingList({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return <Empty>Nothing stands out.</Empty>;
  const rank = Object.keys(SIGNS);
  const worstFirst = findings.toSorted((a, b) => rank.indexOf(b.severity) - rank.indexOf(a.severity));
  return (
    <>
      {worstFirst.map((finding) => (
        <article key={`${finding.code}/${finding.pf}/${finding.text}`}>
          <p>
            <strong class={SIGNS[finding.severity].look}>
              {SIGNS[finding.severity].sign} {finding.title}
            </strong>{' '}
            <span class="quiet">{finding.severity}</span> <code>{finding.code}</code>
          </p>
          <p>{finding.text}</p>
          <p class="quiet">{finding.hint}</p>
        </article>
      ))}
    </>
  );
}
