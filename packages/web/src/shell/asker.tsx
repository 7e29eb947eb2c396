import type { About } from '@virtfn/contract';
import { Link } from 'wouter-preact';

/** Who looks, where that was asked, and the way to be somebody else. */
export function Asker({ about }: { readonly about: About | null }) {
  const userName = about?.asker.userName ?? null;
  if (userName === null) return null;
  return (
    <Link href="/sign-in" title="Sign in as somebody else">
      {about?.asker.mayWrite === false ? `${userName}, who may only look` : userName}
    </Link>
  );
}
