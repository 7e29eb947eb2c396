import { parseAttachmentId, parseDomainId, type PciAddress, type PhysicalNetwork } from '@virtfn/model';
import type { Finding } from '@virtfn/model';
import type { HostReport, ReportedMachine } from '../host-report.ts';
import { documentOfHost, observedOfDocument } from '../v1/index.ts';
import type { AgentMessage, ReportMessage } from './agent-message.ts';

/** A report as the link carries it. */
export function reportMessageOf(report: HostReport, lookedAt: Date): ReportMessage {
  return { kind: 'report', host: documentOfHost(report, lookedAt) };
}

/**
 * A report as the model has it. Its strings come from the agent's own model, so that they are trusted to be what they
 * were; which host it is of is not, and the session compares it.
 */
export function reportOfMessage({ host }: Extract<AgentMessage, { kind: 'report' }>): HostReport {
  const document = host as ReportMessage['host'];
  const { machines, canFilter, drift, quarantined } = document;
  return {
    observed: observedOfDocument(document),
    findings: document.findings as readonly Finding[],
    physicalNetworks: new Map(Object.entries(document.physicalNetworks) as [PciAddress, PhysicalNetwork[]][]),
    ...(machines === undefined ? {} : { machines: machines.map(machineOfDocument) }),
    ...(canFilter === undefined ? {} : { canFilter }),
    ...(drift === undefined ? {} : { drift }),
    ...(quarantined === undefined ? {} : { quarantined: quarantined.map(parseAttachmentId) }),
  };
}

type MachineDocument = NonNullable<ReportMessage['host']['machines']>[number];

function machineOfDocument({ domainId, name, state }: MachineDocument): ReportedMachine {
  return { domainId: parseDomainId(domainId), name, state };
}
