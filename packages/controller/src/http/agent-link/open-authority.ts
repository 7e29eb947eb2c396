import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { SriovError } from '@virtfn/model';
import { type AuthorityPems, CertificateAuthority, createAuthorityPems } from '../../agents/index.ts';

/** Certificate and key in one file, so that there is never one without the other. */
const FILE = 'fleet-authority.pem';

/**
 * The fleet's authority in a folder, made there the first time. Of two who make it at once, both get the same one.
 *
 * @throws {SriovError} CONFIG_INVALID, PERMISSION_DENIED
 */
export async function openAuthority(folder: string, now: Date): Promise<CertificateAuthority> {
  const file = path.join(folder, FILE);
  try {
    const text = (await readIfThere(file)) ?? (await make(file, now));
    return new CertificateAuthority(parse(text));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw new SriovError(
      'PERMISSION_DENIED',
      `Cannot use the fleet's authority: the system answered ${code} for ${file}`,
      {
        hint: 'Run the controller as the user that owns its state folder',
        cause: error,
      },
    );
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function make(file: string, now: Date): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const { certificate, key } = createAuthorityPems(now);
  const next = `${file}.${process.pid}.next`;
  await rm(next, { force: true });
  const handle = await open(next, 'wx', 0o600);
  try {
    await handle.writeFile(`${certificate}${key}`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // Unlike a rename, this does not replace what somebody else has made meanwhile.
    await link(next, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(next, { force: true });
  }
  return readFile(file, 'utf8');
}

function parse(text: string): AuthorityPems {
  const blockOf = (kind: string): string =>
    new RegExp(`-----BEGIN ${kind}-----[^-]+-----END ${kind}-----\\n?`).exec(text)?.[0] ?? '';
  return { certificate: blockOf('CERTIFICATE'), key: blockOf('PRIVATE KEY') };
}
