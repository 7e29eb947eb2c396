import type { AuditStep } from '@virtfn/contract';
import { Link } from 'wouter-preact';
import { hostPath } from '../../paths/index.ts';
import { actorName } from './actor-name.ts';

/** All of one entry of the audit log. */
export function ChosenStep({ step, onClose }: { readonly step: AuditStep; readonly onClose: () => void }) {
  const { at, text, cause, hostId, portId, error } = step;
  return (
    <section class="panel chosen-step" aria-labelledby="chosen-step">
      <h2 id="chosen-step">{text}</h2>
      {error === null ? (
        <p class="good">● Done</p>
      ) : (
        <p class="bad">
          ▲ {error.message} <code>{error.code}</code>
        </p>
      )}
      <dl class="facts">
        <dt>When</dt>
        <dd>
          <time dateTime={at}>{at}</time>
        </dd>
        <dt>Who</dt>
        <dd>{actorName(step)}</dd>
        <dt>Why</dt>
        <dd>
          <code>{cause}</code>
        </dd>
        {hostId === null ? null : (
          <>
            <dt>Host</dt>
            <dd>
              <Link href={hostPath(hostId)}>{hostId}</Link>
            </dd>
          </>
        )}
        {portId === null ? null : (
          <>
            <dt>Port</dt>
            <dd>
              <Link href={`/ports/${portId}`}>{portId}</Link>
            </dd>
          </>
        )}
      </dl>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </section>
  );
}
