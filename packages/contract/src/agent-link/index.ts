// The link between an agent and the controller: JSON text frames over a WebSocket, and the one request that gives an
// agent its certificate. Schemas, types, and the parsers that both ends use.
// Must never let anything through that does not fit its schema: what comes from the other machine is text until then.
export {
  type AgentMessage,
  type Hello,
  parseAgentMessage,
  type PortOutcome,
  type ReportMessage,
} from './agent-message.ts';
export {
  type ControllerMessage,
  type DesiredMessage,
  parseControllerMessage,
  type RefusedMessage,
} from './controller-message.ts';
export {
  type AttachmentRef,
  type DesiredPort,
  type LocalPort,
  type OwnPort,
  parseOwnPorts,
  type Plug,
} from './desired-port.ts';
export {
  ENROLMENT_PATH,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  parseEnrolmentAnswer,
  parseEnrolmentRequest,
} from './enrolment.ts';
export { type EnrolmentToken, formatEnrolmentToken, parseEnrolmentToken } from './enrolment-token.ts';
export { HEARTBEAT_EVERY_MS, MOST_MESSAGE_BYTES, SILENT_AFTER_MS } from './limits.ts';
export { type KeptDesired, parseKeptDesired } from './kept-desired.ts';
export { CLOSE_CODE, CONTROLLER_NAME, DEFAULT_LINK_PORT, LINK_PATH, LINK_PROTOCOL } from './protocol.ts';
export { MOST_STEPS_AT_ONCE, type StepsMessage, type ToldStep } from './step-message.ts';
export type { Answer, AnswerMessage, Ask, Question } from './question.ts';
export { reportMessageOf, reportOfMessage } from './report-message.ts';
