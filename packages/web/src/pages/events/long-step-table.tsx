import type { AuditStep } from '@virtfn/contract';
import { Age, LongTable } from '../../look/index.ts';
import { actorName } from './actor-name.ts';

interface LongStepTableProps {
  readonly steps: readonly AuditStep[];
  /** The id of the one that is looked at; null: none is. */
  readonly chosen: number | null;
  readonly onChoose: (step: AuditStep) => void;
  readonly onEnd: () => void;
}

/** Any number of steps, one a row and cut off where there is no room: the one that is chosen is told in full. */
export function LongStepTable({ steps, chosen, onChoose, onEnd }: LongStepTableProps) {
  return (
    <LongTable
      label="Audit log"
      rows={steps}
      keyOf={({ id }) => id}
      head={<Head />}
      columns={5}
      onEnd={onEnd}
    >
      {(step, index) => (
        <Row
          key={step.id}
          step={step}
          index={index}
          isChosen={step.id === chosen}
          onChoose={() => onChoose(step)}
        />
      )}
    </LongTable>
  );
}

function Head() {
  return (
    <>
      <th scope="col" class="when">
        When
      </th>
      <th scope="col" class="who">
        Who
      </th>
      <th scope="col" class="who">
        Host
      </th>
      <th scope="col">What</th>
      <th scope="col" class="result">
        Result
      </th>
    </>
  );
}

interface RowProps {
  readonly step: AuditStep;
  readonly index: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Row({ step, index, isChosen, onChoose }: RowProps) {
  const { at, hostId, text, error } = step;
  return (
    <tr aria-rowindex={index}>
      <td>
        <Age at={at} />
      </td>
      <td>{actorName(step)}</td>
      <td>{hostId ?? ''}</td>
      <td>
        <button type="button" class="plain" aria-pressed={isChosen} onClick={onChoose}>
          {text}
        </button>
      </td>
      <td>{error === null ? <span class="good">● Done</span> : <span class="bad">▲ {error.code}</span>}</td>
    </tr>
  );
}
