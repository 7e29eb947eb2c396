import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import { placeStyle } from './place-style.ts';
import type { Place } from './plan-topology.ts';

interface NodeProps {
  readonly place: Place;
  readonly href: string;
  /** For who hears it: what it is, its name in full, and how it stands. */
  readonly label: string;
  /** Whether it is what is looked at. */
  readonly isChosen?: boolean;
  /** What there is no room for, for who points at it. */
  readonly title?: string;
  readonly look?: 'bad' | undefined;
  readonly children: ComponentChildren;
}

/** One thing of the picture: it leads to where all of it is told. */
export function Node({ place, href, label, isChosen = false, title, look, children }: NodeProps) {
  return (
    <Link
      href={href}
      class={look === undefined ? 'node' : `node ${look}`}
      style={placeStyle(place)}
      aria-label={label}
      title={title}
      aria-current={isChosen ? 'true' : undefined}
    >
      {children}
    </Link>
  );
}
