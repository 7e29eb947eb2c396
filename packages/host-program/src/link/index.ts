// The link to the controller on a real machine: its WebSocket over TLS, the host's certificate, and what is kept on disk.
// Must never trust a controller by its address: who signed its certificate is what counts.
export { FleetMember } from './fleet-member.ts';
