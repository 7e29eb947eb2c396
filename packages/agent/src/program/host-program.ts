import { documentOfHost, documentOfPlan, type HostProgramEvent, type HostRequest } from '@virtfn/contract';
import type { Host } from '@virtfn/host';
import {
  type DesiredHost,
  desiredOfConfig,
  describeStep,
  type Finding,
  type HostConfig,
  type PciAddress,
  type PhysicalNetwork,
  SriovError,
  toSriovError,
} from '@virtfn/model';
import type { Journal } from '../journal/index.ts';
import { Reconciler, type StepRecord } from '../reconcile/index.ts';

export interface HostProgramOptions {
  readonly host: Host;
  readonly now: () => Date;
  /** What stands out about this machine. */
  readonly findings: () => readonly Finding[];
  /** Reads `host.yaml`; null when there is none. */
  readonly readConfig: () => Promise<HostConfig | null>;
  /** Opened for plans and changes only: looking needs no rights. */
  readonly openJournal: () => Promise<Journal & { close(): Promise<void> }>;
  /** Who may lose a VF, spelled as the plan spells it. */
  readonly evict: readonly string[];
  readonly emit: (event: HostProgramEvent) => void;
}

/**
 * Does one thing on this host and ends: looks at it, says what is wrong with it, plans what `host.yaml` wants of it, or brings it there.
 *
 * @returns whether all of it could be done
 */
export async function runHostProgram(request: HostRequest, options: HostProgramOptions): Promise<boolean> {
  try {
    switch (request) {
      case 'observe':
        return await observe(options);
      case 'doctor':
        options.emit({ event: 'findings', findings: options.findings().map((finding) => ({ ...finding })) });
        return true;
      case 'plan':
        return await planOrApply(options, false);
      case 'apply':
        return await planOrApply(options, true);
    }
  } catch (thrown) {
    const { code, message, hint } = toSriovError(thrown);
    options.emit({ event: 'error', error: { code, message, hint } });
    return false;
  }
}

const NO_NETWORKS: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]> = new Map();

async function observe({ host, now, findings, readConfig, emit }: HostProgramOptions): Promise<boolean> {
  const observed = await host.observe();
  const config = await readConfig();
  const physicalNetworks = config === null ? NO_NETWORKS : desiredOfConfig(config, observed).physicalNetworks;
  emit({
    event: 'host',
    host: documentOfHost({ observed, findings: findings(), physicalNetworks }, now()),
  });
  return true;
}

async function planOrApply(options: HostProgramOptions, isForReal: boolean): Promise<boolean> {
  const { host, emit } = options;
  const config = await options.readConfig();
  if (config === null) {
    throw new SriovError(
      'DESIRED_STATE_MISSING',
      `Cannot ${isForReal ? 'apply' : 'plan'}: this host has no host.yaml`,
      {
        hint: 'Write /etc/virtfn/host.yaml (docs/operators/host-yaml.md has an example), or name a file with --config',
      },
    );
  }
  const { desired } = desiredOfConfig(config, await host.observe());
  const wanted: DesiredHost = { ...desired, evict: options.evict };
  const journal = await options.openJournal();
  try {
    const reconciler = new Reconciler(host, journal, (record) => emit(eventOfStep(record)));
    // What failed in an earlier run is tried again: somebody asked for it just now.
    if (isForReal) await reconciler.forgive();
    const { plan } = isForReal ? await reconciler.reconcile(wanted) : await reconciler.planOnly(wanted);
    emit({ event: 'plan', plan: documentOfPlan(plan) });
    return plan.refusals.length === 0 && (!isForReal || plan.steps.length === 0);
  } finally {
    await journal.close();
  }
}

function eventOfStep({ step, error }: StepRecord): HostProgramEvent {
  return {
    event: 'step',
    text: describeStep(step),
    error: error === null ? null : { code: error.code, message: error.message },
  };
}
