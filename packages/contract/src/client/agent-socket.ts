import { SriovError } from '@virtfn/model';
import type { HostProgramEvent, HostRequest } from '../host-program/index.ts';

/** Where the agent takes requests on its socket. */
export const AGENT_REQUESTS_PATH = '/virtfn/v1/requests';

/** There is no daemon, or none that this user may speak to. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM']);

/**
 * Asks the agent of this machine by its socket and tells of each event as it comes.
 *
 * @returns false: no agent is there, and nothing was asked
 * @throws {SriovError} AGENT_UNREACHABLE when it ends in mid-answer
 */
export function askAgent(
  socket: string,
  request: HostRequest,
  onEvent: (event: HostProgramEvent) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const { request: send } = process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      if (signal.aborted) return resolve(true);
      reject(
        new SriovError(
          'AGENT_UNREACHABLE',
          `Cannot hear the agent on ${socket} to the end: ${error.message}`,
          {
            cause: error,
          },
        ),
      );
    };
    const asked = send({
      socketPath: socket,
      path: AGENT_REQUESTS_PATH,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      signal,
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'connect' && NOBODY.has(error.code)) resolve(false);
      else fail(error);
    });
    asked.on('response', (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onEvent(JSON.parse(line) as HostProgramEvent);
      });
      response.on('error', fail);
      response.on('end', () => resolve(true));
    });
    asked.end(JSON.stringify(request));
  });
}
