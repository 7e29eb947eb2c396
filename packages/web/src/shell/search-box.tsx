import { useLocation } from 'wouter-preact';

/** Goes to what is searched for, from every page. */
export function SearchBox() {
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
      <input name="q" type="search" aria-label="Search" placeholder="MAC, IP, PCI address, VM, port" />
    </form>
  );
}
