import type { PortOutcome } from '@virtfn/contract/agent-link';
import { dropDesiredPort, type Write } from '../../store/index.ts';
import {
  ATTACHMENT_KIND,
  type AttachmentDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import { findDocument, replaceDocument } from '../framework/index.ts';

type Failure = Extract<PortOutcome, { readonly kind: 'failed' }>;

/** What an outcome means for the live migration that the attachment is part of. */
export interface MigrationNews {
  readonly migrationId: string;
  /** Why the machine cannot be moved; null: it can, as far as this port goes. */
  readonly failure: NonNullable<AttachmentDocument['reason']> | null;
  /** Whether the machine was seen to run at the destination. */
  readonly hasArrived: boolean;
}

/**
 * Takes what a host says became of one attachment: what it has read back makes a port ACTIVE, and nothing else does.
 *
 * @returns null: no live migration is concerned
 */
export async function takeOutcome(
  write: Write,
  hostId: string,
  outcome: PortOutcome,
): Promise<MigrationNews | null> {
  const { attachmentId, portId } = outcome;
  if (outcome.kind === 'released') {
    await dropDesiredPort(write, hostId, attachmentId);
    return null;
  }
  const attachment = await findDocument<AttachmentDocument>(write.db, ATTACHMENT_KIND, attachmentId);
  // The port may have been bound anew, or deleted, while the host was at work.
  if (attachment === undefined || attachment.host_id !== hostId || attachment.port_id !== portId) return null;
  const { move = null } = attachment;
  const news: MigrationNews | null = move && {
    migrationId: move.migration_id,
    failure: outcome.kind === 'failed' ? reasonOf(outcome) : null,
    hasArrived: move.kind === 'arriving' && isOfArrivedMachine(outcome),
  };
  // Its VF may well be out of the machine by now; what has failed is the move.
  if (move?.kind === 'departing' && move.destination !== null) return news;
  const after = afterOutcome(attachment, outcome);
  if (after === null || JSON.stringify(after) === JSON.stringify(attachment)) return news;
  await replaceDocument({ write }, ATTACHMENT_KIND, attachment, after);
  const port = await findDocument<PortDocument>(write.db, PORT_KIND, portId);
  if (port === undefined || port['binding:host_id'] !== hostId) return news;
  const status = statusOf(port, after);
  if (status !== port.status) await replaceDocument({ write }, PORT_KIND, port, { ...port, status });
  return news;
}

function isOfArrivedMachine(outcome: PortOutcome): boolean {
  return outcome.kind === 'configured' || (outcome.kind === 'failed' && outcome.hasArrived === true);
}

/** null: it was said of a move that is over. */
function afterOutcome(
  attachment: AttachmentDocument,
  outcome: Exclude<PortOutcome, { readonly kind: 'released' }>,
): AttachmentDocument | null {
  switch (outcome.kind) {
    case 'configured':
      return { ...attachment, state: 'configured', settings: outcome.settings, reason: null };
    case 'failed':
      return { ...attachment, state: 'failed', settings: null, reason: reasonOf(outcome) };
    case 'prepared': {
      const { move = null } = attachment;
      if (move?.kind !== 'arriving') return null;
      const { uri, pciAddress, netdevName, bridge } = outcome;
      const prepared = { uri, pciAddress, netdevName, bridge };
      return { ...attachment, state: 'prepared', reason: null, move: { ...move, prepared } };
    }
  }
}

function reasonOf({ code, message, hint }: Failure): NonNullable<AttachmentDocument['reason']> {
  return { code, message, hint };
}

/** Of a port's attachment where it is bound. */
export function statusOf(
  port: Pick<PortDocument, 'admin_state_up'>,
  { state }: Pick<AttachmentDocument, 'state'>,
): PortDocument['status'] {
  if (state === 'failed') return 'ERROR';
  return port.admin_state_up ? 'ACTIVE' : 'DOWN';
}
