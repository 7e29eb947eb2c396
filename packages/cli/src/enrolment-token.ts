import { SriovError } from '@virtfn/model';

/** A token is a line; more than this is something else. */
const MOST_CHARACTERS = 4096;

/**
 * The one-time token by which this machine joins a fleet: as given, of the environment, or from standard input, where neither
 * other users nor the shell's history see it.
 *
 * @param given null: none; `-`: it is on standard input
 * @throws {SriovError} REQUEST_INVALID
 */
export async function readEnrolmentToken(
  given: string | null,
  env: Readonly<Record<string, string | undefined>>,
  input: AsyncIterable<Buffer | string>,
): Promise<string> {
  const token = given === '-' ? await firstLine(input) : (given ?? env['VIRTFN_ENROL_TOKEN'] ?? '');
  if (token !== '') return token;
  throw new SriovError('REQUEST_INVALID', 'Cannot join a fleet: there is no token', {
    hint: 'Give it on standard input, `--token -`, or in VIRTFN_ENROL_TOKEN; `virtfn agent token` at the controller makes one',
  });
}

async function firstLine(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const piece of input) {
    text += piece.toString();
    if (text.includes('\n') || text.length > MOST_CHARACTERS) break;
  }
  return text.split('\n')[0]?.trim() ?? '';
}
