import type { Fleet } from '../../fleet/index.ts';
import { Loading, Problem } from '../../look/index.ts';
import type { Port } from '../../neutron/index.ts';
import { useAnswer } from './use-answer.ts';

const KEEPERS = {
  host: { sign: '●', look: 'good', words: 'Its host' },
  card: { sign: '◆', look: 'busy', words: 'The card' },
  nobody: { sign: '▲', look: 'bad', words: 'Nobody' },
} as const;

/** Who keeps to a port's security where it is, or would be. */
export function PortSecurity({ fleet, port }: { readonly fleet: Fleet; readonly port: Port }) {
  const { id: portId, hostId, revision } = port;
  const { value: answer } = useAnswer(
    () => fleet.client.call('explainPort', { portId }, { hostId }),
    [portId, hostId, revision],
  );
  return (
    <section class="panel" aria-labelledby="security">
      <h2 id="security">Security</h2>
      {answer === null ? <Loading what="who enforces it" /> : null}
      {answer instanceof Error ? <Problem error={answer} /> : null}
      {answer === null || answer instanceof Error ? null : (
        <p>
          <strong class={KEEPERS[answer.security.enforcedBy].look}>
            {KEEPERS[answer.security.enforcedBy].sign} {KEEPERS[answer.security.enforcedBy].words}
          </strong>
          : {answer.security.text}
        </p>
      )}
      <p class="quiet">
        Port security is {port.isSecured ? 'on' : 'off'}; security groups:{' '}
        {port.securityGroups.join(', ') || 'none'}
      </p>
    </section>
  );
}
