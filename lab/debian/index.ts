// Packages of Debian for the lab: which sources this machine uses, what it has installed, and an apt of our own to fetch with.
// Never changes the machine's sources, and never names a mirror: whatever host the machine gets its packages from, the lab does too.
export {
  packagesToBuild,
  packagesToBuildKernel,
  packagesToRun,
  requirePackages,
} from './machine-packages.ts';
export {
  downloadPackages,
  type PrivateApt,
  preparePrivateApt,
  readAcquireSettings,
  readAvailable,
  updateLists,
} from './private-apt.ts';
