// A simulated machine as text: what lspci, `ip link` and sysfs would show of it now, and the shell commands that make it so.
// Pure. Never shows what the tools of a real host would not: insides are for the tests of the machine itself.
export { printIpCommands } from './ip-commands.ts';
export { printIpLink } from './ip-link.ts';
export { printLspci } from './lspci.ts';
export { printSysfs } from './sysfs.ts';
