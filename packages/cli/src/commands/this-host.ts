import type { HostDocument, HostProgramEvent, PlanDocument } from '@virtfn/contract';
import { type ErrorCode, SriovError } from '@virtfn/model';
import type { CommandContext } from '../command-context.ts';
import type { ConfigOptions } from './config-options.ts';

/** Runs the host program and gives its result, its error thrown as ours. */
async function runFor<Kind extends 'host' | 'plan' | 'findings'>(
  kind: Kind,
  run: (onEvent: (event: HostProgramEvent) => void) => Promise<void>,
): Promise<Extract<HostProgramEvent, { event: Kind }>> {
  let result: HostProgramEvent | undefined;
  await run((event) => {
    if (event.event === kind || event.event === 'error') result = event;
  });
  if (result?.event === kind) return result as Extract<HostProgramEvent, { event: Kind }>;
  if (result?.event === 'error') {
    const { code, message, hint } = result.error;
    throw new SriovError(code as ErrorCode, message, { hint });
  }
  throw new SriovError('INTERNAL', 'Cannot go on: the host program ended without an answer');
}

/** What this machine shows, read by the host program. @throws {SriovError} */
export async function observeThisHost(context: CommandContext): Promise<HostDocument> {
  const { host } = await runFor('host', (onEvent) => context.runHostProgram('observe', [], onEvent));
  return host;
}

/** What is wrong with a machine: this one, or the one whose files are below `root`. @throws {SriovError} */
export async function examineHost(
  root: string | undefined,
  context: CommandContext,
): Promise<HostDocument['findings']> {
  const args = root === undefined ? [] : [`--root=${root}`];
  const { findings } = await runFor('findings', (onEvent) => context.runHostProgram('doctor', args, onEvent));
  return findings;
}

/**
 * Plans or applies the host.yaml of this machine. Steps are told as they are done.
 *
 * @returns what is left to do
 * @throws {SriovError}
 */
export async function changeThisHost(
  request: 'plan' | 'apply',
  { config, evict = [] }: ConfigOptions,
  context: CommandContext,
  onStep: (event: Extract<HostProgramEvent, { event: 'step' }>) => void = () => {},
): Promise<PlanDocument> {
  const args = [
    ...(config === undefined ? [] : [`--config=${config}`]),
    ...evict.map((owner) => `--evict=${owner}`),
  ];
  const { plan } = await runFor('plan', (onEvent) =>
    context.runHostProgram(request, args, (event) => {
      if (event.event === 'step') onStep(event);
      onEvent(event);
    }),
  );
  return plan;
}
