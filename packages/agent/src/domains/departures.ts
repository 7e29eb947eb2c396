import type { Clock, Hypervisor, MigrationProgress } from '@virtfn/host';
import {
  type AttachmentId,
  canMove,
  type DomainId,
  type ObservedDomain,
  ownerOfAlias,
  SriovError,
  toSriovError,
  type WantedInterface,
} from '@virtfn/model';
import type { BroughtAbout } from './bring-about.ts';

/** A port whose machine is about to go. */
type DepartingInterface = WantedInterface & {
  readonly move: Extract<WantedInterface['move'], { readonly kind: 'departing' }>;
};

/** A guest that has not let go of a device by then does not want to: the machine stays. */
const GUEST_LIMIT_MS = 60_000;
/** How long it is waited for that libvirt gives a machine up: a daemon that hangs must not hold up the host. */
const GIVE_UP_LIMIT_MS = 10_000;
/** A machine that has left is off here for a moment, before its definition goes, too. */
const OFF_LIMIT_MS = 20_000;

interface Departure {
  readonly migrationId: string;
  readonly attachments: ReadonlySet<AttachmentId>;
  readonly stop: AbortController;
  /** When it was wanted first. */
  readonly since: number;
  /** Since when it was seen to be shut off; null: it is not. */
  offSince: number | null;
  /** null: the guest still has what cannot move. */
  ended: Promise<void> | null;
  /** null: it is under way, or has gone well. */
  failure: SriovError | null;
}

export interface DeparturesOptions {
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  /** Something ended: look again. */
  readonly onEnd: () => void;
  readonly onProgress: (domainId: DomainId, progress: MigrationProgress) => void;
}

/**
 * Sends machines away whose ports are wanted elsewhere. A look unplugs what cannot move; once nothing of it is left in the
 * machine, the machine is sent, beside all other work. Keeps in memory only what runs and what has just failed: an agent that
 * was killed begins anew with what libvirt shows.
 */
export class Departures {
  readonly #options: DeparturesOptions;
  readonly #departures = new Map<DomainId, Departure>();

  constructor(options: DeparturesOptions) {
    this.#options = options;
  }

  /** Ports whose machine could not be sent, with the reason; until their migration is wanted no more. */
  get failed(): ReadonlyMap<AttachmentId, SriovError> {
    return new Map(
      [...this.#departures.values()].flatMap(({ attachments, failure }) =>
        failure === null ? [] : [...attachments].map((attachmentId) => [attachmentId, failure] as const),
      ),
    );
  }

  /**
   * Gives up what is wanted no more, and waits a while until libvirt has: as long as it sends a machine, it lets nobody plug
   * anything into it. To be called before what is wanted is brought about.
   */
  async giveUp(interfaces: readonly WantedInterface[]): Promise<void> {
    const wanted = new Set(
      interfaces.flatMap(({ move }) => (move?.kind === 'departing' ? [move.migrationId] : [])),
    );
    const unwanted = [...this.#departures].filter(([, { migrationId }]) => !wanted.has(migrationId));
    for (const [domainId, { stop }] of unwanted) {
      stop.abort();
      this.#departures.delete(domainId);
    }
    if (unwanted.length === 0) return;
    const waited = new AbortController();
    await Promise.race([
      Promise.all(unwanted.flatMap(([, { ended }]) => ended ?? [])),
      this.#options.clock.sleep(GIVE_UP_LIMIT_MS, waited.signal),
    ]);
    waited.abort();
  }

  /** Begins what the look has shown to be due. */
  keep(interfaces: readonly WantedInterface[], { domains }: Pick<BroughtAbout, 'domains'>): void {
    const departing = Map.groupBy(
      interfaces.filter((each): each is DepartingInterface => each.move?.kind === 'departing'),
      (each) => each.domainId,
    );
    for (const [domainId, ports] of departing) {
      const domain = domains?.find((each) => each.domainId === domainId);
      const [first] = ports;
      // Whether what cannot move is still in it, a machine that could not be read does not show.
      if (first === undefined || domain === undefined || domain.unread !== null) continue;
      const departure = this.#departures.get(domainId) ?? this.#add(first, ports);
      departure.failure ??= this.#failureOfOff(departure, domain);
      if (domain.state !== 'running') continue;
      if (departure.ended !== null || departure.failure !== null) continue;
      const misfit = ports.find(isOnOtherSwitch);
      if (misfit !== undefined) {
        departure.failure = onOtherSwitch(misfit, domain.name);
        continue;
      }
      // What others have plugged, libvirt judges.
      const stays = domain.live.some(
        ({ alias, source }) => ownerOfAlias(alias) !== null && source !== null && !canMove({ source }),
      );
      if (!stays) this.#begin(first, ports, departure);
      else if (this.#options.clock.now() - departure.since > GUEST_LIMIT_MS)
        departure.failure = new SriovError(
          'GUEST_KEEPS_DEVICE',
          `Cannot move VM ${domain.name}: its guest has not let go of its VF in ${GUEST_LIMIT_MS / 1000} s`,
          { details: { vm: domain.name } },
        );
    }
  }

  /** Gives up what runs, and waits for it. */
  stop(): Promise<void> {
    return this.giveUp([]);
  }

  /** Somebody shut it off before it left; null: not that it shows. */
  #failureOfOff(departure: Departure, { state, name }: ObservedDomain): SriovError | null {
    const now = this.#options.clock.now();
    departure.offSince = state === 'shut-off' ? (departure.offSince ?? now) : null;
    if (departure.offSince === null || now - departure.offSince < OFF_LIMIT_MS) return null;
    return new SriovError('MIGRATION_FAILED', `Cannot move VM ${name}: it was shut off`, {
      details: { vm: name },
    });
  }

  #add({ domainId, move }: DepartingInterface, ports: readonly DepartingInterface[]): Departure {
    const departure: Departure = {
      migrationId: move.migrationId,
      attachments: new Set(ports.map(({ attachmentId }) => attachmentId)),
      stop: new AbortController(),
      since: this.#options.clock.now(),
      offSince: null,
      ended: null,
      failure: null,
    };
    this.#departures.set(domainId, departure);
    return departure;
  }

  #begin(
    { domainId, move }: DepartingInterface,
    ports: readonly DepartingInterface[],
    departure: Departure,
  ): void {
    const { hypervisor, onEnd, onProgress } = this.#options;
    const arrivals = new Map(ports.map((port) => [port.attachmentId, port.move.arrival]));
    const sent = hypervisor.migrate(
      { domainId, uri: move.uri, arrivals },
      { signal: departure.stop.signal, onProgress: (progress) => onProgress(domainId, progress) },
    );
    departure.ended = sent
      .catch((thrown: unknown) => {
        departure.failure = toSriovError(thrown);
      })
      .then(onEnd);
  }
}

/** A Linux bridge is for a VLAN by itself, and Open vSwitch is told: what goes from one to the other would be in another one. */
function isOnOtherSwitch({ place, move }: DepartingInterface): boolean {
  const { bridge } = move.arrival;
  return 'bridge' in place && bridge !== null && bridge.kind !== place.bridge.kind;
}

function onOtherSwitch({ portId }: DepartingInterface, vm: string): SriovError {
  return new SriovError(
    'MIGRATION_REFUSED',
    `Cannot move VM ${vm}: port ${portId} stands by on a Linux bridge on one host, and on Open vSwitch on the other`,
    { details: { vm, port: portId } },
  );
}
