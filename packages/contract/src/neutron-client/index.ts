// A small client of Neutron's API v2.0, for our own commands.
// Must never know what an object means: it finds, makes, changes and removes, and says in our words what was refused.
export { NeutronClient, type NeutronKind, type NeutronObject } from './neutron-client.ts';
