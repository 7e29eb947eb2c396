import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { type Image, probeAnswer } from '../image/index.ts';
import { LabError } from '../lab-error.ts';
import { emulatorCommand } from './emulator.ts';
import type { Accelerator } from './qemu-arguments.ts';

/** How long a kernel may take to say its word. Where KVM works, it is one second; where it does not, it ends at once or hangs. */
const probeMilliseconds = 15_000;

/**
 * Finds out what really works, by running the lab's own kernel: /dev/kvm may be there, open, and fail later.
 * VIRTFN_LAB_ACCELERATOR=tcg or =kvm decides without trying.
 */
export async function chooseAccelerator(image: Image, signal: AbortSignal): Promise<Accelerator> {
  const wish = process.env['VIRTFN_LAB_ACCELERATOR'];
  if (wish === 'kvm' || wish === 'tcg') return wish;
  if (wish !== undefined && wish !== '') {
    throw new LabError(`Cannot use the accelerator "${wish}": there are kvm and tcg`);
  }
  if (!canOpenKvm()) return 'tcg';
  return (await boots(image, signal)) ? 'kvm' : 'tcg';
}

function canOpenKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Boots kernel and initrd with the settings of a lab host, and looks for the word of the initrd. */
function boots({ emulator, kernel, initrd }: Image, signal: AbortSignal): Promise<boolean> {
  const [linker = '', ...firstArguments] = emulatorCommand(emulator, 'qemu-system-x86_64');
  const child = spawn(
    linker,
    [
      firstArguments,
      ['-machine', 'q35,accel=kvm,kernel-irqchip=split', '-cpu', 'host', '-smp', '2', '-m', '256'],
      ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
      ['-device', 'intel-iommu,intremap=on,caching-mode=on'],
      ['-kernel', kernel, '-initrd', initrd, '-append', 'console=ttyS0 quiet panic=-1 lab.probe'],
    ].flat(),
    { stdio: ['ignore', 'pipe', 'ignore'], timeout: probeMilliseconds, killSignal: 'SIGKILL', signal },
  );
  let said = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    said += text;
    if (said.includes(probeAnswer)) child.kill('SIGKILL');
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', () => resolve(said.includes(probeAnswer)));
  });
}
