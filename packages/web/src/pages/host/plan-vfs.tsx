import type { Client, HostDocument, PlanDocument } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { Empty, Problem } from '../../look/index.ts';

type PfDocument = HostDocument['pfs'][number];

interface PlanVfsProps {
  readonly client: Client;
  readonly hostId: string;
  readonly pf: PfDocument;
}

/** What another number of VFs would do, and to whom. Nothing is changed: that is done on the host. */
export function PlanVfs({ client, hostId, pf }: PlanVfsProps) {
  const name = pf.netdevName ?? pf.pciAddress;
  const asked = useSignal(pf.numVfs);
  const plan = useSignal<PlanDocument | SriovError | null>(null);
  const show = async (): Promise<void> => {
    const numVfs = asked.value;
    plan.value = await client
      .call('planHost', { hostId }, { pfs: [{ pf: pf.pciAddress, numVfs }] })
      .catch(toSriovError);
  };
  return (
    <details class="plan">
      <summary>Plan another number of VFs</summary>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void show();
        }}
      >
        <label>
          VFs of {name}{' '}
          <input
            type="number"
            min={0}
            max={pf.totalVfs}
            required
            value={asked}
            onInput={({ currentTarget }) => {
              asked.value = currentTarget.valueAsNumber;
              plan.value = null;
            }}
          />
        </label>
        <button type="submit">Show what it would do</button>
      </form>
      <div aria-live="polite">
        {plan.value instanceof Error ? <Problem error={plan.value} /> : null}
        {plan.value !== null && !(plan.value instanceof Error) ? (
          <Plan plan={plan.value} line={`virtfn pf set-vfs ${name} ${asked.value}`} />
        ) : null}
      </div>
    </details>
  );
}

function Plan({
  plan: { steps, refusals, blastRadius },
  line,
}: {
  readonly plan: PlanDocument;
  readonly line: string;
}) {
  return (
    <>
      {steps.length + refusals.length === 0 ? <Empty>Nothing would be done: it is so already.</Empty> : null}
      <ol>
        {steps.map(({ kind, pf, text }) => (
          <li key={`${kind}/${pf}/${text}`}>{text}</li>
        ))}
      </ol>
      {refusals.map(({ code, message, hint }) => (
        <p key={message} class="bad">
          ▲ Refused: {message} <code>{code}</code>. {hint}
        </p>
      ))}
      {blastRadius.length === 0 ? (
        <p class="good">● It takes nothing away from anybody.</p>
      ) : (
        <h4>What this takes away</h4>
      )}
      <ul>
        {blastRadius.map(({ text, owners }) => (
          <li key={text} class={owners.length === 0 ? 'quiet' : 'bad'}>
            {text}: {owners.length === 0 ? 'nobody uses it' : `used by ${owners.join(', ')}`}
          </li>
        ))}
      </ul>
      {refusals.length > 0 ? null : (
        <p class="quiet">
          It is done on the host: <code>{line}</code>
        </p>
      )}
    </>
  );
}
