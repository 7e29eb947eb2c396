import type { OwnPort } from '@virtfn/contract/agent-link';
import type { DetachRequest } from '@virtfn/contract/host-program';
import { errorOfRefusal, type ObservedDomain, SriovError } from '@virtfn/model';
import { keepOwnPorts } from './keep-own-ports.ts';
import { documentOfOwnPort } from './own-port-document.ts';
import type { RequestContext } from './request-context.ts';

/** How often to look whether the guest has let go, beside the events that tell of it. Milliseconds. */
const LOOK_EVERY_MS = 500;

/**
 * Takes a port out of a virtual machine and closes its VF, once the guest has let go. A guest that does not answer keeps
 * the device: that is told, and the request stands until it does, or stops.
 *
 * @throws {SriovError} ATTACHMENT_UNKNOWN, OBJECT_AMBIGUOUS, GUEST_KEEPS_DEVICE, and what kernel and libvirt refuse
 */
export async function answerDetach(request: DetachRequest, context: RequestContext): Promise<void> {
  const { keeper, machines, clock, emit, signal, openConfig } = context;
  const domains = await machines.hypervisor.observe();
  const port = findPort(request, await machines.ownPorts.list(), domains);
  const { attachmentId } = port.port;
  const vm =
    domains.find(({ domainId }) => domainId === port.port.plug.domainId)?.name ??
    request.vm ??
    port.port.plug.domainId;
  const attachment = documentOfOwnPort(port, vm);
  if (request.dryRun) {
    const steps = [
      ...(request.force ? [`cut attachment ${attachmentId} off at the card`] : []),
      `ask the guest of VM ${vm} to give attachment ${attachmentId} back`,
      'close the VF and give it back',
    ];
    return emit({ event: 'detached', attachment, isDryRun: true, steps });
  }
  await keeper.withReconciler(() =>
    machines.ownPorts.put({ ...port, leaving: request.force ? 'cut' : 'asked' }),
  );
  const file = openConfig(request.configFile);
  const until = clock.now() + request.waitSeconds * 1000;
  for (;;) {
    // A turn for each look: others who wait for the host have theirs in between.
    const result = await keeper.withReconciler((reconciler) =>
      keepOwnPorts(reconciler, file, context, signal),
    );
    const isGone = !(await machines.ownPorts.list()).some((each) => each.port.attachmentId === attachmentId);
    if (isGone) return emit({ event: 'detached', attachment, isDryRun: false, steps: [] });
    const refusal = result.domainPlan.refusals.find((each) => each.attachmentId === attachmentId);
    if (refusal !== undefined) throw errorOfRefusal(refusal);
    // Whether the guest has let go, nobody can say.
    const unread = result.domains?.find((domain) => domain.unread !== null)?.unread ?? null;
    if (unread !== null) throw unread;
    if (signal.aborted || clock.now() >= until) throw keeps(request, vm, attachmentId);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function keeps({ force, waitSeconds }: DetachRequest, vm: string, attachmentId: string): SriovError {
  const state = force
    ? 'its VF passes nothing any more, and is free when the guest lets go or the machine stops'
    : 'it stays asked, and is taken out as soon as the guest lets go';
  return new SriovError(
    'GUEST_KEEPS_DEVICE',
    `Cannot take attachment ${attachmentId} out of VM ${vm}: its guest has not let go in ${waitSeconds} s; ${state}`,
    { details: { vm, attachment: attachmentId } },
  );
}

/** @throws {SriovError} ATTACHMENT_UNKNOWN, OBJECT_AMBIGUOUS */
function findPort(
  { vm, attachment }: DetachRequest,
  ports: readonly OwnPort[],
  domains: readonly ObservedDomain[],
): OwnPort {
  const named = vm?.toLowerCase() ?? null;
  const domainId = domains.find(({ name }) => name === vm)?.domainId ?? named;
  const inVm = ports.filter(({ port }) => domainId === null || port.plug.domainId === domainId);
  const asked = attachment?.toLowerCase() ?? null;
  const found = inVm.filter(
    ({ port }) => asked === null || [port.attachmentId, port.portId, port.mac].some((each) => each === asked),
  );
  const [first] = found;
  const known = inVm.map(({ port }) => `${port.attachmentId} (${port.mac})`);
  const details = { vm, attachment, known };
  const where = vm === null ? 'this host' : `VM ${vm}`;
  if (first === undefined) {
    const there = known.length === 0 ? 'virtfn has attached none to it' : `it has ${known.join(', ')}`;
    const what = attachment === null ? 'an attachment' : `attachment ${attachment}`;
    throw new SriovError('ATTACHMENT_UNKNOWN', `Cannot find ${what} of ${where}: ${there}`, { details });
  }
  if (found.length > 1) {
    const which = `Cannot tell which attachment of ${where} is meant: it has ${known.join(', ')}`;
    throw new SriovError('OBJECT_AMBIGUOUS', which, { details });
  }
  return first;
}
