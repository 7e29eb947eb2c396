import { LabError } from '../lab-error.ts';

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program is reached from here. */
interface ProgramLine {
  readonly input: (data: Buffer | null) => void;
  readonly kill: (signal: string) => void;
}

type Listener = (data: Buffer) => void;

/** A program in a lab host: its output as it comes, and its end. */
export class RunningProgram {
  readonly #name: string;
  readonly #line: ProgramLine;
  readonly #ending = Promise.withResolvers<number>();
  readonly #listeners: readonly [Listener[], Listener[]] = [[], []];

  constructor(name: string, line: ProgramLine) {
    this.#name = name;
    this.#line = line;
    // Whoever waits gets the failure; nobody has to wait.
    this.#ending.promise.catch(() => {});
  }

  /** The exit status as a shell gives it. @throws {LabError} when the program could not start, or the host went away */
  get ended(): Promise<number> {
    return this.#ending.promise;
  }

  onStdout(listener: Listener): this {
    this.#listeners[0].push(listener);
    return this;
  }

  onStderr(listener: Listener): this {
    this.#listeners[1].push(listener);
    return this;
  }

  /** Writes to its standard input; null closes it. */
  write(data: Buffer | null): void {
    // A line stays short enough not to hold up the others.
    const part = 1 << 15;
    if (data === null) this.#line.input(null);
    else for (let at = 0; at < data.length; at += part) this.#line.input(data.subarray(at, at + part));
  }

  /** Signals its whole process group. */
  kill(signal: NodeJS.Signals): void {
    this.#line.kill(signal);
  }

  takeOutput(to: 1 | 2, data: Buffer): void {
    for (const listener of this.#listeners[to === 1 ? 0 : 1]) listener(data);
  }

  finish(status: number): void {
    this.#ending.resolve(status);
  }

  fail(reason: string): void {
    this.#ending.reject(new LabError(`Cannot run ${this.#name}: ${reason}`));
  }
}
