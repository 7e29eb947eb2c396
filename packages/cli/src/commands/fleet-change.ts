import type { ApplyDocument, ApplyRequestDocument, PlanDocument } from '@virtfn/contract';
import { parsePciAddress, SriovError } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { ConfigOptions } from './config-options.ts';

type WantedPf = ApplyRequestDocument['pfs'][number];

export interface FleetChangeOptions {
  readonly host?: string;
  readonly setVfs?: readonly WantedPf[];
}

/** Options of commands that may be about a host of the controller instead of this machine. */
export function addFleetChangeOptions(command: Command): Command {
  return command
    .option('--host <host>', 'a host of the controller')
    .option(
      '--set-vfs <pf=n>',
      'with --host: number of VFs of a PF; may be given again',
      (text: string, before: readonly WantedPf[] | undefined) => [...(before ?? []), parseSetVfs(text)],
    );
}

/** @throws {SriovError} PCI_ADDRESS_INVALID, NUM_VFS_INVALID */
function parseSetVfs(text: string): WantedPf {
  const [pf = '', number = '', ...rest] = text.split('=');
  const address = parsePciAddress(pf);
  if (rest.length > 0 || !/^\d{1,5}$/.test(number)) {
    throw new SriovError(
      'NUM_VFS_INVALID',
      `Cannot read --set-vfs "${text.slice(0, 64)}": write it as 0000:82:00.1=7`,
    );
  }
  return { pf: address, numVfs: Number(number) };
}

/** What a host of the controller is to be. */
export interface FleetChange {
  readonly hostId: string;
  readonly request: ApplyRequestDocument;
}

/**
 * The change of a host of the controller that options ask for; null: they are about this machine.
 *
 * @throws {SriovError} REQUEST_INVALID
 */
export function fleetChangeOf(
  { host, setVfs, evict, config, reloadDriver }: FleetChangeOptions & ConfigOptions,
  action: 'apply' | 'plan',
): FleetChange | null {
  if ((host === undefined) !== (setVfs === undefined)) {
    throw new SriovError('REQUEST_INVALID', `Cannot ${action}: --host and --set-vfs go together`, {
      hint: 'Without both, it is about the host.yaml of this machine',
    });
  }
  if (host === undefined || setVfs === undefined) return null;
  if (config !== undefined || reloadDriver === true) {
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot ${action}: --config and --reload-driver are of this machine`,
      {
        hint: 'Leave --host and --set-vfs out, or these',
      },
    );
  }
  return {
    hostId: host,
    request: { pfs: [...setVfs], ...(evict === undefined ? {} : { evict: [...evict] }) },
  };
}

/** What a change would do, by what the controller knows of the host. @throws {SriovError} */
export function planHost(
  { hostId, request }: FleetChange,
  endpoint: string,
  context: CommandContext,
): Promise<PlanDocument> {
  return context.connect(endpoint).call('planHost', { hostId }, request);
}

/** A little more than the controller has with the host: it says what became of it. */
const APPLY_PATIENCE_MS = 11 * 60_000;

/** Has the host's agent do it. @throws {SriovError} */
export function applyHost(
  { hostId, request }: FleetChange,
  endpoint: string,
  context: CommandContext,
): Promise<ApplyDocument> {
  return context.connect(endpoint, { timeoutMs: APPLY_PATIENCE_MS }).call('applyHost', { hostId }, request);
}
