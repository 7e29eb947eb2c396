import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { build as bundle, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { buildWeb } from '../web/build-web.ts';

/** The program of a thread, not of a process. */
const thread = 'kernel-worker';

/** Sources below the root of the checkout by the names that their programs get: what each package's main.ts runs, and a thread. */
function listPrograms(root: string): ReadonlyMap<string, string> {
  const mains = globSync('packages/*/src/main.ts', { cwd: root });
  const named = mains.map((file): [string, string] => {
    const name = file.split(path.sep)[1] ?? '';
    return [name === 'cli' ? 'virtfn' : name, file];
  });
  return new Map([...named, [thread, 'packages/host-linux/src/thread/kernel-worker.ts']]);
}

/** What koffi needs to run, of all that its package has: the loader. Its binary is a package of its own. */
const koffiFiles: readonly string[] = [
  'package.json',
  'LICENSE.txt',
  'index.cjs',
  'src/koffi/index.cjs',
  'src/koffi/src/static.cjs',
];

/** Binaries of koffi that come along, as far as they are installed here: npm installs the one of this machine. */
const koffiBinaries: readonly string[] = ['koffi-linux-x64', 'koffi-linux-arm64'];

/**
 * Makes a folder with all of virtfn in a few files of JavaScript: they start in a tenth of the time of the sources, and need no
 * node_modules but koffi's few files, which lie beside them. Not minified, so that a stack trace still means something.
 *
 * @param root the checkout
 * @param folder emptied first
 * @param node the runtime that the command uses; null: the one in PATH
 * @returns what went in, as esbuild tells it
 */
export async function makeBundle(root: string, folder: string, node: string | null): Promise<Metafile> {
  const programs = listPrograms(root);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await bundle({
    ...optionsOf(root, programs),
    entryPoints: Object.fromEntries([...programs].filter(([name]) => name !== thread)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    // All in one folder, so that one program finds another from wherever its code has ended up.
    chunkNames: 'chunk-[hash]',
    splitting: true,
    metafile: true,
  });
  await bundle({
    ...optionsOf(root, programs),
    entryPoints: [programs.get(thread) ?? ''],
    outfile: path.join(folder, `${thread}.cjs`),
    // A thread of Node starts 20 ms sooner without modules, and a look waits for it.
    format: 'cjs',
    banner: {},
  });
  copyKoffi(root, path.join(folder, 'node_modules'));
  await buildWeb(root, path.join(folder, 'ui'));
  cpSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  cpSync(path.join(import.meta.dirname, 'virtfn.sh'), path.join(folder, 'virtfn'));
  chmodSync(path.join(folder, 'virtfn'), 0o755);
  // A release has the runtime itself in this place.
  if (node !== null) symlinkSync(node, path.join(folder, 'node'));
  return metafile;
}

/** Makes one more program, `file`, of a source: to lie beside those of a bundle, whose other programs it may start. */
export async function makeProgram(root: string, source: string, file: string): Promise<void> {
  await bundle({ ...optionsOf(root, listPrograms(root)), entryPoints: [source], outfile: file });
}

function optionsOf(root: string, programs: ReadonlyMap<string, string>): BuildOptions {
  return {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['koffi'],
    // Packages written for CommonJS ask for Node's own modules by a require that modules do not have.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';\nvar require = requireOf(import.meta.url);",
    },
    plugins: [bundledPrograms(root, programs)],
    logLevel: 'silent',
  };
}

/** The sources whose code a program loads when it starts, as opposed to when it needs it. */
export function staticInputs({ outputs }: Metafile, program: string): readonly string[] {
  const files = new Map(Object.entries(outputs).map(([file, output]) => [path.basename(file), output]));
  const reached = new Set<string>();
  const inputs = new Set<string>();
  const reach = (file: string): void => {
    const output = files.get(file);
    if (output === undefined || reached.has(file)) return;
    reached.add(file);
    for (const input of Object.keys(output.inputs)) inputs.add(input);
    for (const { kind, path: place } of output.imports)
      if (kind === 'import-statement') reach(path.basename(place));
  };
  reach(`${program}.mjs`);
  return [...inputs];
}

/**
 * The sources name a program that is started, in a process or a thread of its own, by `new URL('x.ts', import.meta.url)`. In
 * the bundle that is the file of that program.
 */
function bundledPrograms(root: string, programs: ReadonlyMap<string, string>): Plugin {
  const nameOf = new Map([...programs].map(([name, source]) => [path.join(root, source), name]));
  return {
    name: 'bundled-programs',
    setup(build) {
      build.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path: file }) => {
        const source = readFileSync(file, 'utf8');
        const contents = source.replaceAll(
          /(?<=new URL\(')([^']+\.ts)(?=', import\.meta\.url\))/g,
          (relative) => {
            const program = path.join(path.dirname(file), relative);
            const name = nameOf.get(program);
            if (name === undefined)
              throw new Error(`${path.relative(root, program)} is started, and is no program of the bundle`);
            return name === thread ? `./${name}.cjs` : `./${name}.mjs`;
          },
        );
        return { contents, loader: 'ts' };
      });
    },
  };
}

function copyKoffi(root: string, modules: string): void {
  for (const file of koffiFiles) copy(root, modules, path.join('koffi', file));
  const found = koffiBinaries.filter((name) => existsSync(path.join(root, 'node_modules/@koromix', name)));
  if (found.length === 0) throw new Error('Cannot bundle koffi: npm has installed none of its binaries');
  for (const name of found) copy(root, modules, path.join('@koromix', name));
}

function copy(root: string, modules: string, place: string): void {
  const target = path.join(modules, place);
  mkdirSync(path.dirname(target), { recursive: true });
  // musl has a binary of its own; the runtime that comes along is for glibc.
  cpSync(path.join(root, 'node_modules', place), target, {
    recursive: true,
    filter: (file) => !path.basename(file).startsWith('musl_'),
  });
}
