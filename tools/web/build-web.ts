import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';

/**
 * Makes the dashboard's files: one page, one script, one sheet of styles, and parts that are loaded when they are needed.
 *
 * @param root the checkout
 * @param folder emptied first
 * @returns what went in and what came out, as esbuild tells it
 */
export async function buildWeb(root: string, folder: string): Promise<Metafile> {
  const source = path.join(root, 'packages/web/src');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(source, 'index.html'), path.join(folder, 'index.html'));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['main.tsx', 'main.css'].map((name) => path.join(source, name)),
    outdir: folder,
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    sourcemap: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    logLevel: 'silent',
  });
  return metafile;
}
