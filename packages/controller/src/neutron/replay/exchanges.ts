import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A request to a Neutron, and what it answered. */
export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** Recorded from Neutron 21.0.0 (Zed) with ML2's SR-IOV driver: `plain` without authentication, `keystone` with it. */
export function recordedExchanges(name: 'plain' | 'keystone'): readonly Exchange[] {
  const file = path.join(import.meta.dirname, 'fixtures', `${name}.json`);
  // Files of this folder, in the form above.
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Exchange[];
}
