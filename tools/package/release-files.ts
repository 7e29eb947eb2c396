import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { makeBundle } from '../bundle/bundle.ts';

const run = promisify(execFile);

/** Shells by the places where their packages look for what other packages bring. */
const COMPLETIONS = {
  bash: 'share/bash-completion/completions/virtfn',
  zsh: 'share/zsh/vendor-completions/_virtfn',
  fish: 'share/fish/vendor_completions.d/virtfn.fish',
} as const;

/**
 * Lays out what is installed, below one folder as it will be below /usr: the bundle with a runtime of its own, units, man page,
 * completion, documents.
 *
 * @param root the checkout
 * @param folder made anew
 * @param node the runtime that comes along
 */
export async function layOutRelease(root: string, folder: string, node: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const program = path.join(folder, 'lib/virtfn');
  const { inputs } = await makeBundle(root, program, null);
  copyFileSync(node, path.join(program, 'node'));
  chmodSync(path.join(program, 'node'), 0o755);
  mkdirSync(path.join(folder, 'bin'));
  symlinkSync('../lib/virtfn/virtfn', path.join(folder, 'bin/virtfn'));

  for (const unit of globSync('packaging/systemd/*.service', { cwd: root }))
    copy(path.join(root, unit), path.join(folder, 'lib/systemd/system', path.basename(unit)));
  for (const users of globSync('packaging/sysusers.d/*.conf', { cwd: root }))
    copy(path.join(root, users), path.join(folder, 'lib/sysusers.d', path.basename(users)));

  const say = async (...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, NODE_COMPILE_CACHE: '' };
    return (await run(path.join(program, 'virtfn'), args, { env, maxBuffer: 1 << 24 })).stdout;
  };
  write(path.join(folder, 'share/man/man1/virtfn.1.gz'), gzipSync(await say('man'), { level: 9 }));
  for (const [shell, place] of Object.entries(COMPLETIONS))
    write(path.join(folder, place), await say('completion', shell));

  const documents = path.join(folder, 'share/doc/virtfn');
  cpSync(path.join(root, 'docs'), documents, { recursive: true });
  for (const file of ['README.md', 'CHANGELOG.md']) copy(path.join(root, file), path.join(documents, file));
  write(path.join(documents, 'copyright'), copyrights(root, Object.keys(inputs), node));
}

/** The licence of virtfn and of everybody whose code comes along, with the words of each. */
function copyrights(root: string, inputs: readonly string[], node: string): string {
  const names = inputs.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  const folders = [
    ...[...new Set([...names, 'koffi'])]
      .toSorted()
      .map((name) => ({ name, folder: path.join(root, 'node_modules', name) })),
    { name: 'Node.js', folder: path.join(path.dirname(node), '..') },
  ];
  const texts = folders.map(
    ({ name, folder }) => `${name}\n${'='.repeat(name.length)}\n\n${licenceIn(folder)}`,
  );
  const own = readFileSync(path.join(root, 'LICENSE'), 'utf8').trimEnd();
  return `${own}\n\nvirtfn comes with code of others, under these licences.\n\n${texts.join('\n\n')}\n`;
}

/** The words themselves, or where a package has only their name, that and whose they are. */
function licenceIn(folder: string): string {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (file !== undefined) return readFileSync(path.join(folder, file), 'utf8').trim();
  const { license, author } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    readonly license?: string;
    readonly author?: string | { readonly name: string };
  };
  if (license === undefined) throw new Error(`Cannot package what is in ${folder}: it has no licence`);
  const holder = typeof author === 'object' ? author.name : author;
  return `${license}${holder === undefined ? '' : `, by ${holder}`}`;
}

function copy(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function write(file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
