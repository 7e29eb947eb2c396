import type { PortOutcome } from '@virtfn/contract/agent-link';
import { dropDesiredPort, type Write } from '../../store/index.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import { findDocument, replaceDocument } from '../framework/index.ts';

/** Takes what a host says became of attachments: what it has read back makes a port ACTIVE, and nothing else does. */
export async function takeOutcomes(
  write: Write,
  hostId: string,
  outcomes: readonly PortOutcome[],
): Promise<void> {
  for (const outcome of outcomes) await takeOutcome(write, hostId, outcome);
}

async function takeOutcome(write: Write, hostId: string, outcome: PortOutcome): Promise<void> {
  const { attachmentId, portId } = outcome;
  if (outcome.kind === 'released') {
    await dropDesiredPort(write, hostId, attachmentId);
    return;
  }
  // Nobody is asked to prepare for a machine yet.
  if (outcome.kind === 'prepared') return;
  const attachment = await findDocument<AttachmentDocument>(write.db, ATTACHMENT_KIND, attachmentId);
  // The port may have been bound anew, or deleted, while the host was at work.
  if (attachment === undefined || attachment.host_id !== hostId || attachment.port_id !== portId) return;
  const after: AttachmentDocument =
    outcome.kind === 'configured'
      ? { ...attachment, state: 'configured', settings: outcome.settings, reason: null }
      : { ...attachment, state: 'failed', settings: null, reason: reasonOf(outcome) };
  if (JSON.stringify(after) === JSON.stringify(attachment)) return;
  await replaceDocument({ write }, ATTACHMENT_KIND, attachment, after);
  const port = await findDocument<PortDocument>(write.db, PORT_KIND, portId);
  if (port === undefined || port['binding:host_id'] !== hostId) return;
  const status = statusOf(port, after);
  if (status !== port.status) await replaceDocument({ write }, PORT_KIND, port, { ...port, status });
}

function reasonOf({ code, message, hint }: Extract<PortOutcome, { kind: 'failed' }>) {
  return { code, message, hint };
}

function statusOf(port: PortDocument, { state }: AttachmentDocument): PortDocument['status'] {
  if (state === 'failed') return 'ERROR';
  return port.admin_state_up ? 'ACTIVE' : 'DOWN';
}
