import type { Fleet } from '../../fleet/index.ts';
import { Loading, Problem } from '../../look/index.ts';
import type { Port } from '../../neutron/index.ts';
import { useAnswer } from './use-answer.ts';

const KEEPERS = {
  host: { sign: '●', look: 'good', words: 'Its host' },
  card: { sign: '◆', look: 'busy', words: 'The card' },
  nobody: { sign: '▲', look: 'bad', words: 'Nobody' },
} as const;

interface PortSecurityProps {
  readonly fleet: Fleet;
  readonly port: Port;
}

/** What a port's security is, and for administrators who keeps to it where the port is, or would be. */
export function PortSecurity({ fleet, port }: PortSecurityProps) {
  return (
    <section class="panel" aria-labelledby="security">
      <h2 id="security">Security</h2>
      {fleet.viewer.value === 'administrator' ? <Keeper fleet={fleet} port={port} /> : null}
      <p class="quiet">
        Port security is {port.isSecured ? 'on' : 'off'}; security groups:{' '}
        {port.securityGroups.join(', ') || 'none'}
      </p>
    </section>
  );
}

function Keeper({ fleet, port: { id: portId, hostId, revision } }: PortSecurityProps) {
  const { value: answer } = useAnswer(
    () => fleet.client.call('explainPort', { portId }, { hostId }),
    [portId, hostId, revision],
  );
  if (answer === null) return <Loading what="who enforces it" />;
  if (answer instanceof Error) return <Problem error={answer} />;
  const { enforcedBy, text } = answer.security;
  const { look, sign, words } = KEEPERS[enforcedBy];
  return (
    <p>
      <strong class={look}>
        {sign} {words}
      </strong>
      : {text}
    </p>
  );
}
