import type { Client, TokenDocument } from '@virtfn/contract';
import { Action, ActionDialog } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import { Age, Empty, now } from '../../look/index.ts';

const HOUR_MS = 3_600_000;

interface TokenTableProps {
  readonly client: Client;
  readonly tokens: readonly TokenDocument[];
  readonly onRevoked: () => void;
}

export function TokenTable({ client, tokens, onRevoked }: TokenTableProps) {
  if (tokens.length === 0) return <Empty>There are no tokens.</Empty>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Role</th>
          <th scope="col">Project</th>
          <th scope="col">Made</th>
          <th scope="col">Good until</th>
          <th scope="col">Last used</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.name}>
            <th scope="row">{token.name}</th>
            <td>{token.role}</td>
            <td>{token.projectId}</td>
            <td>
              <Age at={token.createdAt} />
            </td>
            <td>
              <End at={token.expiresAt} />
            </td>
            <td>
              <LastUse at={token.lastUsedAt} />
            </td>
            <td>
              <Action name="Revoke" label={`Revoke token ${token.name}`}>
                {(onClose) => (
                  <RevokeToken client={client} token={token} onRevoked={onRevoked} onClose={onClose} />
                )}
              </Action>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** It is known to the hour only. @param at null: never */
function LastUse({ at }: { readonly at: string | null }) {
  if (at === null) return <span class="quiet">never</span>;
  return now.value - Date.parse(at) < HOUR_MS ? <>within the hour</> : <Age at={at} />;
}

/** @param at null: never */
function End({ at }: { readonly at: string | null }) {
  if (at === null) return <>no end</>;
  const words = new Date(at).toLocaleDateString();
  return Date.parse(at) <= now.value ? <span class="bad">▲ {words}, expired</span> : <>{words}</>;
}

interface RevokeTokenProps {
  readonly client: Client;
  readonly token: TokenDocument;
  readonly onRevoked: () => void;
  readonly onClose: () => void;
}

function RevokeToken({ client, token: { name, role, lastUsedAt }, onRevoked, onClose }: RevokeTokenProps) {
  return (
    <ActionDialog
      title={`Revoke token ${name}`}
      commands={[commandLine('token', 'revoke', name)]}
      verb="Revoke"
      run={async () => {
        await client.call('revokeToken', { name }, null);
        onRevoked();
      }}
      onClose={onClose}
    >
      <p>
        Whoever asks with it, as {role}, is refused within 5 seconds, for good. It was used last:{' '}
        <LastUse at={lastUsedAt} />.
      </p>
    </ActionDialog>
  );
}
