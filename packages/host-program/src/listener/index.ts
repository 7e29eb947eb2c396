// Ports that the agent listens on beside its socket, each of them off unless it is asked for.
// Must never hold up the keeping of the host: an address that is not to be had is told once, and tried again.
export { keepListening, type KeepListeningOptions } from './keep-listening.ts';
export { closeNow, type Listening, listenOn, type ListenOptions } from './listen-on.ts';
