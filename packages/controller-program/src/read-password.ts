import type { ReadStream } from 'node:tty';
import { text } from 'node:stream/consumers';
import { SriovError } from '@virtfn/model';

const INTERRUPT = '\u0003';
const END = '\u0004';
const BACKSPACE = new Set(['\u0008', '\u007F']);

/**
 * A password: typed and not shown where somebody sits, else all that comes in, without its last line break. Never from
 * the command line, which every user of the machine can read.
 *
 * @throws {SriovError} REQUEST_INVALID when it is interrupted
 */
export async function readPassword(input: ReadStream, prompt: NodeJS.WritableStream): Promise<string> {
  if (!input.isTTY) return (await text(input)).replace(/\r?\n$/, '');
  prompt.write('Password: ');
  input.setRawMode(true);
  input.setEncoding('utf8');
  try {
    let typed: readonly string[] = [];
    for await (const chunk of input) {
      for (const key of chunk as string) {
        if (key === INTERRUPT)
          throw new SriovError('REQUEST_INVALID', 'Cannot read the password: it was interrupted');
        if (key === '\r' || key === '\n' || key === END) return typed.join('');
        typed = BACKSPACE.has(key) ? typed.slice(0, -1) : [...typed, key];
      }
    }
    return typed.join('');
  } finally {
    input.setRawMode(false);
    prompt.write('\n');
  }
}
