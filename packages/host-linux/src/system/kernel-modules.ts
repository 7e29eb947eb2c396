import { existsSync } from 'node:fs';
import { isSriovError, SriovError } from '@virtfn/model';
import { runProgram } from './run-program.ts';

const LIMIT_MS = 30_000;
/** Unloading waits for cards to be quiet, loading for their firmware. */
const RELOAD_LIMIT_MS = 60_000;
const DRIVER_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Sees to it that the kernel has a driver for PCI functions, by loading the module of its name.
 *
 * @throws {SriovError} NAME_INVALID, KERNEL_REFUSED, STEP_TIMEOUT
 */
export async function loadPciDriver(name: string): Promise<void> {
  if (!DRIVER_NAME.test(name))
    throw new SriovError(
      'NAME_INVALID',
      `Cannot load driver "${name.slice(0, 64)}": that is no driver's name`,
    );
  if (existsSync(`/sys/bus/pci/drivers/${name}`)) return;
  try {
    await runProgram('modprobe', ['--', name], { limitMs: LIMIT_MS });
  } catch (cause) {
    if (isSriovError(cause, 'STEP_TIMEOUT')) throw cause;
    throw new SriovError('KERNEL_REFUSED', `Cannot load kernel module ${name}: modprobe failed`, {
      hint: `Try it by hand: modprobe ${name}`,
      details: { module: name },
      cause,
    });
  }
  if (!existsSync(`/sys/bus/pci/drivers/${name}`)) {
    throw new SriovError(
      'KERNEL_REFUSED',
      `Cannot use driver ${name}: its module was loaded, but it drives no PCI functions`,
      {
        details: { module: name },
      },
    );
  }
}

/**
 * Unloads a driver and loads it again, with the options that /etc/modprobe.d has for it now. When loading fails the machine
 * is without it.
 *
 * @throws {SriovError} NAME_INVALID, KERNEL_REFUSED, STEP_TIMEOUT
 */
export async function reloadModule(name: string): Promise<void> {
  if (!DRIVER_NAME.test(name))
    throw new SriovError(
      'NAME_INVALID',
      `Cannot load driver "${name.slice(0, 64)}" anew: that is no driver's name`,
    );
  for (const args of [
    ['-r', '--', name],
    ['--', name],
  ]) {
    try {
      await runProgram('modprobe', args, { limitMs: RELOAD_LIMIT_MS });
    } catch (cause) {
      if (isSriovError(cause, 'STEP_TIMEOUT')) throw cause;
      const words = (cause as { readonly stderr?: string }).stderr?.trim() ?? '';
      throw new SriovError(
        'KERNEL_REFUSED',
        `Cannot load driver ${name} anew: modprobe ${args.join(' ')} failed${words === '' ? '' : ` ("${words}")`}`,
        { hint: `Try it by hand: modprobe ${args.join(' ')}`, details: { module: name }, cause },
      );
    }
  }
}
