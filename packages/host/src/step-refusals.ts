import { describeStep, describeVfUser, type HostStep, SriovError, type VfUser } from '@virtfn/model';

/** The refusal of a step on a VF that its PF does not have. */
export function noSuchVf(step: HostStep & { readonly vfIndex: number }, numVfs: number): SriovError {
  const found = numVfs === 0 ? 'no VFs are enabled' : `VFs 0 to ${numVfs - 1} are enabled`;
  return new SriovError('VF_INDEX_INVALID', `Cannot ${describeStep(step)}: ${found}`, {
    details: { pf: step.pf, vfIndex: step.vfIndex, numVfs },
  });
}

/**
 * Looks before a step leaps: the kernel would wait for whoever holds a VF through VFIO, with its locks held (K4).
 *
 * @param vfs those that the step takes away or unbinds
 * @throws {SriovError} VFS_IN_USE for a step on a PF, VF_IN_USE for one on a VF
 */
export function refuseIfHeld(
  step: HostStep,
  vfs: readonly { readonly vfIndex: number; readonly users: readonly VfUser[] }[],
): void {
  const holders = vfs.flatMap(({ vfIndex, users }) =>
    users.filter((user) => user.kind === 'vfio').map((user) => `VF ${vfIndex} by ${describeVfUser(user)}`),
  );
  if (holders.length === 0) return;
  const code = 'vfIndex' in step ? 'VF_IN_USE' : 'VFS_IN_USE';
  throw new SriovError(code, `Cannot ${describeStep(step)}: in use are ${holders.join(', ')}`, {
    details: { pf: step.pf, holders },
  });
}
