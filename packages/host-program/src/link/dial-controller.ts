import https from 'node:https';
import type { Dial } from '@virtfn/agent/link';
import { CLOSE_CODE, CONTROLLER_NAME, LINK_PATH, MOST_MESSAGE_BYTES } from '@virtfn/contract/agent-link';
import { SriovError } from '@virtfn/model';
import { WebSocket } from 'ws';
import type { Membership } from './membership.ts';
import { tlsRefusal } from './tls-refusal.ts';

const HANDSHAKE_LIMIT_MS = 30_000;
/** How long the controller has to answer the closing of the connection. */
const CLOSING_MS = 5000;

/** How to dial the controller of a fleet. It keeps TLS sessions, so that a new connection is cheap for both. */
export function dialController({ url, ca, certificate, key }: Membership): Dial {
  const agent = new https.Agent({
    ca,
    cert: certificate,
    key,
    servername: CONTROLLER_NAME,
    minVersion: 'TLSv1.3',
    keepAlive: false,
  });
  return async (events, signal) => {
    const socket = new WebSocket(`${url}${LINK_PATH}`, {
      agent,
      perMessageDeflate: false,
      maxPayload: MOST_MESSAGE_BYTES,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      followRedirects: false,
    });
    const abort = (): void => socket.terminate();
    signal.addEventListener('abort', abort);
    try {
      await opened(socket, url);
    } finally {
      signal.removeEventListener('abort', abort);
    }
    socket.on('message', (data, isBinary) =>
      events.message(isBinary ? '' : (data as Buffer).toString('utf8')),
    );
    socket.on('pong', () => events.pong());
    socket.on('close', (code, reason) => events.closed(code, reason.toString('utf8')));
    return {
      send: (text) => socket.send(text, () => {}),
      ping: () => {
        if (socket.readyState === socket.OPEN) socket.ping();
      },
      close(code) {
        // Whoever is silent will not answer a farewell either.
        if (code === CLOSE_CODE.silent) return socket.terminate();
        socket.close(code);
        setTimeout(() => socket.terminate(), CLOSING_MS).unref();
      },
    };
  };
}

function opened(socket: WebSocket, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    // Stays for the life of the connection: a broken frame is told by `close` too.
    socket.on('error', (error) => reject(tlsRefusal(url, error)));
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      reject(
        statusCode === 403
          ? new SriovError(
              'CERTIFICATE_REFUSED',
              `Cannot join the fleet at ${url}: the certificate was refused`,
            )
          : new SriovError(
              'CONTROLLER_UNREACHABLE',
              `Cannot join the fleet at ${url}: the answer has status ${statusCode} and is not a controller's`,
            ),
      );
    });
  });
}
