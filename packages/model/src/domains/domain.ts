import type { Branded } from '../brand.ts';
import { SriovError } from '../errors/index.ts';
import type { ObservedInterface } from './domain-interface.ts';

/** UUID of a domain, in small letters: stays when the domain is renamed or moves to another host. */
export type DomainId = Branded<string, 'DomainId'>;

/** `crashed`: its guest has panicked and what is left of it is kept. A domain that has no process is `shut-off`. */
export type DomainState = 'running' | 'paused' | 'crashed' | 'shut-off';

/** A virtual machine of this host, as read from its hypervisor. */
export interface ObservedDomain {
  readonly domainId: DomainId;
  /** What people call it. */
  readonly name: string;
  readonly state: DomainState;
  /** Whether it has a configuration that outlives its run. */
  readonly isPersistent: boolean;
  /** What the running machine has; empty when it is shut off. */
  readonly live: readonly ObservedInterface[];
  /** What it will have at its next start; empty when nothing of it is kept. */
  readonly config: readonly ObservedInterface[];
  /**
   * Why its interfaces could not be read: then `live` and `config` are empty and say nothing, and a state that could not be read
   * is `paused`. null: all of it was read.
   */
  readonly unread: SriovError | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @throws {SriovError} NAME_INVALID */
export function parseDomainId(text: string): DomainId {
  const small = text.toLowerCase();
  if (UUID.test(small)) return small as DomainId;
  throw new SriovError('NAME_INVALID', `Cannot use "${text.slice(0, 64)}" as the UUID of a virtual machine`, {
    details: { found: text.slice(0, 64) },
  });
}

export function isActive({ state }: Pick<ObservedDomain, 'state'>): boolean {
  return state !== 'shut-off';
}

/**
 * Finds a virtual machine by its name or its UUID.
 *
 * @throws {SriovError} VM_UNKNOWN naming those that are there
 */
export function findDomain(domains: readonly ObservedDomain[], nameOrId: string): ObservedDomain {
  const small = nameOrId.toLowerCase();
  const found =
    domains.find(({ name }) => name === nameOrId) ?? domains.find(({ domainId }) => domainId === small);
  if (found !== undefined) return found;
  const names = domains.map(({ name }) => name);
  const there = names.length === 0 ? 'the host has none' : `the host has ${names.join(', ')}`;
  throw new SriovError('VM_UNKNOWN', `Cannot find virtual machine ${nameOrId}: ${there}`, {
    details: { vm: nameOrId, known: names },
  });
}
