import { type DeviceSpec, parseDeviceSpecs, parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import type { TSchema } from 'typebox';
import { isLoopback, parseListenAddress } from '../listen-address.ts';
import { findMisfit, parseAt, type Refuse } from '../yaml-document/index.ts';
import type { AuthConfig, ControllerConfig } from './controller-config.ts';
import { type CompleteDocument, withDefaults } from './defaults.ts';
import { AUTH_KINDS, AUTH_SCHEMAS, type ControllerConfigDocument, schemaWith } from './schema.ts';
import { SETTINGS } from './settings.ts';
import { type ControllerConfigSources, type Merged, mergeSources, valueAt } from './sources.ts';

/**
 * Parses a controller's configuration. An error names line and column, or the variable or flag, and what to write instead.
 *
 * @throws {SriovError} CONFIG_INVALID
 */
export function parseControllerConfig(sources: ControllerConfigSources): ControllerConfig {
  const merged = mergeSources(sources);
  return configOf(completeDocument(merged), merged.refuseAt);
}

/** What was said, held to the schema, with the defaults for all else. @throws {SriovError} CONFIG_INVALID */
export function completeDocument({ content, refuseAt }: Merged): CompleteDocument {
  const schema = schemaFor(valueAt(content, ['auth']), refuseAt);
  const misfit = findMisfit(schema, content);
  if (misfit !== null) {
    const { path, why, isUnknown } = misfit;
    refuseAt(path, why, isUnknown ? hintOfNames(path.slice(0, -1).join('.')) : hintOf(path.join('.')));
  }
  return withDefaults(content as ControllerConfigDocument);
}

/** Kinds of authentication have fields of their own, so the kind is looked at first. */
function schemaFor(auth: unknown, refuse: Refuse): TSchema {
  if (auth === undefined) return schemaWith(AUTH_SCHEMAS.none);
  const kind = valueAt(auth, ['kind']);
  const schema = Object.values(AUTH_SCHEMAS).find((each) => each.properties.kind.const === kind);
  if (schema !== undefined) return schemaWith(schema);
  const kinds = Object.entries(AUTH_KINDS).map(([name, meaning]) => `${name} (${meaning})`);
  const why = kind === undefined ? 'auth has no kind' : 'auth.kind is none that there is';
  return refuse(kind === undefined ? ['auth'] : ['auth', 'kind'], why, `Write one of: ${kinds.join('; ')}`);
}

/** What to write at a setting. */
function hintOf(name: string): string | undefined {
  const setting = SETTINGS.find((each) => name === each.name || name.startsWith(`${each.name}.`));
  if (setting === undefined) return undefined;
  const { description, examples } = setting.schema as {
    readonly description?: string;
    readonly examples?: readonly unknown[];
  };
  const example = examples === undefined ? '' : `, for example ${String(examples[0])}`;
  return description === undefined ? undefined : `${setting.name} is ${description}${example}`;
}

function hintOfNames(parent: string): string {
  const prefix = parent === '' ? '' : `${parent}.`;
  const names = SETTINGS.filter(({ name }) => name.startsWith(prefix)).map(
    ({ name }) => name.slice(prefix.length).split('.')[0] ?? '',
  );
  return `There are: ${[...new Set(names)].join(', ')}`;
}

function configOf(document: CompleteDocument, refuse: Refuse): ControllerConfig {
  const listen = parseAt(parseListenAddress, document.listen, ['listen'], refuse);
  if (document.auth.kind === 'none' && !isLoopback(listen)) {
    refuse(
      ['listen'],
      `with auth.kind none everybody may do everything, so only an address of this machine is allowed, not ${document.listen}`,
      'Set auth.kind to tokens, http_basic or keystone, or listen to 127.0.0.1:9696',
    );
  }
  return {
    listen,
    agentLink: {
      listen: parseAt(parseListenAddress, document.agentLink.listen, ['agentLink', 'listen'], refuse),
    },
    stateDir: document.stateDir,
    database: {
      url: parseDatabaseUrl(document.database.url, refuse),
      passwordFile: document.database.passwordFile ?? null,
    },
    auth: authOf(document.auth, refuse),
    vlanRanges: document.vlanRanges.flatMap((text, index) =>
      parseAt((range) => parseVlanRanges(range, parsePhysicalNetwork), text, ['vlanRanges', index], refuse),
    ),
    flatNetworks: document.flatNetworks.map((name, index) =>
      name === '*' ? name : parseAt(parsePhysicalNetwork, name, ['flatNetworks', index], refuse),
    ),
    baseMac: parseBaseMac(document.baseMac, refuse),
    mtu: document.mtu,
    securityGroupPolicy: document.securityGroupPolicy,
    scheduler: {
      strategy: document.scheduler.strategy,
      deviceSpecs: deviceSpecsOf(document.scheduler.deviceSpecs, refuse),
    },
    quotas: document.quotas,
    hostGoneAfterSeconds: document.hostGoneAfterSeconds,
    retention: document.retention,
  };
}

function deviceSpecsOf(specs: readonly unknown[] | undefined, refuse: Refuse): readonly DeviceSpec[] | null {
  if (specs === undefined) return null;
  return specs.flatMap((spec, index) =>
    parseAt(parseDeviceSpecs, spec, ['scheduler', 'deviceSpecs', index], refuse),
  );
}

function parseDatabaseUrl(text: string, refuse: Refuse): string {
  const at = ['database', 'url'];
  if (/^sqlite:\/./.test(text)) return text;
  if (!/^postgres(?:ql)?:\/\/./.test(text) || !URL.canParse(text))
    return refuse(
      at,
      'the database is neither sqlite:/PATH nor postgresql://USER@HOST/NAME',
      hintOf('database.url'),
    );
  const url = new URL(text);
  if (url.password === '' && !url.searchParams.has('password')) return text;
  return refuse(
    at,
    'a password in a URL ends up in logs and lists of processes',
    'Leave it out, and write it to a file named by database.passwordFile, or give it as VIRTFN_DATABASE_PASSWORD',
  );
}

function parseBaseMac(text: string, refuse: Refuse): string {
  // Neutron's own form has six bytes, of which the first three count.
  const match = /^([0-9a-f][02468ace]:[0-9a-f]{2}:[0-9a-f]{2})(?::00:00:00)?$/i.exec(text)?.[1];
  return (
    match?.toLowerCase() ??
    refuse(
      ['baseMac'],
      `"${text.slice(0, 40)}" is not the beginning of a unicast MAC address`,
      hintOf('baseMac'),
    )
  );
}

function authOf(auth: CompleteDocument['auth'], refuse: Refuse): AuthConfig {
  if (auth.kind !== 'keystone') return auth;
  return {
    ...auth,
    url: parseHttpUrl(auth.url, 'url', refuse).replace(/(?:\/v3)?$/, '/v3'),
    publicUrl: parseHttpUrl(auth.publicUrl, 'publicUrl', refuse),
    caFile: auth.caFile ?? null,
    passwordFile: auth.passwordFile ?? null,
  };
}

/** Without the slash at its end. */
function parseHttpUrl(text: string, field: string, refuse: Refuse): string {
  if (/^https?:\/\/[^/@\s]+(?:\/[^\s?#"]*)?$/.test(text) && URL.canParse(text))
    return text.replace(/\/+$/, '');
  return refuse(
    ['auth', field],
    `"${text.slice(0, 100)}" is no http or https address`,
    hintOf(`auth.${field}`),
  );
}
