// Makes what is installed, in build/: a tarball and a Debian package, each with a runtime of its own: npm run package
// They must never hold anything that differs from run to run: the same commit gives the same files.

import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { makeDebianPackage } from './debian-package.ts';
import { layOutRelease } from './release-files.ts';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');
const build = path.join(root, 'build');
const { version } = packageJson;
const DEBIAN_WORDS: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const architecture = DEBIAN_WORDS[process.arch];
if (architecture === undefined) {
  console.error(`Cannot package virtfn for ${process.arch}: it comes for x64 and arm64`);
  process.exit(1);
}

const started = performance.now();
const name = `virtfn-${version}-linux-${process.arch}`;
const tree = path.join(build, name);
const tarball = path.join(build, `${name}.tar.gz`);
const debian = path.join(build, `virtfn_${version}_${architecture}.deb`);
mkdirSync(build, { recursive: true });
try {
  await layOutRelease(root, tree, process.execPath);
  const epoch = await commitTime();
  const order = ['--sort=name', `--mtime=@${epoch}`, '--owner=0', '--group=0', '--numeric-owner'];
  await run('tar', ['-C', build, ...order, '--use-compress-program=gzip -n', '-cf', `${tarball}.part`, name]);
  renameSync(`${tarball}.part`, tarball);
  await makeDebianPackage(tree, path.join(root, 'packaging/debian'), debian, {
    version,
    architecture,
    epoch,
  });
} finally {
  rmSync(tree, { recursive: true, force: true });
}
for (const file of [tarball, debian])
  console.log(`${path.relative(root, file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
console.log(`Made in ${((performance.now() - started) / 1000).toFixed(1)} s`);

/** When the code was last changed, seconds since 1970. SOURCE_DATE_EPOCH says it where there is no git. */
async function commitTime(): Promise<number> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  if (given !== undefined && /^\d+$/.test(given)) return Number(given);
  return Number((await run('git', ['-C', root, 'log', '-1', '--format=%ct'])).stdout);
}
