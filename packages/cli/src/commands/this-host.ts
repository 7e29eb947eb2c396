import type {
  DriftDocument,
  FleetStatusDocument,
  HostConfigEdit,
  HostDocument,
  HostProgramEvent,
  HostRequest,
} from '@virtfn/contract';
import type { AttachRequest, DetachRequest, MachineDocument } from '@virtfn/contract/host-program';
import { type ErrorCode, SriovError } from '@virtfn/model';
import type { CommandContext } from '../command-context.ts';
import type { ConfigOptions } from './config-options.ts';

type EventOf<Kind extends HostProgramEvent['event']> = Extract<HostProgramEvent, { readonly event: Kind }>;

type LastEvent = 'attached' | 'detached' | 'drift' | 'fleet-status' | 'host' | 'machines' | 'plan';

/** Asks this machine and gives the last word, its error thrown as ours. */
async function askFor<Kind extends LastEvent>(
  kind: Kind,
  request: HostRequest,
  { thisHost }: CommandContext,
  onEvent: (event: HostProgramEvent) => void = () => {},
): Promise<EventOf<Kind>> {
  let result: HostProgramEvent | undefined;
  await thisHost.ask(request, (event) => {
    if (event.event === kind || event.event === 'error') result = event;
    onEvent(event);
  });
  if (result?.event === kind) return result as EventOf<Kind>;
  if (result?.event === 'error') throw errorOf(result);
  throw new SriovError('INTERNAL', 'Cannot go on: this machine gave no answer');
}

function errorOf({ error }: EventOf<'error'>): SriovError {
  return new SriovError(error.code as ErrorCode, error.message, { hint: error.hint });
}

/** What this machine shows. @throws {SriovError} */
export async function observeThisHost(context: CommandContext): Promise<HostDocument> {
  return (await askFor('host', { request: 'observe' }, context)).host;
}

/** The fleet of this machine. @throws {SriovError} */
export async function fleetStatusOfThisHost(context: CommandContext): Promise<FleetStatusDocument> {
  return (await askFor('fleet-status', { request: 'fleet-status' }, context)).fleet;
}

/** Tells of this machine as it changes, until Ctrl-C. @throws {SriovError} */
export async function watchThisHost(
  context: CommandContext,
  onHost: (host: HostDocument) => void,
): Promise<void> {
  let failed: SriovError | undefined;
  await context.thisHost.ask({ request: 'watch' }, (event) => {
    if (event.event === 'host') onHost(event.host);
    if (event.event === 'error') failed = errorOf(event);
  });
  if (failed !== undefined) throw failed;
}

/** Where this machine differs from its host.yaml. @throws {SriovError} */
export async function compareThisHost(
  config: string | undefined,
  context: CommandContext,
): Promise<readonly DriftDocument[]> {
  return (await askFor('drift', { request: 'diff', configFile: config ?? null }, context)).drift;
}

export interface Change extends ConfigOptions {
  /** Changes of host.yaml that go with it. */
  readonly edits?: readonly HostConfigEdit[];
}

/**
 * Plans or applies the host.yaml of this machine. Steps are told as they are done.
 *
 * @returns what is left to do
 * @throws {SriovError}
 */
export async function changeThisHost(
  request: 'plan' | 'apply',
  { config, evict = [], reloadDriver = false, edits = [] }: Change,
  context: CommandContext,
  onStep: (event: EventOf<'step'>) => void = () => {},
): Promise<EventOf<'plan'>> {
  const asked: HostRequest = {
    request,
    configFile: config ?? null,
    edits: [...edits],
    evict: [...evict],
    reloadDriver,
  };
  return askFor('plan', asked, context, (event) => {
    if (event.event === 'step') onStep(event);
  });
}

/** The virtual machines of this machine with their interfaces. @throws {SriovError} */
export async function listMachines(context: CommandContext): Promise<readonly MachineDocument[]> {
  return (await askFor('machines', { request: 'machines' }, context)).machines;
}

/** Plugs a port into a virtual machine of this machine. @throws {SriovError} */
export function attachHere(
  request: AttachRequest,
  context: CommandContext,
  onStep: (event: EventOf<'step'>) => void,
): Promise<EventOf<'attached' | 'detached'>> {
  return askFor('attached', request, context, (event) => {
    if (event.event === 'step') onStep(event);
  });
}

/** Takes a port out of a virtual machine of this machine. @throws {SriovError} */
export function detachHere(
  request: DetachRequest,
  context: CommandContext,
  onStep: (event: EventOf<'step'>) => void,
): Promise<EventOf<'attached' | 'detached'>> {
  return askFor('detached', request, context, (event) => {
    if (event.event === 'step') onStep(event);
  });
}
