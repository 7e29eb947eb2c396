import type { ApplyDocument, Client, HostDocument, PlanDocument } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { commandLine } from '../../command-line/index.ts';
import { Empty, Problem } from '../../look/index.ts';

type PfDocument = HostDocument['pfs'][number];

interface PlanVfsProps {
  readonly client: Client;
  readonly hostId: string;
  readonly pf: PfDocument;
  /** Whether the one who looks may change hosts from here. */
  readonly mayApply: boolean;
}

/** What is shown below the question for how many. */
type Answer =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'planned'; readonly numVfs: number; readonly plan: PlanDocument }
  | { readonly kind: 'applying'; readonly numVfs: number }
  | { readonly kind: 'applied'; readonly applied: ApplyDocument }
  | { readonly kind: 'refused'; readonly error: SriovError };

/** What another number of VFs would do, and to whom; and has the host's agent do it. */
export function PlanVfs({ client, hostId, pf, mayApply }: PlanVfsProps) {
  const name = pf.netdevName ?? pf.pciAddress;
  const asked = useSignal(pf.numVfs);
  const answer = useSignal<Answer>({ kind: 'nothing' });
  const settle = async (work: () => Promise<Answer>): Promise<void> => {
    answer.value = await work().catch((thrown: unknown) => ({
      kind: 'refused',
      error: toSriovError(thrown),
    }));
  };
  const bodyOf = (numVfs: number) => ({ pfs: [{ pf: pf.pciAddress, numVfs }] });
  const show = (): Promise<void> =>
    settle(async () => {
      const numVfs = asked.value;
      const plan = await client.call('planHost', { hostId }, bodyOf(numVfs));
      return { kind: 'planned', numVfs, plan };
    });
  const apply = (numVfs: number): Promise<void> => {
    answer.value = { kind: 'applying', numVfs };
    return settle(async () => ({
      kind: 'applied',
      applied: await client.call('applyHost', { hostId }, bodyOf(numVfs)),
    }));
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
              answer.value = { kind: 'nothing' };
            }}
          />
        </label>
        <button type="submit">Show what it would do</button>
      </form>
      <div aria-live="polite">
        <Shown
          answer={answer.value}
          onApply={mayApply ? (numVfs) => void apply(numVfs) : null}
          commandsFor={(numVfs) => ({
            here: commandLine('apply', '--host', hostId, '--set-vfs', `${pf.pciAddress}=${numVfs}`),
            onHost: commandLine('pf', 'set-vfs', name, String(numVfs)),
          })}
        />
      </div>
    </details>
  );
}

interface ShownProps {
  readonly answer: Answer;
  /** null: nothing can be changed from here. */
  readonly onApply: ((numVfs: number) => void) | null;
  readonly commandsFor: (numVfs: number) => { readonly here: string; readonly onHost: string };
}

function Shown({ answer, onApply, commandsFor }: ShownProps) {
  switch (answer.kind) {
    case 'nothing':
      return null;
    case 'refused':
      return <Problem error={answer.error} />;
    case 'applying':
      return <p aria-busy="true">The agent brings the host to {answer.numVfs} VFs …</p>;
    case 'applied':
      return <Applied {...answer.applied} />;
    case 'planned': {
      const { plan, numVfs } = answer;
      const canBeDone = plan.refusals.length === 0 && plan.steps.length > 0;
      const { here, onHost } = commandsFor(numVfs);
      return (
        <>
          <Plan plan={plan} />
          {canBeDone ? (
            <>
              {onApply === null ? null : (
                <>
                  <p class="quiet">The same by command:</p>
                  <pre tabIndex={0} role="region" aria-label="The same by command">
                    {here}
                  </pre>
                </>
              )}
              <p class="quiet">
                On the host itself: <code>{onHost}</code>
              </p>
              {onApply === null ? null : (
                <button type="button" class="primary" onClick={() => onApply(numVfs)}>
                  Do it
                </button>
              )}
            </>
          ) : null}
        </>
      );
    }
  }
}

function Applied({ steps, plan }: ApplyDocument) {
  const isDone = plan.steps.length + plan.refusals.length === 0;
  return (
    <>
      <p class={isDone ? 'good' : 'bad'}>
        {isDone ? '● Done, and read back' : '▲ Not all of it could be done. The agent goes on trying.'}
      </p>
      <Steps
        label="What was done"
        lines={steps.map(({ text, error }) => (error === null ? text : `${error.message} (${error.code})`))}
      />
      {isDone ? null : <Plan plan={plan} />}
    </>
  );
}

function Plan({ plan: { steps, refusals, blastRadius } }: { readonly plan: PlanDocument }) {
  return (
    <>
      {steps.length + refusals.length === 0 ? <Empty>Nothing would be done: it is so already.</Empty> : null}
      <Steps label="What would be done" lines={steps.map(({ text }) => text)} />
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
    </>
  );
}

/** Steps come by the hundred where there are many VFs: they scroll by themselves. */
function Steps({ label, lines }: { readonly label: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <div class="steps" tabIndex={0} role="region" aria-label={label}>
      <ol>
        {lines.map((line, at) => (
          // The same may be said of two VFs.
          <li key={`${at} ${line}`}>{line}</li>
        ))}
      </ol>
    </div>
  );
}
