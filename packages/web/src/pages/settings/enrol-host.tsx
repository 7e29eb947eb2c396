import type { EnrolmentTokenDocument } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { commandLine } from '../../command-line/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { Empty, Problem } from '../../look/index.ts';
import { agentsAddress, CONTROLLER } from './agents-address.ts';

/** Hours that a token is good unless somebody says otherwise. */
const USUAL_HOURS = 24;
const MOST_HOURS = 720;

/** Makes a one-time token, and shows it this once with what is to be typed on the host. */
export function EnrolHost({ fleet: { about, client } }: { readonly fleet: Fleet }) {
  const made = useSignal<EnrolmentTokenDocument | SriovError | null>(null);
  const make = async (form: HTMLFormElement): Promise<void> => {
    const values = new FormData(form);
    const host = values.get('host');
    const hostId = typeof host === 'string' && host.trim() !== '' ? host.trim() : null;
    const request = { hostId, expiresInHours: Number(values.get('hours')) };
    made.value = await client.call('createEnrolmentToken', {}, request).catch(toSriovError);
  };
  const agentPort = about.value?.agentPort ?? null;
  if (agentPort === null)
    return (
      <Empty>
        This controller has no port for agents, so no host can join. <code>agentLink.listen</code> in its
        controller.yaml gives it one.
      </Empty>
    );
  const address = agentsAddress(location.hostname, agentPort);
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make(event.currentTarget);
        }}
      >
        <p class="quiet">
          Makes a token by which one host joins, once. The same by command:{' '}
          <code>virtfn agent token --host HOST --hours {USUAL_HOURS}</code>
        </p>
        <p class="fields">
          <label>
            Host <input name="host" placeholder="any" autocomplete="off" maxLength={255} />
          </label>
          <label>
            Good for{' '}
            <input name="hours" type="number" min={1} max={MOST_HOURS} value={USUAL_HOURS} required /> hours
          </label>
          <button type="submit">Make a token</button>
        </p>
      </form>
      <div aria-live="polite">
        {made.value instanceof Error ? <Problem error={made.value} /> : null}
        {made.value !== null && !(made.value instanceof Error) ? (
          <Made {...made.value} address={address} />
        ) : null}
      </div>
    </>
  );
}

interface MadeProps extends EnrolmentTokenDocument {
  /** That agents dial. */
  readonly address: string;
}

function Made({ token, hostId, expiresAt, address }: MadeProps) {
  const name = hostId === null ? [] : ['--name', hostId];
  return (
    <>
      <p>
        Type this on {hostId === null ? 'the host' : hostId} before {new Date(expiresAt).toLocaleString()}. It
        is shown this once. The address is the one at which agents reach this controller
        {address.includes(CONTROLLER) ? `: write its name for ${CONTROLLER}` : null}.
      </p>
      <pre tabIndex={0} aria-label="What is to be typed on the host">
        {commandLine('agent', 'enrol', address, '--token', token, ...name)}
      </pre>
    </>
  );
}
