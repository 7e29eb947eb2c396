import type { Document, Kind } from '../framework/index.ts';
import { NeutronError } from '../wire/neutron-error.ts';
import { indexed } from './index-values.ts';

/** To whom an object is shown beside its project. */
export interface RbacPolicyDocument extends Document {
  readonly object_type: string;
  readonly object_id: string;
  readonly action: 'access_as_shared';
  /** A project, or `*` for all. */
  readonly target_tenant: string;
  /** The same, in the newer word. */
  readonly target_project: string;
}

export const RBAC_POLICY_KIND: Kind<RbacPolicyDocument> = {
  name: 'rbac_policy',
  notFound: (id) =>
    new NeutronError(404, 'RbacPolicyNotFound', `RBAC policy of type with ID ${id} not found`),
  fields: (policy) => [
    ...indexed('object_id', policy.object_id),
    ...indexed('object_type', policy.object_type),
  ],
};
