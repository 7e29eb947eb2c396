import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { HostRow } from '../../fleet/index.ts';
import { fleetFigures, vfFigures } from './fleet-figures.ts';

const host = (isAlive: boolean, enabled: number, inUse: number, quarantined: number): HostRow => ({
  summary: {
    hostId: 'fish',
    simulated: true,
    nics: 1,
    pfs: 2,
    vfs: { enabled, possible: 14, inUse, quarantined },
    findings: 1,
    reportedAt: '2026-01-02T03:04:05Z',
  },
  isAlive,
  lostAt: null,
});

describe('vfFigures()', () => {
  for (const { name, given, want } of [
    {
      name: 'counts a VF that is quarantined as that, and not as one in use',
      given: host(true, 7, 3, 1),
      want: { free: 4, inUse: 2, quarantined: 1, unknown: 0 },
    },
    {
      name: 'says of a host that is gone that nothing is known',
      given: host(false, 7, 3, 1),
      want: { free: 0, inUse: 0, quarantined: 0, unknown: 7 },
    },
  ])
    it(name, () => {
      assert.deepEqual(vfFigures(given), want);
    });
});

describe('fleetFigures()', () => {
  it('leaves out no host and no VF', () => {
    const any = fc
      .tuple(fc.boolean(), fc.nat(9), fc.nat(9), fc.nat(9))
      .map(([isAlive, free, inUse, quarantined]) =>
        host(isAlive, free + inUse + quarantined, inUse + quarantined, quarantined),
      );
    fc.assert(
      fc.property(fc.array(any), (rows) => {
        const { alive, gone, nics, pfs, vfs, findings } = fleetFigures(rows);
        assert.deepEqual([alive + gone, nics, pfs], [rows.length, rows.length, 2 * rows.length]);
        assert.equal(findings, rows.length);
        const enabled = rows.reduce((sum, { summary }) => sum + summary.vfs.enabled, 0);
        assert.equal(vfs.free + vfs.inUse + vfs.quarantined + vfs.unknown, enabled);
      }),
    );
  });
});
