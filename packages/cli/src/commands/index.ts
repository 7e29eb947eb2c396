// The commands of virtfn, one file each.
// Never opens a file or a socket: what a command needs of the world is in its context.
export { addApply } from './apply.ts';
export { addDoctor } from './doctor.ts';
export { addHostList } from './host-list.ts';
export { addNicList } from './nic-list.ts';
export { addPlan } from './plan.ts';
export { addUp } from './up.ts';
