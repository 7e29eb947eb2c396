import { Program } from '../packet/index.ts';
import { type Domain, writeDomain } from './domain.ts';
import type { Procedure } from './procedure.ts';

interface OfCommand {
  readonly domain: Domain;
  /** JSON. */
  readonly command: string;
}

/** QEMU_PROC_DOMAIN_MONITOR_COMMAND: QMP. A command that changes something leaves libvirt with wrong ideas. */
export const monitorCommand: Procedure<OfCommand, string> = {
  program: Program.qemu,
  number: 1,
  name: 'virDomainQemuMonitorCommand',
  encode: (writer, { domain, command }) => {
    writeDomain(writer, domain);
    writer.string(command).uint(0);
  },
  decode: (reader) => reader.string(),
};

/** QEMU_PROC_DOMAIN_AGENT_COMMAND: the agent in the guest. The limit is in seconds, and the daemon's own. */
export const agentCommand: Procedure<OfCommand & { readonly limitSeconds: number }, string | null> = {
  program: Program.qemu,
  number: 3,
  name: 'virDomainQemuAgentCommand',
  encode: (writer, { domain, command, limitSeconds }) => {
    writeDomain(writer, domain);
    writer.string(command).int(limitSeconds).uint(0);
  },
  decode: (reader) => reader.optional(() => reader.string()),
};
