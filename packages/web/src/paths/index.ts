// Where the pages are: every link to a page of a host, and to what is chosen on it, is written here.
// Must never put a name into an address as it is: a host or a machine may be called anything.
export { hostPath, machinePath, pfPath, vfPath } from './page-paths.ts';
