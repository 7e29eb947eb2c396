import type {
  Client,
  EventQueryDocument,
  FleetEvent,
  HostDocument,
  HostProgramEvent,
  HostRequest,
  ListenAddress,
  ResetEvent,
} from '@virtfn/contract';
import type { NeutronClient } from '@virtfn/contract/neutron-client';
import type { Terminal } from './output/index.ts';

/** Where an agent listens beside its socket; null: nowhere. */
export interface AgentAddresses {
  /** For Prometheus. */
  readonly metrics: ListenAddress | null;
  /** For browsers of this machine. */
  readonly dashboard: ListenAddress | null;
}

/** This machine, without a controller: by its agent where one runs, and directly where none does. */
export interface ThisHost {
  /** Does one thing and tells of it as it goes. Ctrl-C ends it behind the step under way. */
  ask(request: HostRequest, onEvent: (event: HostProgramEvent) => void): Promise<void>;
  /** What is wrong with the machine whose files are below `root`. */
  examine(root: string): Promise<HostDocument['findings']>;
  /** Copies what `examine` looks at to a folder, without secrets. */
  collect(
    root: string,
    folder: string,
  ): Promise<{ readonly files: number; readonly leftOut: readonly string[] }>;
  /** A PF or VF as libvirt's node device document. @throws {SriovError} PCI_ADDRESS_INVALID, DEVICE_UNKNOWN */
  describeDevice(name: string): Promise<string>;
  /**
   * Makes the machine a member of a fleet; `hostId` null: under its own name; `token` null: that of the
   * environment, `-`: it is on standard input. The address of the controller comes back.
   *
   * @throws {SriovError} ENROLMENT_TOKEN_INVALID, ENROLMENT_REFUSED, CONTROLLER_UNREACHABLE, CONTROLLER_UNTRUSTED
   */
  enrol(
    url: string,
    token: string | null,
    hostId: string | null,
  ): Promise<{ readonly url: string; readonly hostId: string }>;
  /**
   * Keeps the machine until a signal ends it.
   *
   * @throws {SriovError} JOURNAL_LOCKED
   */
  runAgent(listen: AgentAddresses): Promise<void>;
}

/** What a command may use of the world; main.ts makes it, tests make their own. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** A client of the controller at `endpoint`. */
  readonly connect: (endpoint: string, patience?: { readonly timeoutMs: number }) => Client;
  /** A client of Neutron's API at `endpoint`. */
  readonly connectNeutron: (endpoint: string) => NeutronClient;
  /** What changes, until Ctrl-C. @throws {SriovError} */
  readonly followEvents: (
    endpoint: string,
    query: EventQueryDocument,
    onLost: (error: Error) => void,
  ) => AsyncIterable<FleetEvent | ResetEvent>;
  readonly now: () => Date;
  /** Waits between two looks at something that takes its time. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Runs the all-in-one program until it ends; its exit status. */
  readonly runUp: (args: readonly string[]) => Promise<number>;
  /** Runs the controller's program on this machine until it ends; its exit status. */
  readonly runController: (args: readonly string[]) => Promise<number>;
  readonly thisHost: ThisHost;
  /** Variables that may say what the configuration of a controller does not. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @throws {SriovError} CONFIG_INVALID */
  readonly readFile: (file: string) => Promise<string>;
  readonly defaultEndpoint: string;
  /** Whether the endpoint was chosen by the user, or is where a controller would be. */
  readonly hasChosenEndpoint: boolean;
  /** Sets the exit status of the process when nothing failed but not all is well. */
  readonly exitWith: (status: number) => void;
}
