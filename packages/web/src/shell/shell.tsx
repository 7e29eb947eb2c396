import type { ComponentChildren } from 'preact';
import { Link, useLocation } from 'wouter-preact';
import type { Fleet } from '../fleet/index.ts';
import { LinkState } from './link-state.tsx';
import { SearchBox } from './search-box.tsx';

const PAGES = [
  { path: '/', name: 'Overview' },
  { path: '/networks', name: 'Networks' },
  { path: '/ports', name: 'Ports' },
  { path: '/events', name: 'Events' },
  { path: '/settings', name: 'Settings' },
] as const;

export function Shell({ fleet, children }: { readonly fleet: Fleet; readonly children: ComponentChildren }) {
  const [at] = useLocation();
  return (
    <>
      <header class="top">
        <Link href="/" class="name">
          virtfn
        </Link>
        <nav aria-label="Pages">
          {PAGES.map(({ path, name }) => (
            <Link key={path} href={path} aria-current={at === path ? 'page' : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <SearchBox />
        <LinkState link={fleet.link} />
      </header>
      <main>{children}</main>
    </>
  );
}
