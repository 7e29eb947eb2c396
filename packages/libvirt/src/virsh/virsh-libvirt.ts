import type { Domain, DomainState } from '../codec/index.ts';
import type {
  DomainDevices,
  Domains,
  EventWatch,
  Libvirt,
  LibvirtEvent,
  Migrations,
  NodeDevices,
  WatchOptions,
} from '../client/index.ts';
import type { CallOptions } from '../connection/index.ts';
import { parseListLine, parseState } from './read-output.ts';
import { runVirsh, type VirshProgram } from './run-virsh.ts';
import {
  affectWords,
  destroyWords,
  listOptions,
  migrateWords,
  optionsOf,
  shutdownWords,
  startWords,
  undefineWords,
  updateWords,
  xmlWords,
} from './virsh-options.ts';
import { VirshWatch } from './virsh-events.ts';
import { XmlFile } from './xml-file.ts';

export interface VirshOptions extends VirshProgram {
  /** How often a watch tells to look again: 10000 unless told. */
  readonly lookMs?: number;
}

const LOOK_MS = 10_000;

const lines = (output: string): readonly string[] => output.split('\n').filter((line) => line !== '');

/**
 * libvirt by running virsh: a process for each question, and no reason for a refusal but words (code 'unknown'). For a
 * machine where its protocol cannot be spoken.
 */
export class VirshLibvirt implements Libvirt {
  readonly domains: Domains;
  readonly devices: DomainDevices;
  readonly nodeDevices: NodeDevices;
  readonly migrations: Migrations;
  readonly #options: VirshOptions;
  readonly #watches = new Set<VirshWatch>();

  constructor(options: VirshOptions) {
    this.#options = options;
    this.domains = this.#makeDomains();
    this.devices = this.#makeDevices();
    this.nodeDevices = this.#makeNodeDevices();
    this.migrations = this.#makeMigrations();
  }

  async readHostname(options?: CallOptions): Promise<string> {
    return (await this.#run(['hostname'], options)).trim();
  }

  readCapabilities(options?: CallOptions): Promise<string> {
    return this.#run(['capabilities'], options);
  }

  async watch(handler: (event: LibvirtEvent) => void, options: WatchOptions = {}): Promise<EventWatch> {
    // Fails here where nothing could ever be told.
    await this.#run(['uri'], options);
    const { lookMs = LOOK_MS } = this.#options;
    const watch = new VirshWatch(this.#options, handler, {
      ...options,
      lookMs,
      listDomains: () => this.domains.list(),
    });
    this.#watches.add(watch);
    return watch;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watches].map((watch) => watch.close()));
    this.#watches.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run(command: readonly [string, ...string[]], options?: CallOptions): Promise<string> {
    return runVirsh(this.#options, command, options);
  }

  async #act(command: readonly [string, ...string[]], options?: CallOptions): Promise<void> {
    await this.#run(command, options);
  }

  async #actWithXml(
    xml: string,
    command: (file: string) => readonly [string, ...string[]],
    options?: CallOptions,
  ): Promise<void> {
    await using file = await XmlFile.write(xml);
    await this.#act(command(file.path), options);
  }

  #makeDomains(): Domains {
    const list: Domains['list'] = async (flags = [], options) => {
      const output = await this.#run(['list', '--uuid', '--id', '--name', ...listOptions(flags)], options);
      return lines(output).flatMap((line) => parseListLine(line) ?? []);
    };
    const of = (domain: Domain): readonly string[] => ['--domain', domain.uuid];
    return {
      list,
      find: async (query, options) => {
        const [[key, value] = []] = Object.entries(query);
        const all: readonly Domain[] = await list([], options);
        return (
          all.find((domain) => Object.entries(domain).some((own) => own[0] === key && own[1] === value)) ??
          null
        );
      },
      readState: async (domain, options): Promise<DomainState> =>
        parseState(await this.#run(['domstate', ...of(domain), '--reason'], options)),
      readXml: async (domain, flags = [], options) =>
        this.#run(['dumpxml', ...of(domain), ...optionsOf(xmlWords, flags)], options),
      start: async (domain, flags = [], options) =>
        this.#act(['start', ...of(domain), ...optionsOf(startWords, flags)], options),
      shutdown: async (domain, flags = [], options) => {
        const modes = optionsOf(shutdownWords, flags).join(',');
        return this.#act(['shutdown', ...of(domain), ...(modes === '' ? [] : ['--mode', modes])], options);
      },
      destroy: async (domain, flags = [], options) =>
        this.#act(['destroy', ...of(domain), ...optionsOf(destroyWords, flags)], options),
      suspend: (domain, options) => this.#act(['suspend', ...of(domain)], options),
      resume: (domain, options) => this.#act(['resume', ...of(domain)], options),
      undefine: async (domain, flags = [], options) =>
        this.#act(['undefine', ...of(domain), ...optionsOf(undefineWords, flags)], options),
    };
  }

  #makeDevices(): DomainDevices {
    const change =
      (command: 'attach-device' | 'detach-device'): DomainDevices['attach'] =>
      async (domain, xml, flags, options) =>
        this.#actWithXml(
          xml,
          (file) => [command, '--domain', domain.uuid, '--file', file, ...optionsOf(affectWords, flags)],
          options,
        );
    return {
      attach: change('attach-device'),
      detach: change('detach-device'),
      detachAlias: async (domain, alias, flags, options) =>
        this.#act(
          [
            'detach-device-alias',
            '--domain',
            domain.uuid,
            '--alias',
            alias,
            ...optionsOf(affectWords, flags),
          ],
          options,
        ),
      update: async (domain, xml, flags, options) =>
        this.#actWithXml(
          xml,
          (file) => [
            'update-device',
            '--domain',
            domain.uuid,
            '--file',
            file,
            ...optionsOf(updateWords, flags),
          ],
          options,
        ),
    };
  }

  #makeNodeDevices(): NodeDevices {
    return {
      list: async (capabilities = [], options) => {
        const only = capabilities.length === 0 ? [] : ['--cap', capabilities.join(',')];
        return lines(await this.#run(['nodedev-list', ...only], options));
      },
      readXml: (name, options) => this.#run(['nodedev-dumpxml', '--device', name], options),
      detach: (name, driver = null, options) =>
        this.#act(
          ['nodedev-detach', '--device', name, ...(driver === null ? [] : ['--driver', driver])],
          options,
        ),
      reattach: (name, options) => this.#act(['nodedev-reattach', '--device', name], options),
      reset: (name, options) => this.#act(['nodedev-reset', '--device', name], options),
    };
  }

  #makeMigrations(): Migrations {
    const of = (domain: Domain): readonly string[] => ['--domain', domain.uuid];
    return {
      migrateToUri: async (domain, migration, options = {}) => {
        const { destinationUri, flags, destinationXml, persistentXml } = migration;
        await using files = new AsyncDisposableStack();
        const file = async (option: string, xml: string | undefined): Promise<readonly string[]> =>
          xml === undefined ? [] : [option, files.use(await XmlFile.write(xml)).path];
        const value = (option: string, given: string | number | undefined): readonly string[] =>
          given === undefined ? [] : [option, `${given}`];
        const words = optionsOf(migrateWords, [...new Set([...flags, 'peer2peer' as const])]);
        await this.#act(
          [
            'migrate',
            ...of(domain),
            '--desturi',
            destinationUri,
            ...words,
            ...(await file('--xml', destinationXml)),
            ...(await file('--persistent-xml', persistentXml)),
            ...value('--migrateuri', migration.migrateUri),
            ...value('--dname', migration.destinationName),
            ...value('--bandwidth', migration.bandwidthMibPerSecond),
            ...value('--graphicsuri', migration.graphicsUri),
            ...value('--listen-address', migration.listenAddress),
            ...value('--auto-converge-initial', migration.autoConvergeInitial),
            ...value('--auto-converge-increment', migration.autoConvergeIncrement),
            ...value('--parallel-connections', migration.parallelConnections),
          ],
          { timeoutMs: null, ...options },
        );
      },
      abort: (domain, options) => this.#act(['domjobabort', ...of(domain)], options),
      setMaxDowntime: (domain, downtimeMs, options) =>
        this.#act(['migrate-setmaxdowntime', ...of(domain), '--downtime', `${downtimeMs}`], options),
      setMaxSpeed: (domain, mibPerSecond, options) =>
        this.#act(['migrate-setspeed', ...of(domain), '--bandwidth', `${mibPerSecond}`], options),
    };
  }
}
