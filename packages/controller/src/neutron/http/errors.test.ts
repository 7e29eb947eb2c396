import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import {
  type ErrorCode,
  ERROR_TABLE,
  isSriovError,
  parsePhysicalNetwork,
  parseVlanRanges,
  SriovError,
} from '@virtfn/model';
import { OpenAuthenticator } from '../../auth/index.ts';
import { NeutronRig } from '../testing/index.ts';

const NETWORKS = { name: 'network', collection: 'networks', path: 'networks' };

describe('what fails, as our own client hears it', () => {
  const failures: readonly {
    name: string;
    where: 'store' | 'authenticator' | null;
    error?: Error;
    code: ErrorCode;
    says: RegExp;
  }[] = [
    {
      name: 'the database',
      where: 'store',
      error: new SriovError('STORE_FAILED', 'Cannot read the networks: the database failed'),
      code: 'STORE_FAILED',
      says: /: Cannot read the networks: the database failed$/,
    },
    {
      name: 'Keystone',
      where: 'authenticator',
      error: new SriovError('AUTHENTICATION_UNAVAILABLE', 'Cannot reach Keystone: ECONNREFUSED'),
      code: 'AUTHENTICATION_UNAVAILABLE',
      says: /: Cannot reach Keystone: ECONNREFUSED$/,
    },
    {
      name: 'a program',
      where: 'store',
      error: new TypeError('x is no function'),
      code: 'INTERNAL',
      says: /internal server error/,
    },
    {
      name: 'nothing, where no VLAN is left',
      where: null,
      code: 'API_REFUSED',
      says: /available for allocation$/,
    },
  ];
  for (const { name, where, error, code, says } of failures) {
    it(`is ${code} for ${name}`, async (t) => {
      await using rig = await NeutronRig.start({
        vlanRanges: parseVlanRanges('physnet1:100:100', parsePhysicalNetwork),
      });
      // The rig prints what fails, which here is meant to.
      t.mock.method(console, 'error', () => {});
      await rig.make('networks', 'network', {});
      const fail = (): Promise<never> => Promise.reject(error ?? new RangeError('none'));
      if (where === 'store')
        for (const way of ['read', 'write'] as const) t.mock.method(rig.store, way, fail);
      if (where === 'authenticator') t.mock.method(OpenAuthenticator.prototype, 'authenticate', fail);
      const client = new NeutronClient(async ({ method, path, body }) => {
        const answer = await rig.controller.server.inject({
          method: method as 'POST',
          url: path,
          ...(body === null ? {} : { payload: body }),
        });
        return { status: answer.statusCode, body: answer.body };
      });
      await assert.rejects(client.create(NETWORKS, {}), (thrown) => {
        assert.ok(isSriovError(thrown), String(thrown));
        assert.deepEqual([thrown.code, thrown.hint], [code, ERROR_TABLE[code].hint]);
        assert.match(thrown.message, says);
        return true;
      });
    });
  }
});
