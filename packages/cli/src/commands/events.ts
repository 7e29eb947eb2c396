import type { FleetEvent, ResetEvent } from '@virtfn/contract';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from './endpoint-options.ts';

interface Options extends EndpointOptions {
  readonly since?: string;
  readonly kind?: string;
  readonly host?: string;
}

export function addEvents(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('events'), context)
    .description('What changes in the fleet, as it does, until Ctrl-C')
    .option('--since <revision>', 'begin behind this revision; from now on, if left out')
    .option(
      '--kind <kinds>',
      'host, finding, agent, attachment, step, network, subnet, port, object; with commas',
    )
    .option('--host <host>', 'about this host only')
    .addHelpText(
      'after',
      '\nIt goes on over breaks of the connection, and misses nothing.\nWith --json each line is one event.\n\nExample:\n  virtfn events --kind port,attachment --host compute1',
    )
    .action(async ({ endpoint, since, kind, host, json }: Options) => {
      const { terminal } = context;
      const query = {
        ...(since === undefined ? {} : { since: Number(since) }),
        ...(kind === undefined ? {} : { kind }),
        ...(host === undefined ? {} : { host }),
      };
      const events = context.followEvents(endpoint, query, (error) =>
        terminal.err(`The connection was lost, and is tried again: ${error.message}`),
      );
      for await (const event of events) terminal.out(json === true ? JSON.stringify(event) : lineOf(event));
    });
}

function lineOf(event: FleetEvent | ResetEvent): string {
  if (event.kind === 'reset')
    return `Events were missed: what comes from now on is behind revision ${event.revision}`;
  const time = event.at.replace(/\.\d+Z$/, 'Z');
  return `${time}  ${event.kind.padEnd(10)}  ${wordsOf(event)}`;
}

function wordsOf(event: FleetEvent): string {
  const { id } = event;
  switch (event.kind) {
    case 'host': {
      if (event.view === null) return `${id}: no longer known`;
      const { isAlive, summary, changed } = event.view;
      if (!isAlive) return `${id}: gone`;
      const vfs = changed?.vfs.map(({ pf, vf }) => `VF ${vf.vfIndex} of PF ${pf}`) ?? [];
      const pfs = changed?.pfs.map(({ pciAddress }) => `PF ${pciAddress}`) ?? [];
      const what = [...pfs, ...vfs].join(', ');
      return `${id}: ${what === '' ? `${summary.vfs.enabled} VFs, ${summary.vfs.inUse} in use` : `${what} changed`}`;
    }
    case 'finding':
      return `${id}: ${event.view.findings.map(({ title }) => title).join('; ') || 'nothing stands out any more'}`;
    case 'agent':
      if (event.view === null) return `${id}: removed`;
      return `${id}: ${event.view.isConnected ? 'connected' : 'not connected'}`;
    case 'attachment': {
      if (event.view === null) return `${id}: given back`;
      const { hostId, pf, vfIndex, state, portId, reason } = event.view;
      const place = `${vfIndex === null ? 'all' : `VF ${vfIndex}`} of PF ${pf} of host ${hostId}`;
      return `${place} for port ${portId}: ${state}${reason === null ? '' : `, ${reason.message} (${reason.code})`}`;
    }
    case 'step': {
      const { actor, text, error, hostId } = event.view;
      const who = actor.kind === 'agent' ? `agent of ${hostId ?? '?'}` : (actor.userName ?? actor.userId);
      return `${who}: ${text}${error === null ? '' : `: ${error.message} (${error.code})`}`;
    }
    case 'object':
      return `${id}: ${event.isGone ? 'gone' : 'changed'}`;
    default:
      return `${id}: ${event.view === null ? 'gone' : wordsOfObject(event.view)}`;
  }
}

function wordsOfObject(view: Readonly<Record<string, unknown>>): string {
  const texts = ['name', 'cidr', 'status'].map((name) => view[name]);
  return texts.filter((text) => typeof text === 'string' && text !== '').join(', ');
}
