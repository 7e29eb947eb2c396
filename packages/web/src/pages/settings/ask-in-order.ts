import { type SriovError, toSriovError } from '@virtfn/model';

/**
 * Asks the same again and again, as often as something may have changed. An answer that comes behind one to a later question
 * is older than what is shown, and is not taken.
 *
 * @returns asks once more, and resolves when that was answered; it does not reject
 */
export function askInOrder<Answer>(
  ask: () => Promise<Answer>,
  take: (answer: Answer | SriovError) => void,
): () => Promise<void> {
  let asked = 0;
  let taken = 0;
  return async () => {
    asked += 1;
    const turn = asked;
    const answer = await ask().catch((thrown: unknown) => toSriovError(thrown));
    if (turn < taken) return;
    taken = turn;
    take(answer);
  };
}
