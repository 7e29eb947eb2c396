import type { ComponentChildren } from 'preact';
import { Link, useLocation } from 'wouter-preact';
import type { Fleet, Viewer } from '../fleet/index.ts';
import { Asker } from './asker.tsx';
import { LinkState } from './link-state.tsx';
import { pagesFor } from './pages.ts';
import { SearchBox } from './search-box.tsx';

export function Shell({ fleet, children }: { readonly fleet: Fleet; readonly children: ComponentChildren }) {
  const [at] = useLocation();
  const viewer = fleet.viewer.value;
  return (
    <>
      <header class="top">
        <Link href="/" class="name">
          virtfn
        </Link>
        <nav aria-label="Pages">
          {pagesFor(viewer).map(({ path, name }) => (
            <Link key={path} href={path} aria-current={isAt(at, path, viewer) ? 'page' : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <SearchBox viewer={viewer} />
        <Asker about={fleet.about.value} />
        <LinkState link={fleet.link} />
      </header>
      <main>{children}</main>
    </>
  );
}

/** The owner of one host is sent from the first page to that of the host. */
function isAt(at: string, path: string, viewer: Viewer | null): boolean {
  return at === path || (viewer === 'owner' && path === '/' && at.startsWith('/hosts/'));
}
