import { useEffect, useMemo } from 'preact/hooks';
import type { Fleet } from '../../fleet/index.ts';
import { Empty, Loading, Problem } from '../../look/index.ts';
import { followPort, itemsOf, type Port, titleOf } from '../../neutron/index.ts';
import type { AttachmentDocument } from '@virtfn/contract';
import { Migration } from './migration.tsx';
import { PortButtons } from './port-buttons.tsx';
import { PortFacts } from './port-facts.tsx';
import { PortPlace } from './port-place.tsx';
import { PortSecurity } from './port-security.tsx';
import { PortSign } from './port-sign.tsx';
import { portState } from './port-state.ts';
import { useLastMigration } from './use-last-migration.ts';

/** One port: everything of it, and what can be done with it. */
export function PortPage({ fleet, portId }: { readonly fleet: Fleet; readonly portId: string }) {
  const [lists, stop] = useMemo(() => followPort(fleet, portId), [fleet, portId]);
  useEffect(() => stop, [stop]);
  const listed = lists.ports.listed.value;
  const ofAttachments = lists.attachments.listed.value;
  // All of it comes at once, so that nothing moves under somebody's eyes.
  if (listed.kind === 'reading' || ofAttachments.kind === 'reading')
    return <Loading what={`port ${portId}`} />;
  if (listed.kind === 'refused') return <Problem error={listed.error} />;
  const port = listed.items.get(portId);
  if (port === undefined)
    return (
      <>
        <h1>Port {portId}</h1>
        <Empty>There is no such port, or it is not for you to see. It may have been deleted.</Empty>
      </>
    );
  return <KnownPort fleet={fleet} port={port} attachments={itemsOf(ofAttachments)} />;
}

interface KnownPortProps {
  readonly fleet: Fleet;
  readonly port: Port;
  readonly attachments: readonly AttachmentDocument[];
}

function KnownPort({ fleet, port, attachments }: KnownPortProps) {
  // While its machine moves it has two VFs, and is where the machine still runs.
  const attachment = attachments.find(({ vm }) => vm?.move !== 'arriving') ?? attachments[0];
  const state = portState(port, attachment);
  const move = attachment?.vm?.move ?? null;
  const migration = useLastMigration(fleet.client, port.id, attachment?.hostId ?? null, move).value;
  if (migration === undefined) return <Loading what={`port ${port.id}`} />;
  return (
    <>
      <div class="page-head">
        <h1>Port {titleOf(port)}</h1>
        <PortSign state={state} />
        <PortButtons fleet={fleet} port={port} attachment={attachment} />
      </div>
      <PortPlace port={port} attachment={attachment} state={state} />
      {migration === null ? null : <Migration fleet={fleet} migration={migration} />}
      <PortSecurity fleet={fleet} port={port} />
      <PortFacts fleet={fleet} port={port} />
    </>
  );
}
