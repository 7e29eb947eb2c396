import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StepList } from '@virtfn/contract';
import { type ErrorCode, isSriovError, parseHostId } from '@virtfn/model';
import type { AgentIntroduction } from '../agents/index.ts';
import { StoreFleetBackend } from '../inventory/index.ts';
import { ADMIN, NeutronRig } from '../neutron/testing/index.ts';
import { putEnrolment } from '../store/index.ts';
import { recordedHost } from '../neutron/replay/index.ts';

const HOST = parseHostId('compute1');

async function openRig() {
  const rig = await NeutronRig.start();
  const backend = new StoreFleetBackend(rig.store, rig.controller.fleet);
  const introduce = (certifiedAt: Date): AgentIntroduction => ({
    sessionId: 's1',
    bootId: 'b',
    version: '0',
    at: rig.now(),
    certifiedAt,
  });
  return {
    rig,
    backend,
    connect: (certifiedAt = rig.now()) => backend.connected(HOST, introduce(certifiedAt)),
    ask: async (method: 'DELETE' | 'GET', path: string) => {
      const headers = { ...ADMIN, host: 'localhost' };
      const answer = await rig.controller.server.inject({ method, url: `/virtfn/v1${path}`, headers });
      await rig.controller.fleet.settled();
      return {
        status: answer.statusCode,
        body: answer.json<{ readonly error?: { readonly code: ErrorCode } }>(),
      };
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

const isRefused = (error: unknown): boolean => isSriovError(error, 'CERTIFICATE_REFUSED');

describe('DELETE /virtfn/v1/hosts/{hostId}', () => {
  it('forgets a host whose agent has gone, and does not let it in by what it had', async () => {
    await using opened = await openRig();
    const { rig, backend, connect, ask } = opened;
    const enrolledAt = rig.now();
    await connect(enrolledAt);
    await backend.disconnected(HOST, 's1');
    rig.advance(5000);
    assert.deepEqual(await ask('DELETE', '/hosts/compute1'), { status: 200, body: { hostId: 'compute1' } });
    assert.equal((await ask('GET', '/hosts/compute1')).status, 404);
    assert.deepEqual(
      (await rig.list('agents')).map(({ host }) => host),
      ['compute2'],
    );
    assert.equal((await ask('DELETE', '/hosts/compute1')).body.error?.code, 'HOST_UNKNOWN');
    await assert.rejects(connect(enrolledAt), isRefused);
    await assert.rejects(backend.requireMember({ hostId: HOST, certifiedAt: enrolledAt }), isRefused);
    // Nor by one that it had renewed in the very second.
    await assert.rejects(backend.requireMember({ hostId: HOST, certifiedAt: rig.now() }), isRefused);
    // Enrolled anew, it is a member as any other.
    rig.advance(1000);
    await connect(rig.now());
    await backend.report(recordedHost('compute1'));
    assert.equal((await ask('GET', '/hosts/compute1')).status, 200);
  });

  it('tells a host that is back all that it shall have, and nothing on top of what it had', async () => {
    await using opened = await openRig();
    const { rig, backend, connect, ask } = opened;
    const { id: networkId } = await rig.make('networks', 'network', {
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
    });
    const port = await rig.make('ports', 'port', {
      network_id: networkId,
      'binding:vnic_type': 'direct',
      'binding:host_id': 'compute1',
    });
    const { revision, ports } = await backend.desiredSince(HOST, null);
    assert.equal(ports.length, 1);
    const moved = { 'binding:host_id': 'compute2' };
    assert.equal((await rig.put(`ports/${port.id}`, { port: moved })).status, 200);
    rig.advance(3_600_000);
    assert.equal((await ask('DELETE', '/hosts/compute1')).status, 200);
    rig.advance(1000);
    await connect();
    const update = await backend.desiredSince(HOST, revision);
    assert.deepEqual([update.from, update.ports, update.localPorts], [null, [], []]);
  });

  it('spends no token that was made for a host that is taken out', async () => {
    await using opened = await openRig();
    const { rig, backend, ask } = opened;
    const expiresAt = new Date(rig.now().getTime() + 86_400_000);
    await rig.store.write('make a token', (write) =>
      putEnrolment(write, { secretHash: 'own', hostId: HOST, expiresAt }),
    );
    rig.advance(3_600_000);
    assert.equal((await ask('DELETE', '/hosts/compute1')).status, 200);
    assert.equal(await backend.redeemEnrolment('own', HOST), false);
  });

  it('refuses one whose agent is connected, unless it is forced, and keeps no report that comes late', async () => {
    await using opened = await openRig();
    const { backend, connect, ask } = opened;
    await connect();
    const refused = await ask('DELETE', '/hosts/compute1');
    assert.deepEqual([refused.status, refused.body.error?.code], [409, 'HOST_IN_USE']);
    assert.equal((await ask('DELETE', '/hosts/compute1?force=true')).status, 200);
    await backend.report(recordedHost('compute1'));
    assert.equal((await ask('GET', '/hosts/compute1')).status, 404);
  });

  it('refuses one that has ports, also by force, and names them', async () => {
    await using opened = await openRig();
    const { rig, connect, backend, ask } = opened;
    await connect();
    await backend.disconnected(HOST, 's1');
    const { id: networkId } = await rig.make('networks', 'network', {
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
    });
    for (const type of ['direct', 'normal']) {
      const port = await rig.make('ports', 'port', {
        network_id: networkId,
        'binding:vnic_type': type,
        'binding:host_id': 'compute1',
      });
      for (const query of ['', '?force=true']) {
        const { status, body } = await ask('DELETE', `/hosts/compute1${query}`);
        assert.equal(status, 409);
        assert.match(JSON.stringify(body), new RegExp(`it has port ${port.id}`));
      }
      assert.equal((await rig.delete(`ports/${port.id}`)).status, 204);
    }
    assert.equal((await ask('DELETE', '/hosts/compute1')).status, 200);
  });

  it('is in the audit log, with the host', async () => {
    await using opened = await openRig();
    const { rig, ask } = opened;
    rig.advance(3_600_000);
    assert.equal((await ask('DELETE', '/hosts/compute1')).status, 200);
    const { body } = await ask('GET', '/steps?host=compute1');
    const [step] = (body as unknown as StepList).steps;
    assert.equal(step?.text, 'delete membership compute1');
  });
});
