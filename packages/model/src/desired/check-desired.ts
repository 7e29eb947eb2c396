import { SriovError } from '../errors/index.ts';
import type { DesiredHost, DesiredPf } from './desired-host.ts';

function conflict(message: string): never {
  throw new SriovError('DESIRED_CONFLICT', message);
}

function checkPf(desired: DesiredPf, attachments: Set<string>, releases: ReadonlySet<string>): void {
  const { pf, numVfs } = desired;
  if (!Number.isInteger(numVfs) || numVfs < 0 || numVfs > 65_535) {
    throw new SriovError(
      'NUM_VFS_INVALID',
      `Cannot enable ${numVfs} VFs on PF ${pf}: not a whole number from 0 to 65535`,
      {
        details: { pf, numVfs },
      },
    );
  }
  const seen = new Set<number>();
  for (const vf of desired.vfs) {
    if (!Number.isInteger(vf.vfIndex) || vf.vfIndex < 0 || vf.vfIndex >= numVfs) {
      throw new SriovError(
        'VF_INDEX_INVALID',
        `Cannot use VF ${vf.vfIndex} of PF ${pf}: ${numVfs === 0 ? 'no VFs are asked for' : `VFs 0 to ${numVfs - 1} are asked for`}`,
        { details: { pf, vfIndex: vf.vfIndex, numVfs } },
      );
    }
    if (seen.has(vf.vfIndex)) conflict(`Cannot use VF ${vf.vfIndex} of PF ${pf}: it is listed twice`);
    seen.add(vf.vfIndex);
    if (vf.kind === 'unmanaged') continue;
    if (attachments.has(vf.attachmentId)) {
      conflict(
        `Cannot serve attachment ${vf.attachmentId}: it is given two VFs, one of them ${vf.vfIndex} of PF ${pf}`,
      );
    }
    if (releases.has(vf.attachmentId)) {
      conflict(`Cannot serve attachment ${vf.attachmentId}: it is to be released too`);
    }
    attachments.add(vf.attachmentId);
  }
}

/**
 * Checks that a desired state does not contradict itself: each PF, VF and attachment once, indexes in range.
 *
 * @throws {SriovError} DESIRED_CONFLICT, NUM_VFS_INVALID, VF_INDEX_INVALID
 */
export function checkDesiredHost(desired: DesiredHost): void {
  const pfs = new Set<string>();
  const attachments = new Set<string>();
  const releases = new Set<string>(desired.releases);
  for (const pf of desired.pfs) {
    if (pfs.has(pf.pf)) conflict(`Cannot plan PF ${pf.pf}: it is listed twice`);
    pfs.add(pf.pf);
    checkPf(pf, attachments, releases);
  }
}
