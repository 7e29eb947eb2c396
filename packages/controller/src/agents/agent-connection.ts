import type { ControllerMessage } from '@virtfn/contract/agent-link';
import type { HostId } from '@virtfn/model';

/** One open connection, as far as a session needs it. */
export interface AgentConnection {
  /** Who it is, by its certificate. */
  readonly hostId: HostId;
  /** Does nothing when the connection is closed. */
  send(message: ControllerMessage): void;
  /** Closes it with one of CLOSE_CODE. Idempotent. */
  close(code: number, reason: string): void;
}
