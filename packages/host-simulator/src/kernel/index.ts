// What system calls do to a simulated machine, by the kernel's source (facts K1 to K15).
// Never more helpful than the kernel: it blocks, half succeeds and refuses as the kernel does.
export { KernelBlocked, KernelErrno } from './kernel-answer.ts';
export { reloadDriver } from './load-driver.ts';
export { setPfDriver } from './pf-driver.ts';
export {
  addFdbEntry,
  removeFdbEntry,
  setEswitchMode,
  setPfMtu,
  setPfPromiscuous,
  setPfUp,
} from './pf-settings.ts';
export { resumeRemoval, writeSriovNumvfs } from './sriov-numvfs.ts';
export { pickedMac, setVfDriver } from './vf-driver.ts';
export { setVfSetting } from './vf-settings.ts';
