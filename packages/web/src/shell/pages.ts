import type { Viewer } from '../fleet/index.ts';

interface PageLink {
  readonly path: string;
  readonly name: string;
  /** Who is shown the way to it. */
  readonly viewers: readonly Viewer[];
}

const PAGES: readonly PageLink[] = [
  { path: '/', name: 'Overview', viewers: ['administrator'] },
  { path: '/', name: 'Host', viewers: ['owner'] },
  { path: '/networks', name: 'Networks', viewers: ['administrator', 'member'] },
  { path: '/ports', name: 'Ports', viewers: ['administrator', 'member'] },
  { path: '/events', name: 'Events', viewers: ['administrator', 'owner'] },
  { path: '/settings', name: 'Settings', viewers: ['administrator'] },
];

/** The pages that are for whoever looks; none while nobody knows who that is. */
export function pagesFor(viewer: Viewer | null): readonly PageLink[] {
  return PAGES.filter(({ viewers }) => viewer !== null && viewers.includes(viewer));
}
