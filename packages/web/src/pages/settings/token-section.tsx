import type { TokenList } from '@virtfn/contract';
import type { SriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Fleet } from '../../fleet/index.ts';
import { Loading, Problem } from '../../look/index.ts';
import { askInOrder } from './ask-in-order.ts';
import { CreateToken } from './create-token.tsx';
import { TokenTable } from './token-table.tsx';

/** Tokens of virtfn's own, and how another one is made. */
export function TokenSection({ fleet }: { readonly fleet: Fleet }) {
  const tokens = useSignal<TokenList['tokens'] | SriovError | null>(null);
  const read = useMemo(
    () =>
      askInOrder(
        async () => (await fleet.client.call('listTokens', {}, null)).tokens,
        (answer) => (tokens.value = answer),
      ),
    [fleet],
  );
  useEffect(() => {
    void read();
    return fleet.onEvent((event) => {
      const hasFailed = event.kind === 'live' && tokens.value instanceof Error;
      // Somebody else has made or revoked one, or that was missed.
      const isTold = event.kind === 'step' && event.view.object?.kind === 'token';
      if (event.kind === 'reset' || isTold || hasFailed) void read();
    });
  }, [read]);
  const asker = fleet.about.value?.asker;
  return (
    <section class="panel" aria-labelledby="tokens">
      <h2 id="tokens">Tokens</h2>
      {asker?.userName === null ? (
        <p class="quiet">
          This controller believes whoever asks on its machine: a token says something once its configuration
          has <code>auth.kind</code> <code>tokens</code> or another that asks who it is.
        </p>
      ) : null}
      {tokens.value === null ? <Loading what="the tokens" /> : null}
      {tokens.value instanceof Error ? <Problem error={tokens.value} /> : null}
      {Array.isArray(tokens.value) ? (
        <TokenTable client={fleet.client} tokens={tokens.value} onRevoked={() => void read()} />
      ) : null}
      <h3>Make a token</h3>
      <CreateToken client={fleet.client} projectId={asker?.projectId ?? ''} onMade={() => void read()} />
    </section>
  );
}
