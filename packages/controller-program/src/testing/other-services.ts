import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Keystone } from '@virtfn/controller/testing';

/**
 * Compute and volumes in Keystone's catalog, with nothing to tell: the stock client asks them for their part of the
 * quotas before it asks for the networks', and gives up where the catalog has none.
 */
export async function addOtherServices(keystone: Keystone): Promise<AsyncDisposable> {
  const server = http.createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ quota_set: {} }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await keystone.addEndpoint('identity', keystone.url);
  await keystone.addEndpoint('compute', `http://127.0.0.1:${port}/v2.1`);
  await keystone.addEndpoint('volumev3', `http://127.0.0.1:${port}/v3`);
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
