import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type Authenticator,
  headerOf,
  type Identity,
  identityOf,
  OpenAuthenticator,
  refuseCredentials,
  type RequestHeaders,
} from '../../auth/index.ts';
import type { Difference } from './differences.ts';
import { recordedExchanges } from './exchanges.ts';
import { fits, isKnown, KNOWN_DIFFERENCES } from './known-differences.ts';
import { ReplayRig } from './replay-rig.ts';

/** The tokens of the record, which are no real ones. */
class RecordedTokens implements Authenticator {
  readonly isOpen = false;
  readonly #identities: ReadonlyMap<string, Identity> = new Map([
    [
      '<admin>',
      identityOf({ userId: 'a', userName: 'admin' }, '49af007424284c7195964433f12ad947', ['admin']),
    ],
    [
      '<member>',
      identityOf({ userId: 'm', userName: 'demo' }, 'f18f70654f604bf09b539eaa2366ad7e', ['member']),
    ],
  ]);

  async authenticate(headers: RequestHeaders): Promise<Identity> {
    const identity = this.#identities.get(headerOf(headers, 'x-auth-token') ?? '');
    if (identity === undefined) throw refuseCredentials('a token that was not recorded');
    return identity;
  }

  challenge(): Readonly<Record<string, string>> {
    return { 'www-authenticate': 'Keystone uri="http://127.0.0.1:5000"' };
  }
}

const QUOTAS = { subnetpool: -1, rbac_policy: 10, security_group_rule: 100, trunk: -1 };

const RECORDINGS = [
  {
    name: 'plain',
    title: 'the recorded exchanges of a Neutron without authentication',
    options: {
      authenticator: new OpenAuthenticator(),
      asAdmin: {},
      quotas: { ...QUOTAS, network: -1, subnet: -1, port: -1, security_group: -1, security_group_rule: -1 },
    },
  },
  {
    name: 'keystone',
    title: 'the recorded exchanges of a Neutron with Keystone',
    options: {
      authenticator: new RecordedTokens(),
      asAdmin: { 'x-auth-token': '<admin>' },
      quotas: { ...QUOTAS, network: 100, subnet: 100, port: 500, security_group: 100 },
    },
  },
] as const;

const seen: Difference[] = [];

for (const { name: recording, title, options } of RECORDINGS) {
  describe(title, () => {
    let rig: ReplayRig;
    before(async () => {
      rig = await ReplayRig.start(options);
    });
    after(() => rig[Symbol.asyncDispose]());

    for (const exchange of recordedExchanges(recording)) {
      const { name, request } = exchange;
      it(`${name}: ${request.method} ${request.path} is answered alike`, async () => {
        // Behind exchange 90 the recorder deleted all ports, which is not in the record.
        if (name.startsWith('91-')) await rig.deleteAllPorts();
        const found = await rig.play(exchange);
        seen.push(...found);
        const unknown = found.filter((each) => !KNOWN_DIFFERENCES.some((known) => isKnown(known, each)));
        assert.deepEqual(unknown, []);
      });
    }
  });
}

describe('the differences that stay', () => {
  for (const known of KNOWN_DIFFERENCES) {
    it(`"${known.title}" is still there`, () => {
      const gone = known.at.filter((pattern) => !seen.some((difference) => fits(pattern, difference)));
      assert.deepEqual(gone, []);
    });
  }

  it('are the ones that the operators are told', () => {
    const file = path.join(import.meta.dirname, '../../../../../docs/operators/neutron-api.md');
    const [, table = ''] = readFileSync(file, 'utf8').split('<!-- differences -->\n');
    const rows = table.split('\n').filter((line) => line.startsWith('|'));
    assert.deepEqual(
      rows.slice(2),
      KNOWN_DIFFERENCES.map(({ title, why }) => `| ${title} | ${why} |`),
    );
  });
});
