// The port that agents dial: TLS with the fleet's own certificates, one WebSocket for each agent, and enrolment.
// Must never let a connection reach a session whose certificate the fleet's authority did not sign.
export { AgentLinkServer, type AgentLinkServerOptions } from './agent-link-server.ts';
export { openAuthority } from './open-authority.ts';
