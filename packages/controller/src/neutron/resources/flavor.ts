import { randomUUID } from 'node:crypto';
import { setVisibility } from '../../store/index.ts';
import {
  FLAVOR_KIND,
  type FlavorDocument,
  SERVICE_PROFILE_KIND,
  type ServiceProfileDocument,
} from '../documents/index.ts';
import {
  type Call,
  documentOf,
  fixed,
  getDocument,
  insertDocument,
  listDocuments,
  NAME,
  readOnly,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { boolean, filledText, nullable, text } from '../values/index.ts';
import { conflict, NeutronError } from '../wire/index.ts';

const LONG_TEXT = 1024;
const MOST_METAINFO = 4096;

const description = writable(nullable(text(LONG_TEXT)), { value: '' });
const enabled = writable(boolean, { value: true });

/** What the two have of the administrator's projects: they are nobody's, and all users see flavors. */
const NOBODYS = { project_id: '' } as const;

/** `/v2.0/flavors`. Kept for clients that manage them: nothing here is made by a flavor. */
export const FLAVOR: Resource<FlavorDocument> = resource<FlavorDocument>({
  ...FLAVOR_KIND,
  collection: 'flavors',
  quota: null,
  rules: { get: 'member', create: 'admin', update: 'admin', remove: 'admin' },
  indexed: new Set(['name']),
  attributes: {
    id: readOnly(),
    ...NAME,
    description,
    service_type: fixed(filledText(36), 'required'),
    enabled,
    // Set by the paths of the flavor's profiles.
    service_profiles: readOnly({ canFilter: false, canSort: false }),
  },
  create: async (call, given) => {
    const flavor = documentOf<FlavorDocument>(given, { ...NOBODYS, id: randomUUID(), service_profiles: [] });
    await insertDocument(call, FLAVOR_KIND, flavor);
    await setVisibility(call.write, { kind: FLAVOR_KIND.name, id: flavor.id }, '*', true);
    return flavor;
  },
  update: (call, before, given) => replaceDocument(call, FLAVOR_KIND, before, { ...before, ...given }),
  remove: (call, flavor) => removeDocument(call, FLAVOR_KIND, flavor),
});

/** `/v2.0/service_profiles`. */
export const SERVICE_PROFILE: Resource<ServiceProfileDocument> = resource<ServiceProfileDocument>({
  ...SERVICE_PROFILE_KIND,
  collection: 'service_profiles',
  quota: null,
  rules: { get: 'admin', create: 'admin', update: 'admin', remove: 'admin' },
  indexed: new Set(),
  attributes: {
    id: readOnly(),
    description,
    driver: writable(text(LONG_TEXT), { value: '' }),
    metainfo: writable(text(MOST_METAINFO), { value: '' }, { canFilter: false }),
    enabled,
  },
  create: async (call, given) => {
    const profile = documentOf<ServiceProfileDocument>(given, { ...NOBODYS, id: randomUUID() });
    refuseDriver(profile.driver);
    if (profile.metainfo === '') {
      throw new NeutronError(
        400,
        'ServiceProfileEmpty',
        'Service Profile needs either a driver or metainfo.',
      );
    }
    return insertDocument(call, SERVICE_PROFILE_KIND, profile);
  },
  update: async (call, before, given) => {
    const after: ServiceProfileDocument = { ...before, ...given };
    refuseDriver(after.driver);
    await refuseInUse(call, before);
    return replaceDocument(call, SERVICE_PROFILE_KIND, before, after);
  },
  remove: async (call, profile) => {
    await refuseInUse(call, profile);
    await removeDocument(call, SERVICE_PROFILE_KIND, profile);
  },
});

/** @throws {NeutronError} ServiceProfileNotFound, FlavorServiceProfileBindingExists */
export async function addProfile(
  call: WriteCall,
  flavor: FlavorDocument,
  profileId: string,
): Promise<FlavorDocument> {
  await getDocument<ServiceProfileDocument>(call.db, SERVICE_PROFILE_KIND, profileId);
  const { service_profiles: before } = flavor;
  if (before.includes(profileId)) {
    throw conflict(
      'FlavorServiceProfileBindingExists',
      `Service Profile ${profileId} is already associated with flavor ${flavor.id}.`,
    );
  }
  return replaceDocument(call, FLAVOR_KIND, flavor, { ...flavor, service_profiles: [...before, profileId] });
}

/** @throws {NeutronError} FlavorServiceProfileBindingNotFound */
export async function dropProfile(call: WriteCall, flavor: FlavorDocument, profileId: string): Promise<void> {
  refuseOtherProfile(flavor, profileId);
  const profiles = flavor.service_profiles.filter((id) => id !== profileId);
  await replaceDocument(call, FLAVOR_KIND, flavor, { ...flavor, service_profiles: profiles });
}

/** @throws {NeutronError} FlavorServiceProfileBindingNotFound */
export function refuseOtherProfile(flavor: FlavorDocument, profileId: string): void {
  if (!flavor.service_profiles.includes(profileId)) throw profileNotJoined(flavor, profileId);
}

const profileNotJoined = (flavor: FlavorDocument, profileId: string): NeutronError =>
  new NeutronError(
    404,
    'FlavorServiceProfileBindingNotFound',
    `Service Profile ${profileId} is not associated with flavor ${flavor.id}.`,
  );

/**
 * Who would make a service of a flavor: nobody, so this always says why not.
 *
 * @throws {NeutronError} FlavorServiceProfileBindingNotFound, ServiceProfileDisabled, ServiceProfileDriverNotFound
 */
export async function refuseProvider({ db }: Pick<Call, 'db'>, flavor: FlavorDocument): Promise<never> {
  const [first] = flavor.service_profiles;
  if (first === undefined) throw profileNotJoined(flavor, '');
  const profile = await getDocument<ServiceProfileDocument>(db, SERVICE_PROFILE_KIND, first);
  if (!profile.enabled)
    throw new NeutronError(503, 'ServiceProfileDisabled', 'Service Profile is not enabled.');
  throw driverNotFound(profile.driver);
}

/** There are no services here, so there is no driver that could be meant. */
function refuseDriver(driver: string): void {
  if (driver !== '') throw driverNotFound(driver);
}

const driverNotFound = (driver: string): NeutronError =>
  new NeutronError(
    404,
    'ServiceProfileDriverNotFound',
    `Service Profile driver ${driver} could not be found.`,
  );

async function refuseInUse({ db }: WriteCall, { id }: ServiceProfileDocument): Promise<void> {
  const users = await listDocuments<FlavorDocument>(db, FLAVOR_KIND, [
    { field: 'service_profiles', values: [id] },
  ]);
  if (users.length > 0)
    throw conflict('ServiceProfileInUse', `Service Profile ${id} is used by some service instance.`);
}
