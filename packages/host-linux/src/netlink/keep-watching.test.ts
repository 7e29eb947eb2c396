import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { NetlinkError } from '@virtfn/netlink';
import { keepWatching } from './keep-watching.ts';

test('keepWatching() opens anew what has broken or could not be opened, says so, and stops', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const broken: (() => void)[] = [];
  const closed: number[] = [];
  let attempts = 0;
  let gaps = 0;
  const stop = keepWatching(
    (onBroken) => {
      attempts += 1;
      const number = attempts;
      if (number === 2) throw new NetlinkError('open a netlink socket for events', 24);
      broken.push(onBroken);
      return { close: () => closed.push(number) };
    },
    () => (gaps += 1),
  );
  assert.deepEqual([attempts, gaps], [1, 0]);
  broken[0]?.();
  mock.timers.tick(5000);
  assert.deepEqual([attempts, gaps], [2, 1]);
  mock.timers.tick(5000);
  assert.deepEqual([attempts, gaps], [3, 2]);
  stop();
  assert.deepEqual(closed, [3]);
  broken[1]?.();
  mock.timers.reset();
});

test('keepWatching() says at once that there is no netlink', () => {
  assert.throws(
    () =>
      keepWatching(
        () => {
          throw new TypeError('none');
        },
        () => {},
      ),
    TypeError,
  );
});
