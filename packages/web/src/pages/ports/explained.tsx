import type { PortExplanation } from '@virtfn/contract';
import { useSignal } from '@preact/signals';
import type { Fleet } from '../../fleet/index.ts';
import { Loading, Problem } from '../../look/index.ts';
import { useAnswer } from './use-answer.ts';

interface ExplainedProps {
  readonly fleet: Fleet;
  readonly portId: string;
  /** null: any host. */
  readonly hostId: string | null;
}

/** Which VF a port would get on a host, or why it refuses. */
export function Explained({ fleet, portId, hostId }: ExplainedProps) {
  const { value: answer } = useAnswer(
    () => fleet.client.call('explainPort', { portId }, { hostId }),
    [portId, hostId],
  );
  return (
    <div class="explained" aria-live="polite">
      {answer === null ? <Loading what="what the hosts have for it" /> : null}
      {answer instanceof Error ? <Problem error={answer} /> : null}
      {answer === null || answer instanceof Error ? null : <Words {...answer} isOfOne={hostId !== null} />}
    </div>
  );
}

interface WordsProps extends PortExplanation {
  /** One host was asked, whose name is at hand. */
  readonly isOfOne: boolean;
}

function Words({ chosen, obstacle, hosts, isOfOne }: WordsProps) {
  if (chosen !== null) {
    const what = chosen.vfIndex === null ? 'the whole PF' : `VF ${chosen.vfIndex} of PF`;
    return (
      <p class="good">
        ● It would get {what} {chosen.pf} of host {chosen.hostId} ({chosen.pciAddress}).
      </p>
    );
  }
  if (obstacle !== null) return <p class="bad">▲ It gets no VF: {obstacle}.</p>;
  return (
    <>
      <p class="bad">▲ It gets no VF.</p>
      {isOfOne ? (
        <Reasons reasons={hosts.flatMap(({ reasons }) => reasons)} />
      ) : (
        <ul class="answers">
          {hosts.map(({ hostId, reasons }) => (
            <li key={hostId}>
              {hostId}
              <Reasons reasons={reasons} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Reasons({ reasons }: Pick<PortExplanation['hosts'][number], 'reasons'>) {
  return (
    <ul class="answers">
      {reasons.map(({ words }) => (
        <li key={words}>{words}</li>
      ))}
    </ul>
  );
}

/** So many hosts are asked one by one; of more, the one that is chosen is. */
const MOST_HOSTS = 50;

/** What each host has for it or against it, asked for when somebody opens it. */
export function EveryHostExplained({ fleet, portId }: Omit<ExplainedProps, 'hostId'>) {
  const isOpen = useSignal(false);
  const hosts = [...fleet.hosts.value.keys()].toSorted();
  const shown = hosts.slice(0, MOST_HOSTS);
  return (
    <details onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>What each host says</summary>
      {isOpen.value ? (
        <dl>
          {shown.map((hostId) => (
            <div key={hostId}>
              <dt>{hostId}</dt>
              <dd>
                <Explained fleet={fleet} portId={portId} hostId={hostId} />
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {isOpen.value && hosts.length > shown.length ? (
        <p class="quiet">
          And {hosts.length - shown.length} more: choose one above, and it says what it has.
        </p>
      ) : null}
    </details>
  );
}
