// What tests of the API's resources share: a controller with hosts, and requests of whoever is needed.
// Must never be imported by a program.
export { ADMIN, member, NeutronRig } from './neutron-rig.ts';
export { ApiRig, type Shown } from './api-rig.ts';
