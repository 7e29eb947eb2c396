import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

// A controller behind a proxy with TLS, as docs/operators/run-a-controller.md has it.
describe('a command line that asks over HTTPS', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-https-'));
  const certificate = path.join(folder, 'proxy.pem');
  const tokens: unknown[] = [];
  let proxy: https.Server;
  let endpoint: string;

  before(async () => {
    const key = path.join(folder, 'proxy.key');
    const wanted = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
    execFileSync('openssl', ['req', '-x509', ...fresh, ...wanted, '-out', certificate], { stdio: 'ignore' });
    proxy = https.createServer(
      { cert: readFileSync(certificate), key: readFileSync(key) },
      (request, response) => {
        tokens.push(request.headers['x-auth-token']);
        response.end('{"hosts":[]}');
      },
    );
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    endpoint = `https://localhost:${(proxy.address() as AddressInfo).port}`;
  });
  after(() => {
    proxy.close();
    rmSync(folder, { recursive: true });
  });

  const hosts = (env: NodeJS.ProcessEnv) =>
    run(process.execPath, [path.join(import.meta.dirname, 'main.ts'), 'host', 'list', '--json'], {
      env: { ...process.env, VIRTFN_ENDPOINT: endpoint, ...env },
    }).catch(
      (error: unknown) =>
        error as { readonly stdout: string; readonly stderr: string; readonly code: number },
    );

  it('reaches the controller by a certificate that it trusts, and tells it the token', async () => {
    const { stdout, stderr } = await hosts({ NODE_EXTRA_CA_CERTS: certificate, VIRTFN_TOKEN: 'vft_secret' });
    assert.deepEqual([JSON.parse(stdout), stderr, tokens], [{ hosts: [] }, '', ['vft_secret']]);
  });

  it('tells nothing to whoever has another', async () => {
    const told = tokens.length;
    const failed = await hosts({ VIRTFN_TOKEN: 'vft_secret' });
    assert.match(
      failed.stderr,
      /Cannot reach https:\/\/localhost:\d+: self-signed certificate.*CONTROLLER_UNREACHABLE.*NODE_EXTRA_CA_CERTS/su,
    );
    assert.equal(tokens.length, told);
  });

  it('says of what is no address that it is none', async () => {
    const failed = await hosts({ VIRTFN_ENDPOINT: 'ftp://localhost' });
    assert.match(failed.stderr, /Cannot ask "ftp:\/\/localhost": that is no address of a controller/u);
    assert.equal('code' in failed ? failed.code : 0, 2);
  });
});
