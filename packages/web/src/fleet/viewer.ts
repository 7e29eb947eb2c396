import type { About } from '@virtfn/contract';

/** Who looks: whoever keeps a fleet, a member of one of its projects, or the owner of one host that answers by itself. */
export type Viewer = 'administrator' | 'member' | 'owner';

export function viewerOf({ serves, asker }: Pick<About, 'serves' | 'asker'>): Viewer {
  if (serves === 'host') return 'owner';
  return asker.isAdmin ? 'administrator' : 'member';
}
