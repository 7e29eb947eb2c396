import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { refuseForeignPage } from './foreign-page.ts';

const HOST = '127.0.0.1:9696';
const POST = { method: 'POST', host: HOST, secFetchSite: undefined, origin: undefined };

describe('refuseForeignPage()', () => {
  for (const { name, given } of [
    { name: 'a program', given: {} },
    { name: 'its own page', given: { secFetchSite: 'same-origin', origin: `http://${HOST}` } },
    { name: 'its own page at the usual port', given: { origin: 'http://virtfn.lan', host: 'virtfn.lan:80' } },
    { name: 'its own page, of an old browser', given: { origin: `http://${HOST}` } },
    {
      name: 'its own page behind a proxy',
      given: { secFetchSite: 'same-origin', origin: 'https://virtfn.example' },
    },
    {
      name: 'a look of anybody',
      given: { method: 'GET', secFetchSite: 'cross-site', origin: 'https://evil.example' },
    },
  ])
    it(`lets ${name} through`, () => refuseForeignPage({ ...POST, ...given }));

  for (const { name, given } of [
    { name: 'a page of another site', given: { secFetchSite: 'cross-site', origin: 'https://evil.example' } },
    { name: 'a page of another port', given: { secFetchSite: 'same-site', origin: 'http://127.0.0.1:8080' } },
    { name: 'a page of another site, of an old browser', given: { origin: 'https://evil.example' } },
    { name: 'a page without an origin', given: { origin: 'null' } },
    { name: 'a page that deletes', given: { method: 'DELETE', secFetchSite: 'cross-site' } },
  ])
    it(`refuses ${name}`, () => {
      assert.throws(
        () => refuseForeignPage({ ...POST, ...given }),
        (error) => isSriovError(error, 'PERMISSION_DENIED'),
      );
    });
});
