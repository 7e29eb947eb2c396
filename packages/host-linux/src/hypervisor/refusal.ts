import { LibvirtDecodeError, LibvirtError, LibvirtOutcomeUnknown, LibvirtUnavailable } from '@virtfn/libvirt';
import { SriovError } from '@virtfn/model';

/** Whether libvirt says that what was asked about is not there, domain or device. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof LibvirtError)) return false;
  return error.code === 'VIR_ERR_NO_DOMAIN' || error.code === 'VIR_ERR_DEVICE_MISSING';
}

/** What libvirt answered, as an error of ours. `action`: in the infinitive. */
export function refusalOf(action: string, error: unknown): SriovError {
  if (error instanceof SriovError) return error;
  if (error instanceof LibvirtUnavailable) return unreachable(error);
  if (error instanceof LibvirtOutcomeUnknown)
    return new SriovError(
      'STEP_TIMEOUT',
      `Cannot ${action}: nobody knows what became of it (${error.reason})`,
      {
        cause: error,
      },
    );
  // It was asked, and what it answered means nothing to us.
  if (error instanceof LibvirtDecodeError)
    return new SriovError(
      'STEP_TIMEOUT',
      `Cannot ${action}: nobody knows what became of it (${error.message})`,
      {
        cause: error,
      },
    );
  if (!(error instanceof LibvirtError)) throw error;
  if (error.code === 'VIR_ERR_NO_DOMAIN')
    return new SriovError('VM_UNKNOWN', `Cannot ${action}: the virtual machine is gone`, { cause: error });
  return new SriovError(
    'HYPERVISOR_REFUSED',
    `Cannot ${action}: libvirt says "${error.libvirtMessage ?? error.code}"`,
    { details: { libvirt: error.code }, cause: error },
  );
}

export function unreachable(error: unknown): SriovError {
  const why = error instanceof Error ? error.message.replace(/^Cannot talk to libvirt: /u, '') : 'no answer';
  // Without a socket there is no libvirt on this machine, or all of it was stopped.
  const isAbsent = error instanceof LibvirtUnavailable && error.reason === 'no-socket';
  return new SriovError('HYPERVISOR_UNREACHABLE', `Cannot ask libvirt: ${why}`, {
    details: { isAbsent },
    cause: error,
  });
}
