import {
  chmodSync,
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { readProgram, runProgram } from '../run-program.ts';
import type { BuildContext, BuiltLayer, Layer } from './build-cache.ts';
import { disabledUnits, enabledUnits, guestFiles, maskedUnits } from './guest-files.ts';
import { readKernelFacts } from './kernel-layer.ts';

interface DiskParts {
  readonly root: BuiltLayer;
  readonly kernel: BuiltLayer;
  readonly netdevsim: BuiltLayer;
  /** The runtime that goes in. */
  readonly node: { readonly file: string; readonly version: string };
}

/** `disk.img`: the file system that every lab host starts from, and never writes to. */
export function diskLayer(parts: DiskParts): Layer {
  const { root, kernel, netdevsim, node } = parts;
  const own = [guestFiles, enabledUnits, maskedUnits, disabledUnits, readAgent()];
  return {
    name: 'disk',
    inputs: {
      layers: [root.key, kernel.key, netdevsim.key],
      node: node.version,
      own,
      freeMegabytes,
      revision: 1,
    },
    build: (folder, context) => build(parts, folder, context),
  };
}

/** Room for what tests write. The file has holes there, so it costs nothing. */
const freeMegabytes = 2048;

const agentSource = path.join(path.dirname(import.meta.dirname), 'guest/agent.ts');

function readAgent(): string {
  return readFileSync(agentSource, 'utf8');
}

async function build(parts: DiskParts, folder: string, context: BuildContext): Promise<void> {
  const { release } = readKernelFacts(parts.kernel.folder);
  const tree = path.join(folder, 'tree');
  mkdirSync(tree);
  if (process.getuid?.() === 0) {
    await unpack(parts.root, tree, context);
    await fill(parts, tree, release, context);
    await makeFileSystem(tree, path.join(folder, 'disk.img'), context);
  } else {
    // fakeroot remembers who owns what from one program to the next in a file.
    const state = path.join(folder, 'owners');
    const fake = ['fakeroot', '-s', state, '-i', state, '--'];
    writeFileSync(state, '');
    await unpack(parts.root, tree, context, fake);
    await fill(parts, tree, release, context);
    await runProgram([...fake, 'chown', '-R', 'root:root', path.join(tree, 'usr/local')], context);
    await makeFileSystem(tree, path.join(folder, 'disk.img'), context, fake);
    rmSync(state);
  }
  rmSync(tree, { recursive: true });
}

async function unpack(
  root: BuiltLayer,
  tree: string,
  context: BuildContext,
  prefix: readonly string[] = [],
): Promise<void> {
  const tarball = path.join(root.folder, 'root.tar');
  // A device needs more rights than a file; the kernel fills /dev itself.
  await runProgram([...prefix, 'tar', '-xpf', tarball, '-C', tree, '--exclude=./dev/*'], context);
}

async function fill(parts: DiskParts, tree: string, release: string, context: BuildContext): Promise<void> {
  cpSync(
    path.join(parts.kernel.folder, 'root/lib/modules', release),
    path.join(tree, 'lib/modules', release),
    {
      recursive: true,
    },
  );
  const extra = path.join(tree, 'lib/modules', release, 'extra');
  mkdirSync(extra);
  for (const file of globSync('*.ko', { cwd: path.join(parts.netdevsim.folder, 'modules') })) {
    copyFileSync(path.join(parts.netdevsim.folder, 'modules', file), path.join(extra, file));
  }
  // Emulated processors take seconds to decompress what this machine does once.
  const decompress =
    'find . -name "*.ko.xz" -print0 | xargs --null --no-run-if-empty --max-args=50 --max-procs=0 unxz';
  await runProgram(['bash', '-c', decompress], { ...context, cwd: path.join(tree, 'lib/modules', release) });
  await runProgram(['depmod', '--basedir', tree, release], context);

  copyFileSync(parts.node.file, path.join(tree, 'usr/local/bin/node'));
  chmodSync(path.join(tree, 'usr/local/bin/node'), 0o755);
  for (const { path: file, content, executable = false } of guestFiles) {
    const place = path.join(tree, file);
    mkdirSync(path.dirname(place), { recursive: true });
    rmSync(place, { force: true });
    writeFileSync(place, content, { mode: executable ? 0o755 : 0o644 });
  }
  await installAgent(path.join(tree, 'usr/local/lib/virtfn-lab/agent.mjs'), context);
  mkdirSync(path.join(tree, 'opt/virtfn'));
  // Where the machine gets its packages is nobody's business in there, and nothing reaches it.
  rmSync(path.join(tree, 'etc/apt/sources.list'), { force: true });
  rmSync(path.join(tree, 'etc/apt/sources.list.d'), { recursive: true, force: true });
  chooseUnits(path.join(tree, 'etc/systemd/system'));
}

/**
 * Installs the agent without its types. Node could leave them out itself, with a WebAssembly program that an emulated
 * processor takes ten seconds to compile. In a process of its own, because Node warns that this is new.
 */
async function installAgent(place: string, context: BuildContext): Promise<void> {
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { stripTypeScriptTypes } from 'node:module';
    const [source, target] = process.argv.slice(1);
    writeFileSync(target, stripTypeScriptTypes(readFileSync(source, 'utf8')));`;
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module'];
  await runProgram([...node, '--eval', script, agentSource, place], context);
}

/** What systemctl enable, disable, mask and set-default do, without a systemd that runs. */
function chooseUnits(folder: string): void {
  for (const unit of disabledUnits) {
    for (const link of globSync(`*.wants/${unit}`, { cwd: folder })) rmSync(path.join(folder, link));
  }
  const wants = path.join(folder, 'multi-user.target.wants');
  mkdirSync(wants, { recursive: true });
  for (const unit of enabledUnits) symlinkSync(`../${unit}`, path.join(wants, unit));
  for (const unit of maskedUnits) {
    rmSync(path.join(folder, unit), { force: true });
    symlinkSync('/dev/null', path.join(folder, unit));
  }
  symlinkSync('/lib/systemd/system/multi-user.target', path.join(folder, 'default.target'));
}

async function makeFileSystem(
  tree: string,
  image: string,
  context: BuildContext,
  prefix: readonly string[] = [],
): Promise<void> {
  const used = parseInt(await readProgram(['du', '--summarize', '--block-size=1M', tree], context), 10);
  const size = `${used + freeMegabytes}M`;
  // A disk that is thrown away needs no journal. The file is new, so all of it reads as zero already.
  const options = [
    '-q',
    '-F',
    '-t',
    'ext4',
    '-O',
    '^has_journal',
    '-E',
    'assume_storage_prezeroed=1',
    '-m',
    '0',
  ];
  await runProgram([...prefix, 'mke2fs', ...options, '-d', tree, image, size], context);
}
