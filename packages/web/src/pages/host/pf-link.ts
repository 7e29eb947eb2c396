import type { PfDocument } from './standing.ts';

/** How a PF stands on its wire, for the eye. */
export interface PfLink {
  readonly name: 'up' | 'no carrier' | 'down' | 'not there' | 'unknown';
  /** With its speed, where it has one. */
  readonly words: string;
}

/** @param pf null: its host does not show it @param isAlive whether its host's agent is */
export function pfLink(pf: PfDocument | null, isAlive: boolean): PfLink {
  if (pf === null) return { name: 'not there', words: 'not there' };
  if (!isAlive) return { name: 'unknown', words: 'unknown' };
  if (!pf.adminUp) return { name: 'down', words: 'down' };
  if (!pf.carrier) return { name: 'no carrier', words: 'no carrier' };
  return { name: 'up', words: speedWords(pf.linkMbps) };
}

function speedWords(linkMbps: number | null): string {
  if (linkMbps === null) return 'up';
  return linkMbps >= 1000 ? `${linkMbps / 1000} Gbit/s` : `${linkMbps} Mbit/s`;
}
