import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pageOfHosts } from './page.ts';
import type { ReportedHost } from './reported-host.ts';

const hostOf = (hostId: string): ReportedHost => ({ observed: { hostId } }) as ReportedHost;

describe('pageOfHosts()', () => {
  it('gives every row once and in order, whatever the size of the pages', async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[ab.-]{1,4}$/), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(names, fc.integer({ min: 1, max: 40 }), async (all, limit) => {
        const hosts = all.toSorted((a, b) => (a < b ? -1 : 1)).map(hostOf);
        let looked = 0;
        const rowsOf = async (some: readonly ReportedHost[]) => {
          looked += some.length;
          return some.flatMap(({ observed }) =>
            ['b', 'a'].map((part) => {
              const key = `${observed.hostId}/${part}`;
              return { key, row: key };
            }),
          );
        };
        const seen: string[] = [];
        let marker: string | null = '';
        while (marker !== null) {
          const page: { rows: readonly string[]; next: string | null } = await pageOfHosts(
            hosts,
            { marker, limit },
            rowsOf,
          );
          assert.ok(page.rows.length <= limit);
          assert.equal(
            page.next === null,
            page.rows.at(-1) === `${hosts.at(-1)?.observed.hostId}/b` || hosts.length === 0,
          );
          seen.push(...page.rows);
          marker = page.next;
        }
        assert.deepEqual(
          seen,
          hosts.flatMap(({ observed }) => [`${observed.hostId}/a`, `${observed.hostId}/b`]),
        );
        assert.ok(hosts.length === 0 || looked > 0);
      }),
    );
  });

  it('gives others their turn before the last host is looked at', async () => {
    const hosts = Array.from({ length: 100 }, (_, number) => hostOf(`h${String(number).padStart(4, '0')}`));
    let turns = 0;
    const request = (): void => {
      turns += 1;
      if (turns < 100) setImmediate(request);
    };
    setImmediate(request);
    const seen: number[] = [];
    await pageOfHosts(hosts, {}, async () => {
      seen.push(turns);
      return [];
    });
    assert.deepEqual(seen, [0, 1, 2, 3, 4]);
  });

  it('looks at no more hosts than a page needs', async () => {
    const hosts = Array.from({ length: 1000 }, (_, number) => hostOf(`h${String(number).padStart(4, '0')}`));
    let looked = 0;
    const rowsOf = async (some: readonly ReportedHost[]) => {
      looked += some.length;
      return some.map(({ observed }) => ({ key: `${observed.hostId}/`, row: observed.hostId }));
    };
    const page = await pageOfHosts(hosts, { marker: 'h0500/', limit: 10 }, rowsOf);
    assert.deepEqual([page.rows[0], page.rows.length, page.next], ['h0501', 10, 'h0510/']);
    assert.equal(looked, 20);
  });
});
