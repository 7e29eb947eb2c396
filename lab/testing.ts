import { findLab, type Lab } from './lab.ts';

/** The variable that names the lab for the tests: `npm run test:lab` starts it once for all of them. */
export const labVariable = 'VIRTFN_LAB';

/** Gives the lab that the run of tests has started, or, for a test run by hand, the only one that is up. */
export function labUnderTest(): Lab {
  return findLab(process.env[labVariable] ?? null);
}
