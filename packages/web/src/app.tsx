import type { ComponentChildren } from 'preact';
import { Route, Router, Switch, useLocation } from 'wouter-preact';
import { FirstPage } from './first-page.tsx';
import type { Fleet, Viewer } from './fleet/index.ts';
import { Later } from './later.tsx';
import { Empty, Problem } from './look/index.ts';
import { Host } from './pages/host/index.ts';
import { OnlyFor, Shell, SignIn } from './shell/index.ts';

const loadEvents = () => import('./pages/events/index.ts');
const loadNetworks = () => import('./pages/networks/index.ts');
const loadPf = () => import('./pages/pf/index.ts');
const loadPorts = () => import('./pages/ports/index.ts');
const loadSearch = () => import('./pages/search/index.ts');
const loadSettings = () => import('./pages/settings/index.ts');

/** Where the pages are served. */
const ROOT = '/ui';

interface AppProps {
  readonly fleet: Fleet;
  readonly onToken: (token: string) => void;
}

export function App(props: AppProps) {
  return (
    <Router base={ROOT}>
      <Shell fleet={props.fleet}>
        <Body {...props} />
      </Shell>
    </Router>
  );
}

function Body({ fleet, onToken }: AppProps) {
  const { value: link } = fleet.link;
  if (link.kind === 'refused')
    return (
      <SignIn title="Who are you?" onToken={onToken}>
        <p>{link.error.message}</p>
      </SignIn>
    );
  if (link.kind === 'lost' && fleet.viewer.value === null) return <Problem error={link.error} />;
  return <Pages fleet={fleet} onToken={onToken} />;
}

const EVERYBODY: readonly Viewer[] = ['administrator', 'member', 'owner'];
const OF_HOSTS: readonly Viewer[] = ['administrator', 'owner'];
const OF_FLEET: readonly Viewer[] = ['administrator', 'member'];
const ADMINISTRATORS: readonly Viewer[] = ['administrator'];

function Pages({ fleet, onToken }: AppProps) {
  const only = (viewers: readonly Viewer[], page: ComponentChildren) => (
    <OnlyFor viewers={viewers} fleet={fleet} onToken={onToken}>
      {page}
    </OnlyFor>
  );
  return (
    <Switch>
      <Route path="/">{only(EVERYBODY, <FirstPage fleet={fleet} />)}</Route>
      <Route path="/hosts/:hostId">
        {({ hostId }) => only(OF_HOSTS, <Host fleet={fleet} hostId={decodeURIComponent(hostId)} />)}
      </Route>
      <Route path="/hosts/:hostId/pfs/:pf">
        {({ hostId, pf }) =>
          only(
            OF_HOSTS,
            <Later load={loadPf}>
              {({ Pf }) => (
                <Pf
                  key={`${hostId}/${pf}`}
                  fleet={fleet}
                  hostId={decodeURIComponent(hostId)}
                  pf={decodeURIComponent(pf)}
                />
              )}
            </Later>,
          )
        }
      </Route>
      <Route path="/networks">
        {only(OF_FLEET, <Later load={loadNetworks}>{({ Networks }) => <Networks fleet={fleet} />}</Later>)}
      </Route>
      <Route path="/ports">
        {only(OF_FLEET, <Later load={loadPorts}>{({ Ports }) => <Ports fleet={fleet} />}</Later>)}
      </Route>
      <Route path="/ports/:portId">
        {({ portId }) =>
          only(
            OF_FLEET,
            <Later load={loadPorts}>
              {({ PortPage }) => <PortPage key={portId} fleet={fleet} portId={decodeURIComponent(portId)} />}
            </Later>,
          )
        }
      </Route>
      <Route path="/events">
        {only(OF_HOSTS, <Later load={loadEvents}>{({ Events }) => <Events fleet={fleet} />}</Later>)}
      </Route>
      <Route path="/search">
        {only(EVERYBODY, <Later load={loadSearch}>{({ Search }) => <Search fleet={fleet} />}</Later>)}
      </Route>
      <Route path="/settings">
        {only(
          ADMINISTRATORS,
          <Later load={loadSettings}>{({ Settings }) => <Settings fleet={fleet} />}</Later>,
        )}
      </Route>
      <Route path="/sign-in">
        <SignInPage onToken={onToken} />
      </Route>
      <Route>
        <Empty>There is no such page.</Empty>
      </Route>
    </Switch>
  );
}

/** Goes to the first page of whoever has signed in. */
function SignInPage({ onToken }: Pick<AppProps, 'onToken'>) {
  const [, go] = useLocation();
  return (
    <SignIn
      title="Sign in as somebody else"
      onToken={(token) => {
        onToken(token);
        go('/');
      }}
    >
      <p>
        Until this tab is closed, the token says who looks. A password that the browser has is not used then.
      </p>
    </SignIn>
  );
}
