// The agent as a service: keeps the host, answers on a socket, tells systemd how it is.
// Must never change anything that host.yaml does not want, or that nobody asked for by the socket.
export { type ListenAddresses, runDaemon } from './daemon.ts';
