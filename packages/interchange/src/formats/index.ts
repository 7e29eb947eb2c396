// One file for each format: how PFs and VFs are said in it, and how they are read from it.
// Must never guess: what a text does not say stays unsaid, and what a format cannot say is a note.
export { formatHostYaml } from './host-yaml.ts';
export { formatNetplan, parseNetplan } from './netplan.ts';
export { formatNetworkManager, parseNetworkManager } from './keyfile.ts';
export { formatNmstate, parseNmstate } from './nmstate.ts';
export { formatSystemdLink, parseSystemdLink } from './systemd-link.ts';
