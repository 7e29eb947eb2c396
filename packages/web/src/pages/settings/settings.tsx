import type { AgentList } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Fleet } from '../../fleet/index.ts';
import { Loading, Problem } from '../../look/index.ts';
import { AgentTable } from './agent-table.tsx';
import { EnrolHost } from './enrol-host.tsx';
import { TokenSection } from './token-section.tsx';

export function Settings({ fleet }: { readonly fleet: Fleet }) {
  const agents = useSignal<AgentList['agents'] | SriovError | null>(null);
  // Whoever comes and goes shows among the hosts, too.
  const { value: hosts } = fleet.hosts;
  useEffect(() => {
    fleet.client.call('listAgents', {}, null).then(
      (answer) => (agents.value = answer.agents),
      (thrown: unknown) => (agents.value = toSriovError(thrown)),
    );
  }, [hosts]);
  return (
    <>
      <h1>Settings</h1>
      <section class="panel" aria-labelledby="agents">
        <h2 id="agents">Agents</h2>
        {agents.value === null ? <Loading what="the agents" /> : null}
        {agents.value instanceof Error ? <Problem error={agents.value} /> : null}
        {Array.isArray(agents.value) ? <AgentTable agents={agents.value} /> : null}
      </section>
      <section class="panel" aria-labelledby="enrol">
        <h2 id="enrol">Join a host</h2>
        <EnrolHost fleet={fleet} />
      </section>
      <TokenSection fleet={fleet} />
    </>
  );
}
