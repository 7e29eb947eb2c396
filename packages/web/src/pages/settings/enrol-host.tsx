import type { Client, EnrolmentTokenDocument } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { Problem } from '../../look/index.ts';

/** Hours that a token is good unless somebody says otherwise. */
const USUAL_HOURS = 24;
const MOST_HOURS = 720;

/** Makes a one-time token, and shows it this once with what is to be typed on the host. */
export function EnrolHost({ client }: { readonly client: Client }) {
  const made = useSignal<EnrolmentTokenDocument | SriovError | null>(null);
  const make = async (form: HTMLFormElement): Promise<void> => {
    const values = new FormData(form);
    const host = values.get('host');
    const hostId = typeof host === 'string' && host.trim() !== '' ? host.trim() : null;
    const request = { hostId, expiresInHours: Number(values.get('hours')) };
    made.value = await client.call('createEnrolmentToken', {}, request).catch(toSriovError);
  };
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
        {made.value !== null && !(made.value instanceof Error) ? <Made {...made.value} /> : null}
      </div>
    </>
  );
}

function Made({ token, hostId, expiresAt }: EnrolmentTokenDocument) {
  const name = hostId === null ? '' : ` --name ${hostId}`;
  return (
    <>
      <p>
        Type this on {hostId === null ? 'the host' : hostId} before {new Date(expiresAt).toLocaleString()}. It
        is shown this once. The address is the one at which agents reach this controller.
      </p>
      <pre tabIndex={0} aria-label="What is to be typed on the host">
        virtfn agent enrol https://{location.hostname}:9697 --token {token}
        {name}
      </pre>
    </>
  );
}
