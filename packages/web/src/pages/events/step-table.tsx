import type { AuditStep } from '@virtfn/contract';
import { Age, Empty } from '../../look/index.ts';
import { actorName } from './actor-name.ts';

/** Steps, one a row, the latest first. */
export function StepTable({ steps }: { readonly steps: readonly AuditStep[] }) {
  if (steps.length === 0) return <Empty>Nothing has been done yet.</Empty>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">Host</th>
          <th scope="col">What</th>
          <th scope="col">Result</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step) => (
          <Row key={step.id} step={step} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ step }: { readonly step: AuditStep }) {
  const { at, hostId, text, error } = step;
  return (
    <tr>
      <td>
        <Age at={at} />
      </td>
      <td>{actorName(step)}</td>
      <td>{hostId ?? ''}</td>
      <td class="wide">{text}</td>
      <td class={error === null ? undefined : 'wide'}>
        {error === null ? (
          <span class="good">● Done</span>
        ) : (
          <span class="bad">
            ▲ {error.message} <code>{error.code}</code>
          </span>
        )}
      </td>
    </tr>
  );
}
