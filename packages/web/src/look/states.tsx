import type { SriovError } from '@virtfn/model';
import type { ComponentChildren } from 'preact';

/** Nothing to show, and what to do about it. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="quiet">{children}</p>;
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="quiet" aria-busy="true">
      Reading {what} …
    </p>
  );
}

/** What was attempted, what was found, what to do. */
export function Problem({ error }: { readonly error: SriovError }) {
  return (
    <div role="alert">
      <p class="bad">
        ▲ {error.message} <code>{error.code}</code>
      </p>
      <p>{error.hint}</p>
    </div>
  );
}
