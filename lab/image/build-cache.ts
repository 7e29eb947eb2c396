import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../machine/process-record.ts';

/**
 * One step of the build. `inputs` is everything its result depends on, as JSON, the keys of the layers it uses
 * included: a layer whose inputs are the same is never built twice.
 */
export interface Layer {
  readonly name: string;
  readonly inputs: unknown;
  /** Fills the empty `folder`. What it writes elsewhere is lost. */
  build(folder: string, context: BuildContext): Promise<void>;
}

export interface BuildContext {
  /** A file for what programs say. */
  readonly log: string;
  readonly signal: AbortSignal;
}

export interface BuiltLayer {
  readonly folder: string;
  /** Name and hash of the inputs, to go into the inputs of the layers above. */
  readonly key: string;
}

/** Where everything is kept that the lab builds: never inside the checkout. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const override = environment['VIRTFN_LAB_CACHE'];
  if (override !== undefined && override !== '') return path.resolve(override);
  const base = environment['XDG_CACHE_HOME'];
  const home = base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache');
  return path.join(home, 'virtfn', 'lab');
}

/** The key of a layer. Does not depend on the order in which an object's properties were written. */
export function keyOf({ name, inputs }: Pick<Layer, 'name' | 'inputs'>): string {
  const hash = createHash('sha256').update(JSON.stringify(inputs, sortProperties)).digest('hex');
  return `${name}-${hash.slice(0, 16)}`;
}

/** Builds layers, each at most once, and keeps them. */
export class BuildCache {
  readonly folder: string;
  readonly #signal: AbortSignal;
  readonly #report: (name: string, state: string) => void;

  /** `report` gets the name of a layer with what becomes of it, in words. */
  constructor(folder: string, signal: AbortSignal, report: (name: string, state: string) => void) {
    this.folder = folder;
    this.#signal = signal;
    this.#report = report;
    mkdirSync(path.join(folder, 'layers'), { recursive: true });
    mkdirSync(path.join(folder, 'unfinished'), { recursive: true });
    mkdirSync(path.join(folder, 'logs'), { recursive: true });
    this.#removeAbandoned();
  }

  /** Whether a layer is there, so that nothing has to be fetched or built for it. */
  has(layer: Layer): boolean {
    return existsSync(this.#place(keyOf(layer)));
  }

  /** Where a layer lies once it is built. */
  locate(layer: Layer): BuiltLayer {
    const key = keyOf(layer);
    return { folder: this.#place(key), key };
  }

  /**
   * Gives the layer from the cache, or builds it first: beside its place, so that it appears whole or not at all. What
   * somebody else is building already is waited for.
   */
  async obtain(layer: Layer): Promise<BuiltLayer> {
    const { folder: place, key } = this.locate(layer);
    if (!existsSync(place)) await this.#waitForBuilder(layer.name, key);
    if (existsSync(place)) {
      this.#report(layer.name, 'from the cache');
      return { folder: place, key };
    }
    this.#report(layer.name, 'building…');
    const started = performance.now();
    const draft = path.join(this.folder, 'unfinished', `${key}.${process.pid}`);
    const log = path.join(this.folder, 'logs', `${key}.log`);
    rmSync(log, { force: true });
    mkdirSync(draft, { recursive: true });
    try {
      await layer.build(draft, { log, signal: this.#signal });
      this.#signal.throwIfAborted();
      // Somebody else may have built the same meanwhile; theirs is as good.
      if (!existsSync(place)) renameSync(draft, place);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
    this.#report(layer.name, `built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return { folder: place, key };
  }

  #place(key: string): string {
    return path.join(this.folder, 'layers', key);
  }

  /** Returns once no process is at a layer: it is there then, or whoever was at it has failed. */
  async #waitForBuilder(name: string, key: string): Promise<void> {
    const unfinished = path.join(this.folder, 'unfinished');
    const isBeingBuilt = (): boolean =>
      readdirSync(unfinished).some((draft) => draft.startsWith(`${key}.`) && isAlive(builderOf(draft)));
    if (!isBeingBuilt()) return;
    this.#report(name, 'waiting for the process that builds it…');
    while (isBeingBuilt()) await delay(200, null, { signal: this.#signal });
  }

  /** What a killed build has left. */
  #removeAbandoned(): void {
    const unfinished = path.join(this.folder, 'unfinished');
    for (const name of readdirSync(unfinished)) {
      if (!isAlive(builderOf(name))) rmSync(path.join(unfinished, name), { recursive: true, force: true });
    }
  }
}

/** The process that is or was at a draft, by which its name ends. */
function builderOf(draft: string): number {
  return Number(draft.slice(draft.lastIndexOf('.') + 1));
}

function sortProperties(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
