// One PF: what its link carries and who shares it.
// Must never show a figure that is older than it says.
export { Pf } from './pf.tsx';
