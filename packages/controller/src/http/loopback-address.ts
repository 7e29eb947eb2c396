import { isLoopback, type ListenAddress, parseListenAddress } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';

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
      hint: 'Write it as 127.0.0.1:9696. Other addresses are refused: whoever reaches the port may do everything',
    },
  );
}
