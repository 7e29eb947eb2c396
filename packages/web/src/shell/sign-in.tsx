import type { SriovError } from '@virtfn/model';

/** Asks for a token where the controller wants one. It is kept for as long as the tab is open. */
export function SignIn({
  error,
  onToken,
}: {
  readonly error: SriovError;
  readonly onToken: (token: string) => void;
}) {
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        const token = new FormData(event.currentTarget).get('token');
        if (typeof token === 'string' && token !== '') onToken(token);
      }}
    >
      <h1>Who are you?</h1>
      <p>{error.message}</p>
      <p>
        <label>
          Token <input name="token" type="password" autocomplete="off" required />
        </label>{' '}
        <button type="submit">Sign in</button>
      </p>
      <p class="quiet">
        An administrator makes one with <code>virtfn token create</code>.
      </p>
    </form>
  );
}
