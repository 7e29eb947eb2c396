import type { About } from '@virtfn/contract';
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import type { Fleet, Viewer } from '../fleet/index.ts';
import { Loading } from '../look/index.ts';
import { SignIn } from './sign-in.tsx';

interface OnlyForProps {
  readonly viewers: readonly Viewer[];
  readonly fleet: Fleet;
  readonly onToken: (token: string) => void;
  readonly children: ComponentChildren;
}

/** A page for some. The others are told for whom it is, and nothing is asked for them that would be refused. */
export function OnlyFor({ viewers, fleet, onToken, children }: OnlyForProps) {
  const { value: viewer } = fleet.viewer;
  const { value: about } = fleet.about;
  if (viewer === null || about === null) return <Loading what="what there is to see" />;
  if (viewers.includes(viewer)) return <>{children}</>;
  if (viewer === 'owner') return <NeedsFleet />;
  return <ForAdministrators about={about} onToken={onToken} />;
}

function ForAdministrators({
  about: { asker },
  onToken,
}: Pick<OnlyForProps, 'onToken'> & { readonly about: About }) {
  return (
    <SignIn title="This page is for administrators" onToken={onToken}>
      <p>
        Hosts belong to no project. You are {asker.userName ?? 'not named'}, a member of project{' '}
        {asker.projectId}: <Link href="/networks">networks</Link> and <Link href="/ports">ports</Link> of it
        are yours to see. Who is an administrator, too, can sign in as that.
      </p>
    </SignIn>
  );
}

function NeedsFleet() {
  return (
    <section class="panel">
      <h1>This is about a fleet</h1>
      <p>
        Here one host shows itself, by its own agent. Networks and ports are kept by a controller, whose
        dashboard shows them for all hosts that have joined it: <code>virtfn agent enrol</code> makes this
        host one of them.
      </p>
      <p>
        <Link href="/">What this host has</Link>
      </p>
    </section>
  );
}
