import { SriovError } from '@virtfn/model';

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

const FORM = /^(?:([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):)?(\d{1,5})$/;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|::1)$/;

/**
 * Parses `host:port`, `[v6]:port` or `port`, which means 127.0.0.1.
 *
 * @throws {SriovError} REQUEST_INVALID
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = FORM.exec(text);
  const port = Number(match?.[2] ?? Number.NaN);
  if (match === null || port > 65_535) {
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot listen on "${text.slice(0, 100)}": it is not an address with a port`,
      { hint: 'Write it as 127.0.0.1:9696, or [::]:9696 for every address of this machine' },
    );
  }
  return { host: (match[1] ?? '127.0.0.1').replaceAll(/[[\]]/g, ''), port };
}

/** Whether nobody outside of this machine can reach it. */
export const isLoopback = ({ host }: ListenAddress): boolean => LOOPBACK.test(host);

/**
 * Parses an address of this machine alone, for a server that believes everybody.
 *
 * @throws {SriovError} REQUEST_INVALID
 */
export function parseLoopbackAddress(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (isLoopback(address)) return address;
  throw new SriovError(
    'REQUEST_INVALID',
    `Cannot listen on "${text.slice(0, 100)}": it is not a loopback address with a port`,
    {
      hint: 'Write it as 127.0.0.1:9696. Other addresses are refused: nobody who reaches the port has to prove who he is',
    },
  );
}
