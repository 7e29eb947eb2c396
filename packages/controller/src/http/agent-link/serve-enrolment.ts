import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { ERROR_STATUS } from '@virtfn/contract';
import { ENROLMENT_PATH, parseEnrolmentRequest } from '@virtfn/contract/agent-link';
import { SriovError, toSriovError } from '@virtfn/model';
import { type CertificateAuthority, enrol, type EnrolmentBackend } from '../../agents/index.ts';
import { hostOfPeer } from './peer-host.ts';

const MOST_BYTES = 32_768;

interface EnrolmentOffice {
  readonly authority: CertificateAuthority;
  readonly backend: EnrolmentBackend;
  readonly now: Date;
}

/** Answers all that is no WebSocket on the agents' port: enrolment, and nothing else. Never throws. */
export async function serveEnrolment(
  request: IncomingMessage,
  response: ServerResponse,
  office: EnrolmentOffice,
): Promise<void> {
  // One request is all that comes on such a connection.
  response.setHeader('connection', 'close');
  try {
    if (request.method !== 'POST' || request.url !== ENROLMENT_PATH) {
      throw new SriovError('ROUTE_UNKNOWN', 'Cannot answer the request: agents enrol here, and nothing else');
    }
    const asked = parseEnrolmentRequest(await bodyOf(request));
    send(response, 200, await enrol(asked, hostOfPeer(request.socket as TLSSocket), office));
  } catch (thrown) {
    const { code, message, hint } = toSriovError(thrown);
    send(response, ERROR_STATUS[code], { error: { code, message, hint } });
  }
}

function send(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES)
      throw new SriovError(
        'REQUEST_INVALID',
        `Cannot read the enrolment: it is longer than ${MOST_BYTES} bytes`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
