// Ports: all of them, one of them, and what can be done with one.
// Must never show a port as set up because somebody asked for it: only what its host read back counts.
export { PortPage } from './port-page.tsx';
export { Ports } from './ports.tsx';
