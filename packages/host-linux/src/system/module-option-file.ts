import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { type ModuleOption, SriovError } from '@virtfn/model';

const FOLDER = '/etc/modprobe.d';

/** The file by which a module gets an option at every load; ours alone, so that nobody's lines are touched. */
function moduleOptionFile({ module }: ModuleOption, folder: string = FOLDER): string {
  return path.join(folder, `virtfn-${module}.conf`);
}

/**
 * Writes an option for every later load of a module: all of the file or nothing, on disk when the promise resolves.
 *
 * @throws {SriovError} PERMISSION_DENIED, KERNEL_REFUSED
 */
export async function writeModuleOption(
  moduleOption: ModuleOption,
  value: number,
  folder: string = FOLDER,
): Promise<void> {
  const file = moduleOptionFile(moduleOption, folder);
  const text = `# Written by virtfn: host.yaml says how many VFs this driver makes.\noptions ${moduleOption.module} ${moduleOption.option}=${value}\n`;
  try {
    await mkdir(folder, { recursive: true });
    const next = `${file}.next`;
    const handle = await open(next, 'w', 0o644);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(next, file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'an error';
    const isDenied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
    throw new SriovError(
      isDenied ? 'PERMISSION_DENIED' : 'KERNEL_REFUSED',
      `Cannot write ${file}: the system answered ${code}`,
      { details: { file }, cause },
    );
  }
}
