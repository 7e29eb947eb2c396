// The agents that are connected to this controller: who may join, who is there, what each is told and what it tells.
// Must never hold what another controller needs to know: that is the backend's. Never opens a socket: http/agent-link does.
export type { AgentConnection, CertifiedHost } from './agent-connection.ts';
export { AgentSessions, type AgentSessionsOptions, type SessionInput } from './agent-sessions.ts';
export {
  type AuthorityPems,
  CertificateAuthority,
  createAuthorityPems,
  issuedAt,
} from './certificates/index.ts';
export { enrol, type EnrolmentBackend } from './enrol.ts';
export {
  hashOfEnrolmentSecret,
  type MadeEnrolmentToken,
  makeEnrolmentToken,
} from './make-enrolment-token.ts';
export type { AgentIntroduction, DesiredUpdate, FleetBackend } from './fleet-backend.ts';
