import type { AttachmentDocument } from '@virtfn/contract';
import type { CommandContext } from '../command-context.ts';
import { SriovError } from '@virtfn/model';
import { PORT } from './neutron/index.ts';
import { attachmentPlace } from './attachment-place.ts';

export interface AttachPortOptions {
  readonly endpoint: string;
  readonly port: string;
  readonly host?: string;
  readonly kind?: string;
  readonly scope?: 'live' | 'config' | 'both';
  /** Seconds. */
  readonly wait: number;
  readonly json?: boolean;
}

const POLL_MS = 1000;

/** Has the controller plug a port of the fleet into a virtual machine, and tells what its host made of it. */
export async function attachFleetPort(
  vm: string,
  { endpoint, port, host, kind, scope = 'both', wait, json }: AttachPortOptions,
  context: CommandContext,
): Promise<void> {
  const asked = kindOfPort(kind);
  const { id: portId } = await context.connectNeutron(endpoint).find(PORT, port);
  const client = context.connect(endpoint);
  const body = { vm, hostId: host ?? null, kind: asked, scope };
  let attachment: AttachmentDocument = await client.call('attachPort', { portId }, body);
  for (let waitedMs = 0; isOpen(attachment) && waitedMs < wait * 1000; waitedMs += POLL_MS) {
    await context.sleep(POLL_MS);
    const { attachments } = await client.call('listAttachments', {}, null, { port: portId });
    attachment =
      attachments.find(({ attachmentId }) => attachmentId === attachment.attachmentId) ?? attachment;
  }
  const { terminal } = context;
  if (json === true) terminal.out(JSON.stringify(attachment, null, 2));
  else terminal.out(wordsOf(attachment));
  if (attachment.state === 'failed') context.exitWith(1);
  else if (attachment.state !== 'configured') context.exitWith(3);
}

const isOpen = ({ state }: AttachmentDocument): boolean => state === 'wanted' || state === 'unknown';

function kindOfPort(kind: string | undefined): 'direct' | 'macvtap' | 'failover' | null {
  if (kind === undefined || kind === 'direct' || kind === 'macvtap' || kind === 'failover')
    return kind ?? null;
  throw new SriovError('REQUEST_INVALID', `Cannot attach a port of the fleet as ${kind}: it has a VF`, {
    hint: 'Give --kind direct, macvtap or failover, or leave it out',
  });
}

function wordsOf(attachment: AttachmentDocument): string {
  const { state, reason, vm } = attachment;
  const what = `${attachmentPlace(attachment)}, VM ${vm?.name ?? vm?.domainId ?? '?'}: ${attachment.attachmentId}`;
  if (state === 'configured') return `Attached ${what}`;
  if (state === 'failed')
    return `Not attached ${what}: ${reason === null ? 'its host does not say why' : `${reason.message} (${reason.code})\n${reason.hint}`}`;
  return `Not attached yet ${what}\n\`virtfn attachment list --port ${attachment.portId}\` shows when it is`;
}
