import { authorizeGiven, authorizeOwner, authorizeRemoval } from './policy.ts';
import { getVisible } from './get-visible.ts';
import { chargeQuota, releaseQuota } from './quota.ts';
import type { Call, Document, Given, Resource, WriteCall } from './resource.ts';
import { NeutronError } from '../wire/neutron-error.ts';

/**
 * Makes an object of what was read from a request.
 *
 * @param raw as the user gave it: policy asks what he gave, not what was filled in
 */
export async function createObject<Doc extends Document>(
  call: WriteCall,
  resource: Resource<Doc>,
  raw: Given,
  given: Given,
): Promise<Doc> {
  authorizeGiven(
    resource,
    'create',
    explicit(resource, raw),
    call.identity,
    await ownsNetwork(call, resource, given),
  );
  const projectId = typeof given['project_id'] === 'string' ? given['project_id'] : call.identity.projectId;
  if (resource.quota !== null) await chargeQuota(call, resource.quota, projectId);
  return resource.create(call, given);
}

export async function updateObject<Doc extends Document>(
  call: WriteCall,
  resource: Resource<Doc>,
  id: string,
  given: Given,
  onlyIfRevision: number | null,
): Promise<Doc> {
  const before = await getVisible(call, resource, id);
  const owns = await ownsNetwork(call, resource, before);
  if (!(owns && resource.canNetworkOwnerUpdate)) authorizeOwner(resource, before, 'update', call.identity);
  authorizeGiven(resource, 'update', given, call.identity, owns);
  refuseOtherRevision(before, onlyIfRevision);
  return resource.update(call, before, given);
}

export async function removeObjectOf<Doc extends Document>(
  call: WriteCall,
  resource: Resource<Doc>,
  id: string,
  onlyIfRevision: number | null,
): Promise<void> {
  const document = await getVisible(call, resource, id);
  authorizeRemoval(resource, call.identity);
  if (!(await ownsNetwork(call, resource, document)))
    authorizeOwner(resource, document, 'delete', call.identity);
  refuseOtherRevision(document, onlyIfRevision);
  await resource.remove(call, document);
  if (resource.quota !== null) await releaseQuota(call, resource.quota, document.project_id);
}

/** What a user gave that is not what it would have been anyway: Neutron asks its policy for no more. */
function explicit<Doc extends Document>({ attributes }: Resource<Doc>, raw: Given): Given {
  const given = Object.entries(raw).filter(([name, value]) => {
    const otherwise = attributes[name]?.otherwise;
    return typeof otherwise !== 'object' || JSON.stringify(otherwise.value) !== JSON.stringify(value);
  });
  return Object.fromEntries(given);
}

/** Whether the asker owns the network that an object is of. Administrators may all without, and nobody looks. */
async function ownsNetwork<Doc extends Document>(
  call: Call,
  { networkOwner }: Resource<Doc>,
  given: Given,
): Promise<boolean> {
  if (networkOwner === null || call.identity.isAdmin) return false;
  return (await networkOwner(call, given)) === call.identity.projectId;
}

function refuseOtherRevision({ revision_number: revision }: Document, wanted: number | null): void {
  if (wanted === null || revision === wanted) return;
  throw new NeutronError(
    412,
    'RevisionNumberConstraintFailed',
    `Constrained to ${wanted}, but current revision is ${String(revision)}`,
  );
}
