import { SriovError } from '@virtfn/model';
import type { CommandContext } from '../command-context.ts';
import { attachmentPlace } from './attachment-place.ts';
import { PORT } from './neutron/index.ts';

export interface DetachPortOptions {
  readonly endpoint: string;
  readonly port: string;
  readonly json?: boolean;
}

/** Has the controller take a port of the fleet out of a virtual machine. @throws {SriovError} ATTACHMENT_UNKNOWN */
export async function detachFleetPort(
  vm: string,
  { endpoint, port, json }: DetachPortOptions,
  context: CommandContext,
): Promise<void> {
  const { id: portId } = await context.connectNeutron(endpoint).find(PORT, port);
  const client = context.connect(endpoint);
  const { attachments } = await client.call('listAttachments', {}, null, { port: portId, vm });
  if (attachments.length === 0) {
    throw new SriovError(
      'ATTACHMENT_UNKNOWN',
      `Cannot detach port ${port}: it is not in virtual machine ${vm}`,
      {
        hint: `\`virtfn attachment list --port ${portId}\` shows where it is`,
      },
    );
  }
  const answer = await client.call('detachPort', { portId }, {});
  const { terminal } = context;
  if (json === true) return terminal.out(JSON.stringify(answer, null, 2));
  const { attachment } = answer;
  if (attachment === null) return terminal.out(`Port ${port} is in no virtual machine.`);
  terminal.out(
    `Detaching ${attachmentPlace(attachment)}: the host closes the VF as soon as the guest has let go of it`,
  );
}
