import { Route, Router, Switch } from 'wouter-preact';
import type { Fleet } from './fleet/index.ts';
import { Later } from './later.tsx';
import { Empty } from './look/index.ts';
import { Events } from './pages/events/index.ts';
import { Host } from './pages/host/index.ts';
import { Overview } from './pages/overview/index.ts';
import { Search } from './pages/search/index.ts';
import { Settings } from './pages/settings/index.ts';
import { Shell, SignIn } from './shell/index.ts';

const loadNetworks = () => import('./pages/networks/index.ts');
const loadPorts = () => import('./pages/ports/index.ts');

/** Where the controller serves the pages. */
const ROOT = '/ui';

export function App({
  fleet,
  onToken,
}: {
  readonly fleet: Fleet;
  readonly onToken: (token: string) => void;
}) {
  const link = fleet.link.value;
  return (
    <Router base={ROOT}>
      <Shell fleet={fleet}>
        {link.kind === 'refused' ? <SignIn error={link.error} onToken={onToken} /> : <Pages fleet={fleet} />}
      </Shell>
    </Router>
  );
}

function Pages({ fleet }: { readonly fleet: Fleet }) {
  return (
    <Switch>
      <Route path="/">
        <Overview fleet={fleet} />
      </Route>
      <Route path="/hosts/:hostId">
        {({ hostId }) => <Host fleet={fleet} hostId={decodeURIComponent(hostId)} />}
      </Route>
      <Route path="/networks">
        <Later load={loadNetworks}>{({ Networks }) => <Networks fleet={fleet} />}</Later>
      </Route>
      <Route path="/ports">
        <Later load={loadPorts}>{({ Ports }) => <Ports fleet={fleet} />}</Later>
      </Route>
      <Route path="/ports/:portId">
        {({ portId }) => (
          <Later load={loadPorts}>
            {({ PortPage }) => <PortPage key={portId} fleet={fleet} portId={decodeURIComponent(portId)} />}
          </Later>
        )}
      </Route>
      <Route path="/events">
        <Events fleet={fleet} />
      </Route>
      <Route path="/search">
        <Search fleet={fleet} />
      </Route>
      <Route path="/settings">
        <Settings fleet={fleet} />
      </Route>
      <Route>
        <Empty>There is no such page.</Empty>
      </Route>
    </Switch>
  );
}
