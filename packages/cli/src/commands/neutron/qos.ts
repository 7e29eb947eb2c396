import { SriovError } from '@virtfn/model';
import type { NeutronClient, NeutronKind, NeutronObject } from '@virtfn/contract/neutron-client';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { addEndpointOptions, type EndpointOptions } from '../endpoint-options.ts';
import { QOS_POLICY } from './kinds.ts';
import { addObjectCommands, attribute, tellObject, titleOf } from './object-commands.ts';
import { given, isOn, refuseNothing, wholeNumber } from './read-option.ts';

interface RuleOptions extends EndpointOptions {
  readonly maxKbps?: number;
  readonly minKbps?: number;
  readonly dscp?: number;
  readonly direction: 'egress' | 'ingress';
}

interface Rule {
  readonly id: string;
  readonly type: string;
  readonly max_kbps?: number;
  readonly min_kbps?: number;
  readonly dscp_mark?: number;
  readonly direction?: string;
}

/** By the type that Neutron gives a rule. */
const RULES: Readonly<Record<string, string>> = {
  bandwidth_limit: 'bandwidth_limit_rules',
  minimum_bandwidth: 'minimum_bandwidth_rules',
  dscp_marking: 'dscp_marking_rules',
};

export function addQosCommands(parent: Command, context: CommandContext): void {
  addObjectCommands(parent, context, {
    kind: QOS_POLICY,
    command: 'qos',
    word: 'QoS policy',
    words: 'QoS policies',
    example: 'gold',
    columns: [
      { title: 'NAME', value: attribute('name') },
      { title: 'SHARED', value: attribute('shared') },
      { title: 'RULES', value: (policy) => rulesOf(policy).map(wordsOf).join('; ') || '-' },
      { title: 'ID', value: attribute('id') },
    ],
    facts: async (policy) => [
      ['name', attribute('name')(policy)],
      ['id', policy.id],
      ['project', attribute('project_id')(policy)],
      ['shared', attribute('shared')(policy)],
      ...rulesOf(policy).map((rule) => [`rule ${rule.id}`, wordsOf(rule)] as const),
    ],
  });
  addEndpointOptions(parent.command('create'), context)
    .argument('<name>', 'its name')
    .description('Make a QoS policy; `virtfn qos rule add` says what it does')
    .option('--shared', 'all projects may use it')
    .addHelpText('after', '\nExample:\n  virtfn qos create gold')
    .action(async (name: string, options: EndpointOptions & { readonly shared?: boolean }) => {
      const client = context.connectNeutron(options.endpoint);
      const policy = await client.create(QOS_POLICY, given({ name, shared: options.shared }));
      tellObject(context, QOS_POLICY, policy, { isJson: options.json === true, what: 'Made QoS policy' });
    });
  addEndpointOptions(parent.command('set'), context)
    .argument('<policy>', 'name or id')
    .description('Change a QoS policy')
    .option('--name <name>', 'its new name')
    .addOption(new Option('--shared <on|off>', 'whether all projects may use it').choices(['on', 'off']))
    .addHelpText('after', '\nExample:\n  virtfn qos set gold --shared on')
    .action(
      async (
        nameOrId: string,
        options: EndpointOptions & { readonly name?: string; readonly shared?: 'on' | 'off' },
      ) => {
        const { name, shared } = options;
        const values = given({ name, shared: shared === undefined ? undefined : isOn(shared) });
        refuseNothing(values, 'qos set');
        const client = context.connectNeutron(options.endpoint);
        const { id } = await client.find(QOS_POLICY, nameOrId);
        const policy = await client.update(QOS_POLICY, id, values);
        tellObject(context, QOS_POLICY, policy, {
          isJson: options.json === true,
          what: 'Changed QoS policy',
        });
      },
    );
  addRuleCommands(parent.command('rule').description('Rules of QoS policies'), context);
}

function addRuleCommands(parent: Command, context: CommandContext): void {
  addEndpointOptions(parent.command('add'), context)
    .argument('<policy>', 'name or id')
    .description('Add a rule to a QoS policy: one of --max-kbps, --min-kbps and --dscp')
    .option('--max-kbps <kbps>', 'no more than so many kbit/s', wholeNumber('a rate'))
    .option('--min-kbps <kbps>', 'so many kbit/s are guaranteed', wholeNumber('a rate'))
    .option('--dscp <mark>', 'DSCP mark', wholeNumber('a mark'))
    .addOption(
      new Option('--direction <direction>', 'seen from the guest')
        .choices(['egress', 'ingress'])
        .default('egress'),
    )
    .addHelpText('after', '\nExample:\n  virtfn qos rule add gold --max-kbps 500000')
    .action(async (nameOrId: string, options: RuleOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const { type, values } = ruleOf(options);
      const policy = await client.find(QOS_POLICY, nameOrId);
      await client.create(kindOfRule(policy, type), values);
      await tellPolicy(context, client, policy, options, 'Added a rule to QoS policy');
    });
  addEndpointOptions(parent.command('remove'), context)
    .argument('<policy>', 'name or id')
    .argument('<rule-id>', 'as `virtfn qos show` has it')
    .description('Take a rule out of a QoS policy')
    .addHelpText('after', '\nExample:\n  virtfn qos rule remove gold 953c7b2e-a393-40d7-af9a-4f7339b254ad')
    .action(async (nameOrId: string, ruleId: string, options: EndpointOptions) => {
      const client = context.connectNeutron(options.endpoint);
      const policy = await client.find(QOS_POLICY, nameOrId);
      const rule = rulesOf(policy).find(({ id }) => id === ruleId);
      if (rule === undefined) {
        throw new SriovError(
          'OBJECT_UNKNOWN',
          `Cannot remove rule "${ruleId.slice(0, 64)}": QoS policy ${titleOf(policy)} has no such rule`,
          { hint: `\`virtfn qos show ${policy.id}\` shows its rules` },
        );
      }
      await client.remove(kindOfRule(policy, rule.type), rule.id);
      await tellPolicy(context, client, policy, options, 'Removed a rule of QoS policy');
    });
}

async function tellPolicy(
  context: CommandContext,
  client: NeutronClient,
  { id }: NeutronObject,
  { json }: EndpointOptions,
  what: string,
): Promise<void> {
  tellObject(context, QOS_POLICY, await client.find(QOS_POLICY, id), { isJson: json === true, what });
}

/** @throws {SriovError} REQUEST_INVALID */
function ruleOf({ maxKbps, minKbps, dscp, direction }: RuleOptions): {
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
} {
  const asked = [maxKbps, minKbps, dscp].filter((value) => value !== undefined);
  if (asked.length !== 1) {
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot add a rule: ${asked.length} of --max-kbps, --min-kbps and --dscp are given, and it takes one`,
    );
  }
  if (maxKbps !== undefined) return { type: 'bandwidth_limit', values: { max_kbps: maxKbps, direction } };
  if (minKbps !== undefined) return { type: 'minimum_bandwidth', values: { min_kbps: minKbps, direction } };
  return { type: 'dscp_marking', values: { dscp_mark: dscp } };
}

/** A rule is a part of its policy, and found below it. */
function kindOfRule({ id }: NeutronObject, type: string): NeutronKind {
  const collection = RULES[type] ?? `${type}_rules`;
  return { name: `${type}_rule`, collection, path: `${QOS_POLICY.path}/${id}/${collection}` };
}

function rulesOf(policy: NeutronObject): readonly Rule[] {
  return (policy['rules'] ?? []) as readonly Rule[];
}

function wordsOf({ type, max_kbps: max, min_kbps: min, dscp_mark: mark, direction }: Rule): string {
  if (max !== undefined) return `at most ${max} kbit/s ${direction ?? ''}`.trimEnd();
  if (min !== undefined) return `at least ${min} kbit/s ${direction ?? ''}`.trimEnd();
  return mark === undefined ? type : `DSCP ${mark}`;
}
