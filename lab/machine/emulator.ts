import path from 'node:path';

/**
 * The command that runs a program of QEMU from the folder of a whole file system, of whatever release: by that system's own dynamic
 * linker and libraries, and with its firmware. The command needs no right to change its root.
 */
export function emulatorCommand(root: string, program: 'qemu-system-x86_64' | 'qemu-img'): readonly string[] {
  const libraries = path.join(root, 'usr/lib/x86_64-linux-gnu');
  const linker = path.join(libraries, 'ld-linux-x86-64.so.2');
  // QEMU finds its firmware by where its program lies, and takes the linker for that.
  const firmware = ['qemu', 'seabios'].flatMap((name) => ['-L', path.join(root, 'usr/share', name)]);
  return [
    linker,
    '--argv0',
    program,
    '--library-path',
    libraries,
    path.join(root, 'usr/bin', program),
    ...(program === 'qemu-img' ? [] : firmware),
  ];
}
