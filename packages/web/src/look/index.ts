// How things look: colours and sizes, and the few shapes that all pages share.
// Must never know what a fleet is.
export { LongTable } from './long-table.tsx';
export { Age, now } from './time.tsx';
export { Empty, Problem, Loading } from './states.tsx';
