import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hostPath, machinePath, pfPath, vfPath } from './page-paths.ts';

const PF = '0000:82:00.0';
const ODD = 'a/b?c&d #1';

describe('the address of a page', () => {
  for (const { name, given, query } of [
    { name: 'hostPath()', given: hostPath(ODD), query: {} },
    { name: 'pfPath()', given: pfPath(ODD, PF), query: {} },
    { name: 'vfPath()', given: vfPath(ODD, PF, 3), query: { vf: `${PF}/3` } },
    { name: 'machinePath()', given: machinePath(ODD, ODD), query: { vm: ODD } },
  ])
    it(`by ${name} gives back what it was made of, whatever that is called`, () => {
      const { pathname, searchParams, hash } = new URL(given, 'http://localhost');
      assert.equal(decodeURIComponent(pathname.split('/')[2] ?? ''), ODD);
      assert.deepEqual([Object.fromEntries(searchParams), hash], [query, '']);
    });
});
