import type { AgentList } from '@virtfn/contract';
import { Age, Empty } from '../../look/index.ts';

export function AgentTable({ agents }: { readonly agents: AgentList['agents'] }) {
  if (agents.length === 0) return <Empty>No host has joined yet.</Empty>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">State</th>
          <th scope="col">Version</th>
          <th scope="col">Heard of</th>
        </tr>
      </thead>
      <tbody>
        {agents.map((agent) => (
          <tr key={agent.hostId}>
            <th scope="row">{agent.hostId}</th>
            <td>
              <State {...agent} />
            </td>
            <td>{agent.version}</td>
            <td>
              <Age at={agent.heardAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function State({ isConnected, isAlive }: AgentList['agents'][number]) {
  if (isConnected) return <span class="good">● Connected</span>;
  if (isAlive) return <span class="busy">◆ Was here a moment ago</span>;
  return <span class="bad">▲ Gone</span>;
}
