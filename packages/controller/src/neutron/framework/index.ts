// What all resources of the API share: tables of attributes, reading bodies and queries, policy, lists, views.
// Must never name a resource.
export * from './attribute.ts';
export * from './documents.ts';
export * from './policy.ts';
export * from './read-body.ts';
export * from './read-query.ts';
export * from './resource.ts';
export * from './standard-attributes.ts';
export * from './view.ts';
export * from './get-visible.ts';
export { listAsJson, listOfJson } from './list.ts';
export * from './operations.ts';
export * from './quota.ts';
export { documentOf, identityValues } from './new-document.ts';
