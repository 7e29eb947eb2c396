import type { DesiredVf } from '../desired/index.ts';
import { describeVfUser, type VirtualFunction } from '../inventory/index.ts';
import { closeSteps, isClosed, shutSteps } from './close-vf.ts';
import { openSteps } from './open-vf.ts';
import { type Refusal, refusal } from './plan.ts';
import { mayLose, type PfPlanInput } from './plan-input.ts';
import type { Step } from './step.ts';
import { refuseDemands } from './vf-demands.ts';

/**
 * Plans one VF.
 *
 *   journal: A ──release A──▶ closed, nobody's ──claim B──▶ closed, B's ──open──▶ B's
 *
 * Only the arrow that the request asks for is taken: whoever holds the VF keeps it unless the request releases or
 * names it, and a VF is always closed before it changes hands.
 */
export function planVf(
  input: PfPlanInput,
  wanted: DesiredVf | undefined,
  vf: VirtualFunction,
  steps: Step[],
  refusals: Refusal[],
): void {
  if (wanted?.kind === 'unmanaged') return;
  const { pf, capability } = input;
  const at = { pf: pf.pciAddress, vfIndex: vf.vfIndex };
  const nextOwner = wanted?.attachmentId ?? null;
  const changesHands = vf.attachmentId !== nextOwner;

  if (wanted?.kind === 'attached' && vf.attachmentId === null && isAlready(input, wanted, vf)) {
    // Set up before we came, by hand or by a host that lost its journal: it only lacks its name. Whoever uses it goes on.
    steps.push({ kind: 'claim-vf', ...at, attachmentId: wanted.attachmentId });
    return;
  }
  if (changesHands) {
    const inTheWay = ownersInTheWay(input, vf);
    if (inTheWay.length > 0) {
      const action = nextOwner === null ? 'close' : `give attachment ${nextOwner}`;
      const message = `Cannot ${action} VF ${vf.vfIndex} of PF ${pf.pciAddress}: in use by ${inTheWay.join(' and ')}`;
      refusals.push(refusal(at, 'VF_IN_USE', message, { owners: inTheWay }));
      return;
    }
  } else if (vf.attachmentId === null && vf.users.length > 0 && !isClosed(vf, capability)) {
    const users = usersInTheWay(input, vf);
    if (users.length > 0) {
      const message = `Cannot close VF ${vf.vfIndex} of PF ${pf.pciAddress}: no port owns it, but in use by ${users.join(' and ')}`;
      refusals.push(refusal(at, 'VF_IN_USE', message, { owners: users }));
      return;
    }
  }
  if (vf.settings === null) {
    // The driver left the VF out of its answer (it is being reset, K9): nothing may be concluded.
    const message = `Cannot plan VF ${vf.vfIndex} of PF ${pf.pciAddress}: the driver does not report it now`;
    if (changesHands || nextOwner !== null) refusals.push(refusal(at, 'VF_NOT_READY', message));
    return;
  }

  let state = vf;
  if (changesHands && vf.attachmentId !== null) {
    const closing = closeSteps(input, state);
    steps.push(...closing.steps, { kind: 'release-vf', ...at, attachmentId: vf.attachmentId });
    state = { ...closing.after, attachmentId: null, users: [] };
  }
  if (wanted === undefined) {
    steps.push(...closeSteps(input, state).steps);
    return;
  }
  const refused =
    wanted.kind === 'attached' ? refuseDemands(wanted, input.desired, pf, capability, vf.settings) : null;
  if (refused !== null) {
    refusals.push(refused);
    // What it has keeps running as it is; what nobody has stays closed.
    if (state.attachmentId === null) steps.push(...closeSteps(input, state).steps);
    return;
  }
  if (state.attachmentId === null) {
    // Closed before it is claimed, so that a crash right after the claim leaves nothing open.
    const shutting = shutSteps(input, state);
    steps.push(...shutting.steps, { kind: 'claim-vf', ...at, attachmentId: wanted.attachmentId });
    state = { ...shutting.after, attachmentId: wanted.attachmentId, users: [] };
  }
  if (wanted.kind === 'quarantined') {
    const closing = closeSteps(input, state);
    steps.push(...closing.steps);
    const users = closing.after.users.map(describeVfUser);
    if (users.length > 0 && !isClosed(closing.after, capability)) {
      const message = `Cannot close VF ${vf.vfIndex} of PF ${pf.pciAddress} wholly: in use by ${users.join(' and ')}`;
      refusals.push(refusal(at, 'VF_IN_USE', message, { owners: users }));
    }
  } else openSteps(input, wanted, state, steps, refusals);
}

/** Whether nothing is left to do for the attachment, so that the VF may become its own as it is. */
function isAlready(
  input: PfPlanInput,
  wanted: Extract<DesiredVf, { kind: 'attached' }>,
  vf: VirtualFunction,
): boolean {
  const { settings } = vf;
  if (
    settings === null ||
    refuseDemands(wanted, input.desired, input.pf, input.capability, settings) !== null
  )
    return false;
  const steps: Step[] = [];
  const refusals: Refusal[] = [];
  openSteps(input, wanted, vf, steps, refusals);
  return steps.length === 0 && refusals.length === 0;
}

function usersInTheWay(input: PfPlanInput, vf: VirtualFunction): readonly string[] {
  // VFIO users are never pushed aside: unbinding would wait for them in the kernel (K4).
  return vf.users
    .filter((user) => user.kind === 'vfio' || !input.context.evict.has(describeVfUser(user)))
    .map(describeVfUser);
}

function ownersInTheWay(input: PfPlanInput, vf: VirtualFunction): readonly string[] {
  const users = usersInTheWay(input, vf);
  if (vf.attachmentId === null) return users;
  return mayLose(input.context, vf.attachmentId) ? users : [`attachment ${vf.attachmentId}`, ...users];
}
