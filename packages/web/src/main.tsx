// The dashboard. Only wires its parts together and to the browser.
// Must never ask anybody but what it came from: a controller, or the agent of one host.
import { render } from 'preact';
import { App } from './app.tsx';
import { fetchStreamTransport, fetchTransport, Fleet } from './fleet/index.ts';

const TOKEN = 'virtfn-token';
const readToken = (): string | null => sessionStorage.getItem(TOKEN);

const fleet = new Fleet({
  transport: fetchTransport(readToken),
  streamTransport: fetchStreamTransport(readToken),
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
});
let following = new AbortController();
const follow = (): void => {
  following.abort();
  following = new AbortController();
  void fleet.follow(following.signal);
};
const root = document.querySelector('#app');
if (root === null) throw new Error('the page has no place for the application');
render(
  <App
    fleet={fleet}
    onToken={(token) => {
      sessionStorage.setItem(TOKEN, token);
      follow();
    }}
  />,
  root,
);
follow();
