import { useLocation } from 'wouter-preact';
import type { Viewer } from '../fleet/index.ts';

/** What whoever looks may search by. */
const WORDS: Readonly<Record<Viewer, string>> = {
  administrator: 'MAC, IP, PCI address, VM, port',
  member: 'MAC, IP, port, VM’s UUID',
  owner: 'MAC, PCI address, interface, VM',
};

/** Goes to what is searched for, from every page. */
export function SearchBox({ viewer }: { readonly viewer: Viewer | null }) {
  const [, go] = useLocation();
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const words = new FormData(event.currentTarget).get('q');
        if (typeof words === 'string' && words.trim() !== '')
          go(`/search?q=${encodeURIComponent(words.trim())}`);
      }}
    >
      <input
        name="q"
        type="search"
        aria-label="Search"
        placeholder={viewer === null ? undefined : WORDS[viewer]}
      />
    </form>
  );
}
