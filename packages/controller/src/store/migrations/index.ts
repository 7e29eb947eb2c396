// The schema's history, one file a step, in the SQL that SQLite and PostgreSQL share.
// A step that has been released is never changed, and none may lose data.
import type { Migration } from 'kysely/migration';
import { hosts } from './001-hosts.ts';
import { objects } from './002-objects.ts';
import { fleet } from './003-fleet.ts';
import { tokens } from './004-tokens.ts';
import { steps } from './006-steps.ts';
import { logPosition } from './007-log-position.ts';
import { fewerPages } from './008-fewer-pages.ts';
import { origin } from './009-origin.ts';
import { localPorts } from './010-local-ports.ts';
import { removedHosts } from './011-removed-hosts.ts';
import { hiddenFrom } from './012-hidden-from.ts';
import { wideRevisions } from './013-wide-revisions.ts';
import { fleetAuthority } from './014-fleet-authority.ts';

/** By name, which is their order. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-hosts': hosts,
  '002-objects': objects,
  '003-fleet': fleet,
  '004-tokens': tokens,
  '006-steps': steps,
  '007-log-position': logPosition,
  '008-fewer-pages': fewerPages,
  '009-origin': origin,
  '010-local-ports': localPorts,
  '011-removed-hosts': removedHosts,
  '012-hidden-from': hiddenFrom,
  '013-wide-revisions': wideRevisions,
  '014-fleet-authority': fleetAuthority,
};
