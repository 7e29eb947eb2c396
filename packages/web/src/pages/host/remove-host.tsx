import type { Client } from '@virtfn/contract';
import { useLocation } from 'wouter-preact';
import { Action, ActionDialog } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';

interface RemoveHostProps {
  readonly client: Client;
  readonly hostId: string;
}

/** Takes a host that is gone out of the fleet, and leaves its page. */
export function RemoveHost({ client, hostId }: RemoveHostProps) {
  const [, go] = useLocation();
  return (
    <Action name="Take out of the fleet">
      {(onClose) => (
        <ActionDialog
          title={`Take host ${hostId} out of the fleet`}
          commands={[commandLine('host', 'remove', hostId)]}
          verb="Take out"
          run={async () => {
            await client.call('removeHost', { hostId }, null);
            go('/');
          }}
          onClose={onClose}
        >
          <p>
            Its cards, machines and findings are forgotten here, and its agent is not let in any more: to come
            back it enrols anew. It is refused while ports are bound to the host. On the host itself nothing
            is changed.
          </p>
        </ActionDialog>
      )}
    </Action>
  );
}
