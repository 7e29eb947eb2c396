import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { API_ROOT, type RouteName, ROUTES } from '@virtfn/contract';
import fc from 'fast-check';
import { findRoute } from './find-route.ts';

describe('findRoute()', () => {
  for (const name of Object.keys(ROUTES) as RouteName[])
    it(`finds ${name} by its row of the table, whatever its parameters are`, () => {
      const { method, path } = ROUTES[name];
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, each = '']) => each);
      fc.assert(
        fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 3, maxLength: 3 }), (values) => {
          const params = Object.fromEntries(names.map((each, index) => [each, values[index] ?? '']));
          const asked = path.replaceAll(/\{(\w+)\}/g, (_, each: string) =>
            encodeURIComponent(params[each] ?? ''),
          );
          assert.deepEqual(findRoute(method, `${API_ROOT}${asked}`), { name, params });
        }),
      );
    });

  it('finds nothing by another method, behind the end, or elsewhere', () => {
    for (const [method, path] of [
      ['PATCH', '/virtfn/v1/hosts'],
      ['GET', '/virtfn/v1/hosts/'],
      ['GET', '/virtfn/v1/hosts/a/b'],
      ['GET', '/virtfn/v1x'],
      ['GET', '/v2.0/ports'],
      ['GET', '/virtfn/v1/hosts/%e0%a4'],
    ] as const)
      assert.equal(findRoute(method, path), null, `${method} ${path}`);
  });
});
