import type { ReadonlySignal } from '@preact/signals';
import type { Link } from '../fleet/index.ts';
import { now } from '../look/index.ts';

/** Says in the header whether what is shown is so now. */
export function LinkState({ link }: { readonly link: ReadonlySignal<Link> }) {
  return (
    <span role="status" class="badge">
      <Words link={link.value} />
    </span>
  );
}

function Words({ link }: { readonly link: Link }) {
  switch (link.kind) {
    case 'live':
      return <span class="good">● Live</span>;
    case 'connecting':
      return <span class="quiet">○ Connecting</span>;
    case 'refused':
      return <span class="bad">▲ Not signed in</span>;
    case 'lost': {
      const seconds = Math.max(0, Math.round((now.value - link.since) / 1000));
      return <span class="bad">▲ Not connected for {seconds} s: what you see may be old</span>;
    }
  }
}
