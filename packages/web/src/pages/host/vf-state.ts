import type { AttachmentDocument, HostDocument } from '@virtfn/contract';

type VfDocument = HostDocument['pfs'][number]['vfs'][number];

/** How a VF stands, for the eye. */
export interface VfState {
  readonly name: 'free' | 'in use' | 'being set up' | 'failed' | 'quarantined' | 'held' | 'unknown';
  /** Said in full where it is the one that is looked at. */
  readonly words: string;
}

const NOBODY: ReadonlySet<string> = new Set();

/**
 * From the VF as read and the attachment that it is given for.
 *
 * @param isAlive whether its host's agent is
 * @param quarantined attachments whose VF its host keeps closed
 */
export function vfState(
  vf: VfDocument,
  attachment: AttachmentDocument | undefined,
  isAlive: boolean,
  quarantined: ReadonlySet<string> = NOBODY,
): VfState {
  if (!isAlive) return { name: 'unknown', words: 'The agent of its host is gone' };
  const owner = attachment?.attachmentId ?? vf.attachmentId;
  if (owner !== null && quarantined.has(owner)) return ofQuarantine(attachment);
  if (attachment !== undefined) return attachmentState(attachment);
  if (vf.attachmentId !== null) return { name: 'in use', words: 'Attached by the owner of the host' };
  if (vf.users.length > 0)
    return { name: 'held', words: `Used, and no port’s: ${vf.users.map(({ kind }) => kind).join(', ')}` };
  return { name: 'free', words: 'Free' };
}

/** How a VF stands by its attachment alone. */
export function attachmentState({ state, reason }: AttachmentDocument): VfState {
  switch (state) {
    case 'configured':
      return { name: 'in use', words: 'In use: set up and read back' };
    case 'failed':
      return { name: 'failed', words: reason === null ? 'Failed' : `${reason.message} (${reason.code})` };
    case 'unknown':
      return { name: 'unknown', words: 'The agent of its host is gone' };
    case 'prepared':
      return { name: 'being set up', words: 'Ready for a machine that is to come' };
    case 'reserved':
    case 'wanted':
      return { name: 'being set up', words: 'Being set up' };
  }
}

function ofQuarantine(attachment: AttachmentDocument | undefined): VfState {
  const reason = attachment?.reason ?? null;
  const why = reason === null ? '' : `: ${reason.message} (${reason.code})`;
  return { name: 'quarantined', words: `Quarantined: it stays closed until its settings can be made${why}` };
}
