// The rest of the system that applying a step needs: kernel modules and the kernel's log.
// Must never take a name from input that was not checked first: modprobe runs as root.
export { readKernelLog, readKernelMessages } from './kernel-log.ts';
export { loadPciDriver, reloadModule } from './kernel-modules.ts';
export { writeModuleOption } from './module-option-file.ts';
