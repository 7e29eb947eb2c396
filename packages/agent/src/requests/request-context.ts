import type { HostProgramEvent } from '@virtfn/contract';
import type { Clock, HostReader } from '@virtfn/host';
import type { Finding, HostConfig } from '@virtfn/model';
import type { DomainStepRecord, VirtualMachines } from '../domains/index.ts';
import type { FilterKeeper } from '../filters/index.ts';
import type { Keeper } from '../keeper/index.ts';
import type { FleetView } from '../ports/index.ts';
import type { StepRecord } from '../reconcile/index.ts';
import type { ConfigFile } from './config-file.ts';

/** What answering requests needs of the world, whoever asks. */
export interface AskedContext {
  readonly host: HostReader;
  readonly keeper: Keeper;
  readonly now: () => Date;
  /** What stands out about this machine. */
  readonly findings: () => Promise<readonly Finding[]>;
  /** null: the usual file. */
  readonly openConfig: (file: string | null) => ConfigFile;
  readonly fleet: FleetView;
  readonly machines: VirtualMachines;
  /** null: no packets are filtered. */
  readonly filterKeeper: FilterKeeper | null;
  readonly clock: Clock;
  /** A UUID that was never given before. */
  readonly newUuid: () => string;
  /** Told of each step as it is done or failed, for whoever keeps a log of them. */
  readonly onStep: (record: StepRecord) => void;
  readonly onDomainStep: (record: DomainStepRecord) => void;
}

/** What answering one request needs. */
export interface RequestContext extends AskedContext {
  /** Looks at host.yaml, with the edits in it, before anything is done by it; what it throws is the answer. */
  readonly checkConfig?: (config: HostConfig) => void;
  readonly emit: (event: HostProgramEvent) => void;
  /** Aborted when the asker wants no more: the step under way is finished, and no other is begun. */
  readonly signal: AbortSignal;
}
