import type { HostConfig } from '@virtfn/model';

/** `host.yaml`, wherever it lies. */
export interface ConfigFile {
  /** As it is called in messages. */
  readonly name: string;
  /** null: there is none. @throws {SriovError} CONFIG_INVALID when it is there and cannot be read */
  read(): Promise<string | null>;
  /** All of it or nothing; on disk when the promise resolves. @throws {SriovError} CONFIG_INVALID */
  write(text: string): Promise<void>;
  /** @throws {SriovError} CONFIG_INVALID, with line and column */
  parse(text: string): Promise<HostConfig>;
}
