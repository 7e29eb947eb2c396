import type { ControllerMessage } from '@virtfn/contract/agent-link';
import type { HostId } from '@virtfn/model';

/** Who it is, by its certificate. */
export interface CertifiedHost {
  readonly hostId: HostId;
  /** When the certificate was made. */
  readonly certifiedAt: Date;
}

/** One open connection, as far as a session needs it. */
export interface AgentConnection extends CertifiedHost {
  /** Does nothing when the connection is closed. */
  send(message: ControllerMessage): void;
  /** Closes it with one of CLOSE_CODE. Idempotent. */
  close(code: number, reason: string): void;
}
