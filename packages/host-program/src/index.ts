// The agent on this machine: the same requests that the daemon answers, once, where no daemon runs. The daemon
// is in daemon/, and imported by itself only: it is too much for a command line.
// Wires the agent to the real kernel, the real files and the socket; must never decide what is done to a host.
export { answerOnce } from './answer-once.ts';
export { type Places, placesOf } from './places.ts';
