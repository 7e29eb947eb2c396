import { describeStep, type ErrorCode, type HostStep, isFdbStep, SriovError } from '@virtfn/model';

/** The errors of the kernel that mean something to a step. */
export type Errno =
  | 'EACCES'
  | 'EAGAIN'
  | 'EBUSY'
  | 'EINVAL'
  | 'EIO'
  | 'ENETDOWN'
  | 'ENODEV'
  | 'ENOENT'
  | 'ENOMEM'
  | 'ENOSPC'
  | 'EOPNOTSUPP'
  | 'EPERM'
  | 'EPROTONOSUPPORT'
  | 'ERANGE';

/** What the host knew of the PF when the kernel refused, to tell apart what one errno stands for. */
export interface RefusalFacts {
  readonly carrier: boolean;
  readonly adminUp: boolean;
  /** The kernel's own words from its log, if there were any. */
  readonly kernelLog?: string;
}

function codeOf(step: HostStep, errno: Errno, facts: RefusalFacts): ErrorCode {
  if (errno === 'EACCES') return 'PERMISSION_DENIED';
  if (errno === 'EAGAIN') return 'VF_NOT_READY';
  if (errno === 'ENODEV') return 'vfIndex' in step ? 'VF_UNKNOWN' : 'PF_UNKNOWN';
  switch (step.kind) {
    case 'set-num-vfs':
      // K1: ENOENT has two causes, no driver and a driver without sriov_configure; both read the same to people.
      if (errno === 'ERANGE' || errno === 'EPERM') return 'NUM_VFS_INVALID';
      if (errno === 'ENOENT') return 'DRIVER_WITHOUT_SRIOV';
      if (errno === 'EBUSY') return 'VF_COUNT_BUSY';
      if (errno === 'ENOMEM' || errno === 'EIO') return 'NO_RESOURCES';
      if (errno === 'EINVAL' && !facts.adminUp) return 'PF_DOWN';
      return 'KERNEL_REFUSED';
    case 'reload-driver':
      return errno === 'EBUSY' ? 'VFS_IN_USE' : 'KERNEL_REFUSED';
    case 'set-eswitch-mode':
      return errno === 'EOPNOTSUPP'
        ? 'ESWITCH_MODE_UNSUPPORTED'
        : errno === 'EBUSY'
          ? 'VF_IN_USE'
          : 'KERNEL_REFUSED';
    case 'set-vf':
      if (errno === 'EPROTONOSUPPORT') return 'VLAN_PROTOCOL_UNSUPPORTED';
      if (errno === 'EOPNOTSUPP') return 'ATTRIBUTE_UNSUPPORTED';
      if (step.setting.attribute === 'rate' && (errno === 'EINVAL' || errno === 'ENETDOWN')) {
        return facts.carrier && facts.adminUp ? 'RATE_INVALID' : 'LINK_DOWN';
      }
      return errno === 'EPERM' ? 'PERMISSION_DENIED' : 'KERNEL_REFUSED';
    case 'add-fdb-entry':
    case 'remove-fdb-entry':
      if (errno === 'EOPNOTSUPP') return 'FDB_UNSUPPORTED';
      // igb and ixgbe promise a filter for each entry and answer ENOMEM when they have none left.
      if (errno === 'ENOMEM' || errno === 'ENOSPC') return 'FDB_FULL';
      return errno === 'EPERM' ? 'PERMISSION_DENIED' : 'KERNEL_REFUSED';
    case 'set-vf-driver':
      return errno === 'EBUSY' ? 'VF_IN_USE' : 'KERNEL_REFUSED';
    case 'set-vf-mtu':
    case 'set-pf-mtu':
      return errno === 'EINVAL' || errno === 'ERANGE' ? 'MTU_INVALID' : 'KERNEL_REFUSED';
    case 'set-drivers-autoprobe':
    case 'set-pf-up':
      return errno === 'EPERM' ? 'PERMISSION_DENIED' : 'KERNEL_REFUSED';
  }
}

/** Turns the kernel's answer to a step into an error for people. */
export function kernelRefusal(
  step: HostStep,
  errno: Errno,
  facts: RefusalFacts,
  cause?: unknown,
): SriovError {
  const code = codeOf(step, errno, facts);
  const log = facts.kernelLog === undefined ? '' : ` ("${facts.kernelLog}")`;
  return new SriovError(code, `Cannot ${describeStep(step)}: the kernel answered ${errno}${log}`, {
    details: {
      errno,
      step: step.kind,
      pf: step.pf,
      ...(isFdbStep(step) ? { macs: [step.mac] } : {}),
      ...(facts.kernelLog === undefined ? {} : { kernelLog: facts.kernelLog }),
    },
    cause,
  });
}
