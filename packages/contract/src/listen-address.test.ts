import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { parseLoopbackAddress } from './listen-address.ts';

describe('parseLoopbackAddress()', () => {
  for (const { given, want } of [
    { given: '9696', want: { host: '127.0.0.1', port: 9696 } },
    { given: '127.0.0.2:80', want: { host: '127.0.0.2', port: 80 } },
    { given: 'localhost:0', want: { host: 'localhost', port: 0 } },
    { given: '[::1]:9696', want: { host: '::1', port: 9696 } },
  ]) {
    it(`accepts ${given}`, () => assert.deepEqual(parseLoopbackAddress(given), want));
  }

  for (const given of ['', '0.0.0.0:9696', 'example.org:80', '127.0.0.1', '127.0.0.1:65536', '[::]:9696']) {
    it(`refuses "${given}"`, () => {
      assert.throws(
        () => parseLoopbackAddress(given),
        (error) => isSriovError(error, 'REQUEST_INVALID'),
      );
    });
  }
});
