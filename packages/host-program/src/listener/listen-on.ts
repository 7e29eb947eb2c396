import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';

/** A server that listens. */
export interface Listening {
  /** What a person or a program is to open. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly address: ListenAddress;
  /** What it is for, as errors say it: `metrics`. */
  readonly what: string;
  /** Told of what the server meets once it listens, as a process without descriptors does: it goes on. */
  readonly onTrouble: (error: SriovError) => void;
}

/**
 * Starts to listen.
 *
 * @returns the address, `http://127.0.0.1:9808`
 * @throws {SriovError} LISTEN_FAILED
 */
export async function listenOn(
  server: http.Server,
  { address: { host, port }, what, onTrouble }: ListenOptions,
): Promise<string> {
  const failureOf = (action: string, cause: NodeJS.ErrnoException): SriovError => {
    const errno = cause.code ?? 'unknown';
    const message = `Cannot ${action} on ${host}:${port} for ${what}: the system answered ${errno}`;
    return new SriovError('LISTEN_FAILED', message, { details: { host, port, errno }, cause });
  };
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: Error): void => reject(failureOf('listen', cause));
    server.once('error', refuse);
    server.listen(port, host, () => {
      // An error that nobody listens to would end the agent.
      server.on('error', (cause) => onTrouble(failureOf('take connections', cause)));
      server.off('error', refuse);
      resolve();
    });
  });
  const { address, port: bound } = server.address() as AddressInfo;
  return `http://${address.includes(':') ? `[${address}]` : address}:${bound}`;
}

/** Cuts off whoever is still being answered: they ask again. */
export async function closeNow(server: http.Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
