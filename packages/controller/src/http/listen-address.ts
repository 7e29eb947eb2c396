import { SriovError } from '@virtfn/model';

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/**
 * Parses `host:port`, `[v6]:port` or `port`. Only addresses of this machine alone: there is no authentication yet.
 *
 * @throws {SriovError} REQUEST_INVALID
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:(127(?:\.\d{1,3}){3}|localhost|\[::1\]):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2] ?? Number.NaN);
  if (match === null || port > 65_535) {
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot listen on "${text.slice(0, 100)}": it is not a loopback address with a port`,
      {
        hint: 'Write it as 127.0.0.1:9696. Other addresses are refused: whoever reaches the port may do everything',
      },
    );
  }
  return { host: (match[1] ?? '127.0.0.1').replaceAll(/[[\]]/g, ''), port };
}
