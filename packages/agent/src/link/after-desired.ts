import type { DesiredMessage, KeptDesired } from '@virtfn/contract/agent-link';

/**
 * What is wanted after a message of the controller; null when it is a delta on top of another revision than the one that
 * is kept. Pure.
 */
export function afterDesired(kept: KeptDesired | null, message: DesiredMessage): KeptDesired | null {
  const { revision, from, ports, removed, localPorts } = message;
  if (from === null) return { revision, ports, removed, localPorts: localPorts ?? [] };
  if (kept === null || kept.revision !== from) return null;
  const byAttachment = new Map(kept.ports.map((port) => [port.attachmentId, port]));
  for (const { attachmentId } of removed) byAttachment.delete(attachmentId);
  for (const port of ports) byAttachment.set(port.attachmentId, port);
  return { revision, ports: [...byAttachment.values()], removed, localPorts: localPorts ?? kept.localPorts };
}
