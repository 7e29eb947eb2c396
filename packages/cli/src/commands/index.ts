// The commands of virtfn, one file each.
// Never opens a file or a socket: what a command needs of the world is in its context.
export { addAgentEnrol } from './agent-enrol.ts';
export { addAgentRun } from './agent-run.ts';
export { addAgentStatus } from './agent-status.ts';
export { addApply } from './apply.ts';
export { addCompletion } from './completion.ts';
export { addDiff } from './diff.ts';
export { addDoctor } from './doctor.ts';
export { addExport } from './export.ts';
export { addHostList } from './host-list.ts';
export { addImport } from './import.ts';
export { addMan } from './man.ts';
export { addNicList } from './nic-list.ts';
export { addNicShow } from './nic-show.ts';
export { addPfSetVfs } from './pf-set-vfs.ts';
export { addPlan } from './plan.ts';
export { addUp } from './up.ts';
export { addVfClose } from './vf-close.ts';
export { addVfDriver } from './vf-driver.ts';
export { addVfDumpxml } from './vf-dumpxml.ts';
export { addVfList } from './vf-list.ts';
export { addVfSet } from './vf-set.ts';
export { addVfShow } from './vf-show.ts';
export { addWatch } from './watch.ts';
