import { type SriovError, toSriovError } from '@virtfn/model';
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** What is asked once, and anew whenever one of `inputs` changes. null: the answer is not here yet. */
export function useAnswer<Answer>(
  ask: () => Promise<Answer>,
  inputs: readonly unknown[],
): ReadonlySignal<Answer | SriovError | null> {
  const answer = useSignal<Answer | SriovError | null>(null);
  useEffect(() => {
    let isWanted = true;
    const take = (value: Answer | SriovError): void => {
      // An answer to an older question may come after that to the last one.
      if (isWanted) answer.value = value;
    };
    ask().then(take, (thrown: unknown) => take(toSriovError(thrown)));
    return () => {
      isWanted = false;
    };
  }, inputs);
  return answer;
}
