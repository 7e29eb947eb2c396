import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { runProgram } from '../run-program.ts';
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
      makeDisk,
      revision: 2,
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
  const own = path.join(folder, 'own');
  await makeOwnFiles(parts, own, context);
  // Who is not root gets a program that makes it look so, in all that the script does: a disk remembers owners.
  const fakeroot = process.getuid?.() === 0 ? [] : ['fakeroot', '--'];
  const given = [path.join(parts.root.folder, 'root.tar'), `${freeMegabytes}`, ...removed()];
  await runProgram([...fakeroot, 'bash', '-c', makeDisk, 'make-disk', ...given], { ...context, cwd: folder });
}

/** Puts packages and our own files together, and both into an ext4 file system. Nothing is mounted, so that no rights are needed. */
const makeDisk = `
set -euo pipefail
tarball=$1 free=$2; shift 2
mkdir tree
# A device needs more rights than a file; the kernel fills /dev itself.
tar -xpf "$tarball" -C tree --exclude='./dev/*'
(cd tree; shopt -s nullglob; for pattern; do rm -rf -- $pattern; done)
cp -a --remove-destination own/. tree
size=$(( $(du --summarize --block-size=1M tree | cut -f 1) + free ))
# A disk that is thrown away needs no journal. The file is new, so all of it reads as zero already.
mke2fs -q -F -t ext4 -O ^has_journal -E assume_storage_prezeroed=1 -m 0 -d tree disk.img "\${size}M"
rm -rf tree own
`;

/** What packages bring and a lab host is not to have, as patterns of a shell. */
function removed(): readonly string[] {
  // Where the machine gets its packages is nobody's business in there, and nothing reaches it.
  const sources = ['etc/apt/sources.list', 'etc/apt/sources.list.d/*'];
  return [...sources, ...disabledUnits.map((unit) => `etc/systemd/system/*.wants/${unit}`)];
}

/** Makes the tree of all that is not from packages of the root file system. */
async function makeOwnFiles(parts: DiskParts, own: string, context: BuildContext): Promise<void> {
  const { release } = readKernelFacts(parts.kernel.folder);
  const modules = path.join(own, 'usr/lib/modules', release);
  cpSync(path.join(parts.kernel.folder, 'root/lib/modules', release), modules, { recursive: true });
  cpSync(path.join(parts.netdevsim.folder, 'modules'), path.join(modules, 'extra'), { recursive: true });
  // Emulated processors take seconds to decompress what this machine does once.
  const decompress =
    'find . -name "*.ko.xz" -print0 | xargs --null --no-run-if-empty --max-args=50 --max-procs=0 unxz';
  await runProgram(['bash', '-c', decompress], { ...context, cwd: modules });
  await runProgram(['depmod', '--basedir', path.join(own, 'usr'), release], context);

  for (const { path: file, content, executable = false } of guestFiles) {
    const place = path.join(own, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, content, { mode: executable ? 0o755 : 0o644 });
  }
  copyFileSync(parts.node.file, path.join(own, 'usr/local/bin/node'));
  chmodSync(path.join(own, 'usr/local/bin/node'), 0o755);
  await installAgent(path.join(own, 'usr/local/lib/virtfn-lab/agent.mjs'), context);
  mkdirSync(path.join(own, 'opt/virtfn'), { recursive: true });
  chooseUnits(path.join(own, 'etc/systemd/system'));
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

/** What systemctl enable, mask and set-default do, without a systemd that runs. */
function chooseUnits(folder: string): void {
  const wants = path.join(folder, 'multi-user.target.wants');
  mkdirSync(wants, { recursive: true });
  for (const unit of enabledUnits) symlinkSync(`../${unit}`, path.join(wants, unit));
  for (const unit of maskedUnits) symlinkSync('/dev/null', path.join(folder, unit));
  symlinkSync('/lib/systemd/system/multi-user.target', path.join(folder, 'default.target'));
}
