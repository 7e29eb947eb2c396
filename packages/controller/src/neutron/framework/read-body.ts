import type { Identity } from '../../auth/identity.ts';
import { InvalidValue, isRecord, text } from '../values/index.ts';
import { badRequest, invalidInput, NeutronError } from '../wire/neutron-error.ts';
import type { Attribute } from './attribute.ts';
import type { Given, Resource } from './resource.ts';

type Tabled = Pick<Resource, 'attributes'>;

/** More is no document of this API, and costs stack to write out again. */
const DEEPEST = 32;

/** @throws {NeutronError} HTTPBadRequest */
export function parseJson(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    if (depthOf(json) <= DEEPEST) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badRequest('Body contains invalid data');
}

/** Brackets inside of strings count, too: a string with so many of them is not worth a parser. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return deepest;
}

/** The object in an envelope of one. @throws {NeutronError} HTTPBadRequest */
export function unwrapOne(body: unknown, name: string): Given {
  const inner = isRecord(body) ? body[name] : undefined;
  if (!isRecord(inner)) throw badRequest(`Unable to find '${name}' in request body`);
  return inner;
}

/** The objects in an envelope of one or of many. @throws {NeutronError} HTTPBadRequest */
export function unwrapMany(
  body: unknown,
  { name, collection }: Pick<Resource, 'name' | 'collection'>,
): { readonly isBulk: boolean; readonly items: readonly Given[] } {
  const many = isRecord(body) ? body[collection] : undefined;
  if (many === undefined) return { isBulk: false, items: [unwrapOne(body, name)] };
  if (!Array.isArray(many) || many.length === 0) throw badRequest('Resources required');
  // Each of a bulk may stand in an envelope of its own.
  const items = many.map((item: unknown) => (isRecord(item) && isRecord(item[name]) ? item[name] : item));
  if (!items.every(isRecord)) throw badRequest('Resources required');
  return { isBulk: true, items };
}

/** Reads what somebody gave to make an object, and fills in the rest. @throws {NeutronError} */
export function readForCreate(resource: Tabled, raw: Given, identity: Identity): Given {
  const given: Record<string, unknown> = {};
  refuseUnknown(resource, raw);
  const projectId = readProject(raw, identity);
  for (const [name, attribute] of Object.entries(resource.attributes)) {
    if (name === 'project_id' || name === 'tenant_id') continue;
    if (!Object.hasOwn(raw, name)) {
      if (attribute.otherwise === 'required')
        throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`);
      if (attribute.otherwise !== 'absent') given[name] = attribute.otherwise.value;
      continue;
    }
    if (!attribute.isForCreate) throw badRequest(`Attribute '${name}' not allowed in POST`);
    given[name] = readValue(name, attribute, raw[name]);
  }
  return 'project_id' in resource.attributes ? { ...given, project_id: projectId } : given;
}

/** Reads what somebody wants changed. @throws {NeutronError} */
export function readForUpdate(resource: Tabled, raw: Given): Given {
  refuseUnknown(resource, raw);
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(raw)) {
    const attribute = resource.attributes[name];
    if (attribute === undefined) continue;
    if (!attribute.isForUpdate) throw badRequest(`Cannot update read-only attribute ${name}`);
    given[name] = readValue(name, attribute, raw[name]);
  }
  return given;
}

function refuseUnknown({ attributes }: Tabled, raw: Given): void {
  const unknown = Object.keys(raw).filter((name) => !Object.hasOwn(attributes, name));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.slice(0, 20).join(', ')}'`);
}

const PROJECT_ID = { parse: text(255) };

function readProject(raw: Given, { projectId, isAdmin }: Identity): string {
  const { project_id: project, tenant_id: tenant } = raw;
  if (project !== undefined && tenant !== undefined && project !== tenant)
    throw badRequest("'project_id' and 'tenant_id' do not match");
  const asked = project ?? tenant;
  if (asked === undefined || asked === null || asked === projectId) return projectId;
  const wanted = readValue('project_id', PROJECT_ID, asked);
  if (isAdmin) return String(wanted);
  throw badRequest(
    "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges",
  );
}

function readValue(name: string, { parse }: Pick<Attribute, 'parse'>, value: unknown): unknown {
  if (parse === null) throw badRequest(`Attribute '${name}' not allowed in POST`);
  try {
    return parse(value);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    if (error.message.endsWith('cannot be converted to boolean')) throw invalidInput(error.message);
    throw new NeutronError(400, 'HTTPBadRequest', `Invalid input for ${name}. Reason: ${error.message}.`);
  }
}
