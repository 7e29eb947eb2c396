import type { AuditStep } from '@virtfn/contract';
import type { StoredStep } from '../store/index.ts';

/** An entry of the audit log as it is shown. */
export function viewOfStep(stored: StoredStep): AuditStep {
  const { id, at, actor, cause, action, text, object, error } = stored;
  const { hostId, pf, vfIndex, portId, attachmentId } = stored;
  return { id, at, actor, cause, action, text, object, hostId, pf, vfIndex, portId, attachmentId, error };
}
