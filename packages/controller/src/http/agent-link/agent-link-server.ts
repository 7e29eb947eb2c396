import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { LINK_PATH, MOST_MESSAGE_BYTES } from '@virtfn/contract/agent-link';
import { SriovError } from '@virtfn/model';
import { WebSocketServer } from 'ws';
import type { AgentSessions, CertificateAuthority, EnrolmentBackend } from '../../agents/index.ts';
import { hostOfPeer } from './peer-host.ts';
import { serveEnrolment } from './serve-enrolment.ts';
import { openSession } from './web-socket-connection.ts';

export interface AgentLinkServerOptions {
  readonly authority: CertificateAuthority;
  readonly sessions: AgentSessions;
  readonly backend: EnrolmentBackend;
  readonly now: () => Date;
  /** Any address: nobody without a certificate of the fleet gets further than enrolment. Port 0: any free one. */
  readonly address: { readonly host: string; readonly port: number };
}

const SWEEP_EVERY_MS = 5000;
/** Long before the year of a server's certificate is over. */
const NEW_CERTIFICATE_EVERY_MS = 24 * 3_600_000;
/** Connections that come in the same moment wait in the kernel: as many as it lets (net.core.somaxconn). */
const BACKLOG = 65_535;
const FAREWELL_MS = 1000;
const HANDSHAKE_LIMIT_MS = 30_000;
const REQUEST_LIMIT_MS = 10_000;

/** The agents' port of a controller. */
export class AgentLinkServer {
  /** As agents are told it: `https://127.0.0.1:9697`. */
  readonly url: string;
  readonly port: number;
  readonly #server: https.Server;
  readonly #sessions: AgentSessions;
  /** Also those that have not said a word: the server would wait for them for ever. */
  readonly #sockets = new Set<Socket>();
  readonly #timers: readonly NodeJS.Timeout[];

  private constructor(server: https.Server, options: AgentLinkServerOptions) {
    this.#server = server;
    this.#sessions = options.sessions;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    const { address, port } = server.address() as AddressInfo;
    this.port = port;
    this.url = `https://${address.includes(':') ? `[${address}]` : address}:${port}`;
    this.#timers = [
      setInterval(() => options.sessions.sweep(), SWEEP_EVERY_MS),
      setInterval(() => server.setSecureContext(contextOf(options)), NEW_CERTIFICATE_EVERY_MS),
    ];
  }

  /** Starts to listen. @throws {SriovError} LISTEN_FAILED */
  static async listen(options: AgentLinkServerOptions): Promise<AgentLinkServer> {
    const { host, port } = options.address;
    const server = createServer(options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const message = `Cannot listen on ${host}:${port} for agents: the system answered ${cause.code ?? 'an error'}`;
        reject(new SriovError('LISTEN_FAILED', message, { details: { host, port }, cause }));
      });
      server.listen({ host, port, backlog: BACKLOG }, resolve);
    });
    return new AgentLinkServer(server, options);
  }

  /** Ends all sessions and stops to listen. Whoever has not gone after a second is cut off. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#sessions.close();
    const ending = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, FAREWELL_MS);
    await closed;
    clearTimeout(ending);
  }
}

function createServer(options: AgentLinkServerOptions): https.Server {
  const { sessions, authority, backend, now } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_MESSAGE_BYTES,
    // Each compressed connection would hold its own windows: hundreds of kB, for messages that are short.
    perMessageDeflate: false,
  });
  const server = https.createServer(
    {
      ...contextOf(options),
      minVersion: 'TLSv1.3',
      requestCert: true,
      // Whoever enrols has no certificate yet; all others are turned away before they reach a session.
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      requestTimeout: REQUEST_LIMIT_MS,
      headersTimeout: REQUEST_LIMIT_MS,
    },
    (request, response) => void serveEnrolment(request, response, { authority, backend, now: now() }),
  );
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    const peer = hostOfPeer(socket as TLSSocket);
    if (request.url !== LINK_PATH) return turnAway(socket, '404 Not Found');
    if (peer === null) return turnAway(socket, '403 Forbidden');
    sockets.handleUpgrade(request, socket, head, (webSocket) => openSession(webSocket, peer, sessions));
  });
  return server;
}

function contextOf({ authority, now }: AgentLinkServerOptions): {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
} {
  const { certificate, key } = authority.issueServer(now());
  // The authority's own goes along: an agent that enrols knows its fingerprint only.
  return { cert: `${certificate}${authority.certificate}`, key, ca: authority.certificate };
}

function turnAway(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}
