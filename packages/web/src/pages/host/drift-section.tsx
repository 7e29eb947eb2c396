import type { DriftDocument } from '@virtfn/contract';
import { commandLine } from '../../command-line/index.ts';
import { Empty } from '../../look/index.ts';

/** What of a host is not as its host.yaml and its ports want it, and why not. */
export function DriftSection({
  drift,
  isAlive,
}: {
  readonly drift: readonly DriftDocument[];
  /** Whether its agent is: of a host that is not heard of, it is what was so. */
  readonly isAlive: boolean;
}) {
  return (
    <section class="panel" aria-labelledby="drift">
      <h2 id="drift">What differs from host.yaml</h2>
      {drift.length === 0 ? (
        <Empty>
          {isAlive
            ? 'The host is as its host.yaml wants it.'
            : 'The host was as its host.yaml wants it when it was heard of last.'}
        </Empty>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">PF</th>
              <th scope="col">VF</th>
              <th scope="col">What</th>
              <th scope="col">Wanted</th>
              <th scope="col">Found</th>
              <th scope="col">Cannot be, because</th>
            </tr>
          </thead>
          <tbody>
            {drift.map((each) => (
              <Row key={`${each.pf}/${each.vfIndex}/${each.field}`} {...each} />
            ))}
          </tbody>
        </table>
      )}
      <p class="quiet">
        On the host: <code>{commandLine('diff')}</code>
      </p>
    </section>
  );
}

function Row({ pf, vfIndex, field, wanted, observed, refused }: DriftDocument) {
  return (
    <tr>
      <th scope="row">
        <code>{pf}</code>
      </th>
      <td>{vfIndex}</td>
      <td>{field}</td>
      <td class="wrapped">{wanted}</td>
      <td class="wrapped">{observed}</td>
      <td class="wide">
        {refused === null ? (
          <span class="quiet">It can: the agent goes on trying, or virtfn apply sets it.</span>
        ) : (
          <span class="bad">
            ▲ {refused.message} <code>{refused.code}</code>
          </span>
        )}
      </td>
    </tr>
  );
}
