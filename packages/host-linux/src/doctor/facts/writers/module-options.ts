import { capabilityOfDriver, type PhysicalFunction } from '@virtfn/model';
import { type ConfigFile, moduleName } from '../modules.ts';
import { type ConfigWrite, shown } from './config-write.ts';

/** `options igb max_vfs=7`, or `igb.max_vfs=7` on the kernel command line: VFs from the moment the driver is loaded. */
export function findModuleOptions(
  pfs: readonly PhysicalFunction[],
  files: readonly ConfigFile[],
  commandLine: readonly string[] | null,
): readonly ConfigWrite[] {
  // Our own files say what host.yaml says.
  const others = files.filter(({ file }) => !/\/virtfn-[^/]*$/.test(file));
  const inFiles = others.flatMap(({ file, lines }) =>
    lines.flatMap((text, at) => {
      const [, module] = /^\s*options\s+([\w-]+)\s(?:.*\s)?(?:max_vfs|num_vfs)=[1-9]/.exec(text) ?? [];
      const undo = `delete \`max_vfs\` from line ${at + 1} of ${file}, then \`update-initramfs -u\` (Debian) or \`dracut -f\` (Fedora)`;
      return writesOf(pfs, module, { owner: 'modprobe', file, line: at + 1, text: shown(text), undo });
    }),
  );
  const booted = (commandLine ?? []).flatMap((text) => {
    const [, module] = /^([\w-]+)\.(?:max_vfs|num_vfs)=[1-9]/.exec(text) ?? [];
    const undo = `take \`${shown(text)}\` from the kernel command line`;
    return writesOf(pfs, module, {
      owner: 'the kernel command line',
      file: '/proc/cmdline',
      line: 1,
      text: shown(text),
      undo,
    });
  });
  return [...inFiles, ...booted];
}

/** Where the option is the only way to have VFs it competes with nobody. */
function writesOf(
  pfs: readonly PhysicalFunction[],
  module: string | undefined,
  write: Omit<ConfigWrite, 'pf'>,
): readonly ConfigWrite[] {
  if (module === undefined) return [];
  return pfs
    .filter(
      ({ driver }) =>
        driver !== null &&
        moduleName(driver) === moduleName(module) &&
        capabilityOfDriver(driver).vfCount !== 'module-option',
    )
    .map((pf) => ({ ...write, pf: pf.pciAddress }));
}
