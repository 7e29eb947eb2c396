import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';

/** Set for the second run: the namespace that the file was started in. */
const OUTSIDE = 'VIRTFN_TEST_OUTSIDE_NAMESPACE';
const NETWORK = '/proc/self/ns/net';

/**
 * Runs tests in a network namespace and a mount namespace of their own, with /sys of the former: the file is run a second
 * time in there. Where that cannot be it is skipped, but fails where CI=true.
 *
 * @param file import.meta.filename of the test file
 */
export function inOwnNetwork(file: string, define: () => void): void {
  const outside = process.env[OUTSIDE];
  if (outside !== undefined) {
    assert.notEqual(outside, readlinkSync(NETWORK), 'these tests change links and must not do so outside');
    define();
    return;
  }
  test('nftables of this machine, in a network namespace of its own', (context) => {
    const why = reasonToSkip();
    if (why !== null) {
      assert.notEqual(process.env['CI'], 'true', why);
      context.skip(why);
      return;
    }
    const env: NodeJS.ProcessEnv = { ...process.env, [OUTSIDE]: readlinkSync(NETWORK) };
    // The second run is a test run of its own, and not a part of this one.
    delete env['NODE_TEST_CONTEXT'];
    const own = ['--net', '--mount', 'sh', '-c', 'mount -t sysfs none /sys && exec "$@"', 'sh'];
    // On one processor packets of both directions wait in one line, so that one behind another has overtaken nothing.
    const args = [...own, 'taskset', '--cpu-list', firstCpu(), process.execPath, file];
    const { status, stdout, stderr } = spawnSync('unshare', args, { env, encoding: 'utf8', timeout: 55_000 });
    context.diagnostic(stdout);
    assert.equal(status, 0, `${stdout}\n${stderr}`);
  });
}

function reasonToSkip(): string | null {
  if (process.getuid?.() !== 0) return 'needs root, for a network namespace';
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const missing = ['nft', 'ip', 'unshare', 'taskset'].filter(
    (program) => spawnSync(program, ['--version'], { env }).error !== undefined,
  );
  return missing.length === 0 ? null : `needs ${missing.join(', ')}`;
}

function firstCpu(): string {
  const [, first = '0'] =
    /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return first;
}
