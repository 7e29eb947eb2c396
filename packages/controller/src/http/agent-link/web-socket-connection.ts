import { CLOSE_CODE, MOST_MESSAGE_BYTES } from '@virtfn/contract/agent-link';
import type { WebSocket } from 'ws';
import type { AgentConnection, AgentSessions, CertifiedHost } from '../../agents/index.ts';

/** How much may wait to be sent to an agent that does not read. */
const MOST_WAITING_BYTES = 2 * MOST_MESSAGE_BYTES;

/** How long an agent has to answer the closing of its connection. */
const CLOSING_MS = 5000;

/** Ties one WebSocket to a session. */
export function openSession(socket: WebSocket, peer: CertifiedHost, sessions: AgentSessions): void {
  const connection: AgentConnection = {
    ...peer,
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MOST_WAITING_BYTES) return socket.terminate();
      socket.send(JSON.stringify(message));
    },
    close(code, reason) {
      // Whoever is silent will not answer a farewell either.
      if (code === CLOSE_CODE.silent) return socket.terminate();
      socket.close(code, reason);
      setTimeout(() => socket.terminate(), CLOSING_MS).unref();
    },
  };
  const session = sessions.open(connection);
  socket.on('message', (data, isBinary) => {
    // Buffers are what `ws` gives unless it is told otherwise.
    session.message(isBinary ? '' : (data as Buffer).toString('utf8'));
  });
  socket.on('ping', () => session.heard());
  socket.on('close', () => session.closed());
  // A frame too long or not well formed: `ws` closes the connection with the code that says so.
  socket.on('error', () => {});
}
