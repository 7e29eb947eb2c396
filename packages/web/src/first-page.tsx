import { Redirect } from 'wouter-preact';
import type { Fleet } from './fleet/index.ts';
import { Empty } from './look/index.ts';
import { Overview } from './pages/overview/index.ts';
import { hostPath } from './paths/index.ts';

/** What is shown first to whoever looks. */
export function FirstPage({ fleet }: { readonly fleet: Fleet }) {
  switch (fleet.viewer.value) {
    case 'administrator':
      return <Overview fleet={fleet} />;
    case 'member':
      return <Redirect to="/ports" replace />;
    case 'owner':
      return <OwnHost fleet={fleet} />;
    case null:
      return null;
  }
}

/** One host answers, and it is this one. */
function OwnHost({ fleet }: { readonly fleet: Fleet }) {
  const [hostId] = fleet.hosts.value.keys();
  if (hostId === undefined)
    return (
      <>
        <h1>This host</h1>
        <Empty>
          The agent has not read its host yet. It shows here as soon as it has; what keeps it from that is in
          its log: <code>journalctl -u virtfn-agent</code>
        </Empty>
      </>
    );
  return <Redirect to={hostPath(hostId)} replace />;
}
