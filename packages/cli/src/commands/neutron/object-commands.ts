import type { NeutronClient, NeutronKind, NeutronObject } from '@virtfn/contract/neutron-client';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { type Column, type Fact, formatFacts, formatTitledTable } from '../../output/index.ts';
import { addEndpointOptions, type EndpointOptions } from '../endpoint-options.ts';

/** What the commands of all kinds of objects share. */
export interface ObjectCommands {
  readonly kind: NeutronKind;
  /** In commands: `network`, `qos`. */
  readonly command: string;
  /** For people: `network`, `QoS policy`. */
  readonly word: string;
  readonly words: string;
  readonly columns: readonly Column<NeutronObject>[];
  /** What `show` tells; the client and the endpoint are for what the object itself does not say. */
  readonly facts: (
    object: NeutronObject,
    client: NeutronClient,
    endpoint: string,
  ) => Promise<readonly Fact[]>;
  readonly example: string;
}

/** Adds `list`, `show` and `delete`. */
export function addObjectCommands(parent: Command, context: CommandContext, of: ObjectCommands): void {
  const { kind, command, word, words, columns, facts, example } = of;
  const { terminal } = context;
  addEndpointOptions(parent.command('list'), context)
    .description(`All ${words} that you may see`)
    .option('--name <name>', 'of this name only')
    .addHelpText('after', `\nExample:\n  virtfn ${command} list`)
    .action(async (options: EndpointOptions & { readonly name?: string }) => {
      const filters: Record<string, string> = options.name === undefined ? {} : { name: options.name };
      const objects = await context.connectNeutron(options.endpoint).list(kind, filters);
      if (options.json === true) return terminal.out(JSON.stringify({ [kind.collection]: objects }, null, 2));
      if (objects.length === 0)
        return terminal.out(
          `There are no ${words}. \`virtfn ${command} create --help\` tells how to make one.`,
        );
      terminal.out(formatTitledTable(objects, columns, terminal));
    });
  addEndpointOptions(parent.command('show'), context)
    .argument(`<${kind.name}>`, 'name or id')
    .description(`One ${word}`)
    .addHelpText('after', `\nExample:\n  virtfn ${command} show ${example}`)
    .action(async (nameOrId: string, options: EndpointOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const object = await client.find(kind, nameOrId);
      if (options.json === true) return terminal.out(JSON.stringify({ [kind.name]: object }, null, 2));
      terminal.out(formatFacts(await facts(object, client, options.endpoint), terminal));
    });
  addEndpointOptions(parent.command('delete'), context)
    .argument(`<${kind.name}...>`, 'names or ids')
    .description(`Delete ${words}`)
    .addHelpText('after', `\nExample:\n  virtfn ${command} delete ${example}`)
    .action(async (namesOrIds: readonly string[], options: EndpointOptions) => {
      const client = context.connectNeutron(options.endpoint);
      // All are found before the first is gone: a misspelled name stops it in time.
      const objects: NeutronObject[] = [];
      for (const nameOrId of namesOrIds) objects.push(await client.find(kind, nameOrId));
      for (const object of objects) {
        await client.remove(kind, object.id);
        if (options.json !== true) terminal.out(`Deleted ${word} ${titleOf(object)}`);
      }
      if (options.json === true)
        terminal.out(JSON.stringify({ deleted: objects.map(({ id }) => id) }, null, 2));
    });
}

/** Tells of an object that was made or changed. */
export function tellObject(
  { terminal }: CommandContext,
  kind: NeutronKind,
  object: NeutronObject,
  { isJson, what }: { readonly isJson: boolean; readonly what: string },
): void {
  terminal.out(isJson ? JSON.stringify({ [kind.name]: object }, null, 2) : `${what} ${titleOf(object)}`);
}

/** `web (953c7b2e-…)`, or the id of one without a name. */
export function titleOf({ id, name }: NeutronObject): string {
  return typeof name === 'string' && name !== '' ? `${name} (${id})` : id;
}

/** A value of an object for people: lists with commas. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(textOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A column, or a fact, of an attribute as it is. */
export const attribute =
  (name: string) =>
  (object: NeutronObject): string =>
    textOf(object[name]);
