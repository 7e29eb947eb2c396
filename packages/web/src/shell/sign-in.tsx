import type { ComponentChildren } from 'preact';

interface SignInProps {
  readonly title: string;
  readonly onToken: (token: string) => void;
  /** Why. */
  readonly children: ComponentChildren;
}

/** Asks for a token. It is kept for as long as the tab is open. */
export function SignIn({ title, onToken, children }: SignInProps) {
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        const token = new FormData(event.currentTarget).get('token');
        if (typeof token === 'string' && token !== '') onToken(token);
      }}
    >
      <h1>{title}</h1>
      {children}
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
