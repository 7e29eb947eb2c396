import type { AttachmentDocument } from '@virtfn/contract';
import { useSignal } from '@preact/signals';
import { ActionDialog, Choice } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import { Loading, Problem } from '../../look/index.ts';
import type { MachineDialogProps } from './port-dialog-props.ts';
import { useAnswer } from './use-answer.ts';

export function MigrateMachine({ fleet, attachment, vm, onClose }: MachineDialogProps) {
  const { hostId: from } = attachment;
  const hosts = [...fleet.hosts.value.keys()].filter((each) => each !== from).toSorted();
  const to = useSignal(hosts[0] ?? '');
  const machine = vm.name ?? vm.domainId;
  const { value: ports } = useAnswer(
    () => fleet.client.call('listAttachments', {}, null, { vm: vm.domainId }),
    [vm.domainId],
  );
  return (
    <ActionDialog
      title={`Migrate virtual machine ${machine}`}
      commands={[commandLine('migrate', machine, to.value === '' ? 'HOST' : to.value)]}
      verb="Migrate"
      missing={to.value === '' ? 'There is no other host' : null}
      run={async () => {
        await fleet.client.call('startMigration', {}, { vm: vm.domainId, to: to.value });
      }}
      onClose={onClose}
    >
      <p>
        Moves the running machine from {from} to {to.value === '' ? 'another host' : to.value} with all of its
        ports. Nothing moves before each of them has a VF there.
      </p>
      <Choice label="Destination" value={to} options={hosts.map((each) => ({ value: each, words: each }))} />
      <div class="explained">
        {ports === null ? <Loading what="its ports" /> : null}
        {ports instanceof Error ? <Problem error={ports} /> : null}
        {ports === null || ports instanceof Error ? null : (
          <ul class="answers">
            {ports.attachments.map((each) => (
              <li key={each.attachmentId}>{announce(each, to.value)}</li>
            ))}
          </ul>
        )}
      </div>
    </ActionDialog>
  );
}

/** What the move means for one port. */
function announce({ portId, vnicType, vm }: AttachmentDocument, to: string): string {
  if (vm?.standby === true)
    return `Port ${portId} (failover) goes on over its standby interface until it has a VF at ${to}.`;
  if (vnicType === 'macvtap')
    return `Port ${portId} (macvtap) pauses for a short time when the machine goes on at ${to}.`;
  return `Port ${portId} (${vnicType}) has no network from the moment its VF is unplugged until it is plugged at ${to}.`;
}
