// Writes a snapshot: a folder with just those files of a machine that the doctor reads, secrets left out.
// Must never write outside of that folder, and never into one that has something in it.
export { collectSnapshot } from './collect-snapshot.ts';
