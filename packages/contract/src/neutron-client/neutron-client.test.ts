import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorCode, isSriovError } from '@virtfn/model';
import { NeutronClient } from './neutron-client.ts';

const PORTS = { name: 'port', collection: 'ports', path: 'ports' };

describe('NeutronClient', () => {
  const refusals: readonly { name: string; status: number; body: string; code: ErrorCode; says: RegExp }[] = [
    {
      name: 'a conflict',
      status: 409,
      body: '{"NeutronError":{"type":"PortInUse","message":"Port x is in use.","detail":""}}',
      code: 'API_REFUSED',
      says: /: Port x is in use$/,
    },
    {
      name: 'what is not there',
      status: 404,
      body: '{"NeutronError":{"type":"PortNotFound","message":"Port x could not be found.","detail":""}}',
      code: 'OBJECT_UNKNOWN',
      says: /could not be found$/,
    },
    {
      name: 'who has not proved who he is',
      status: 401,
      body: '{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}',
      code: 'AUTHENTICATION_FAILED',
      says: /requires authentication$/,
    },
    {
      name: 'a database that is away, as our controller tells it',
      status: 503,
      body: '{"NeutronError":{"type":"ServiceUnavailable","message":"Cannot read: the database failed. Look at it","detail":"STORE_FAILED"}}',
      code: 'STORE_FAILED',
      says: /: Cannot read: the database failed\. Look at it$/,
    },
    {
      name: 'a Keystone that is away, as our controller tells it',
      status: 503,
      body: '{"NeutronError":{"type":"ServiceUnavailable","message":"Cannot reach Keystone: ECONNREFUSED","detail":"AUTHENTICATION_UNAVAILABLE"}}',
      code: 'AUTHENTICATION_UNAVAILABLE',
      says: /Cannot reach Keystone: ECONNREFUSED$/,
    },
    {
      name: 'a VLAN that is asked for where none is left',
      status: 503,
      body: '{"NeutronError":{"type":"NoNetworkAvailable","message":"Unable to create the network. No tenant network is available for allocation.","detail":""}}',
      code: 'API_REFUSED',
      says: /is available for allocation$/,
    },
    {
      name: 'a server that has failed',
      status: 500,
      body: '{"NeutronError":{"type":"HTTPInternalServerError","message":"Request Failed: internal server error while processing your request.","detail":""}}',
      code: 'INTERNAL',
      says: /internal server error while processing your request$/,
    },
    {
      name: 'another server',
      status: 200,
      body: '<html>',
      code: 'CONTROLLER_UNREACHABLE',
      says: /something else/,
    },
  ];
  for (const { name, status, body, code, says } of refusals) {
    it(`says ${code} of ${name}`, async () => {
      const client = new NeutronClient(async () => ({ status, body }));
      await assert.rejects(
        client.list(PORTS),
        (error) => isSriovError(error, code) && says.test(error.message),
      );
    });
  }

  it('find() takes an id before a name, and refuses to guess between two of one name', async () => {
    const id = '953c7b2e-a393-40d7-af9a-4f7339b254ad';
    const asked: string[] = [];
    const client = new NeutronClient(async ({ path }) => {
      asked.push(path);
      const ports = path.includes('id=') ? [] : [{ id: 'a' }, { id: 'b' }];
      return { status: 200, body: JSON.stringify({ ports }) };
    });
    await assert.rejects(
      client.find(PORTS, id),
      (error) => isSriovError(error, 'OBJECT_AMBIGUOUS') && error.hint.includes('a, b'),
    );
    assert.deepEqual(asked, [`/v2.0/ports?id=${id}`, `/v2.0/ports?name=${id}`]);
  });
});
