import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { DRIVER_TABLE, type DriverCapability, VF_ATTRIBUTES } from '../drivers/index.ts';
import { ERROR_TABLE, type ErrorEntry } from './index.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
const rows = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('| `'));

describe('docs/errors.md', () => {
  it('has a row for every code of the table, and no other', () => {
    const want = Object.entries<ErrorEntry>(ERROR_TABLE).map(
      ([code, { meaning, hint }]) => `| \`${code}\` | ${meaning} | ${hint} |`,
    );
    assert.deepEqual(rows(read('errors.md')).toSorted(), want.toSorted());
  });
});

/** One line of docs/drivers.md. */
function driverRow(row: DriverCapability): string {
  const { rates, switchdev } = row;
  const rules = [
    ...(rates.needsLink ? ['link up'] : []),
    ...(rates.onlyAtLinkMbps === null ? [] : [`only at ${rates.onlyAtLinkMbps} Mbit/s`]),
    ...(rates.smallestMbps === 1 ? [] : [`from ${rates.smallestMbps} Mbit/s`]),
    ...(rates.onlyProducts === null ? [] : [`only ${rates.onlyProducts.join(' ')}`]),
  ];
  const has = VF_ATTRIBUTES.filter((attribute) => row.attributes[attribute] === 'yes');
  return `| \`${[
    `${row.driver}\``,
    row.cards,
    row.vfDriver ?? '',
    row.vfCount === 'sysfs' ? (row.maxVfs ?? 'totalvfs') : 'module option',
    has.join(', '),
    row.vlanProtocols.join(', '),
    rules.join(', '),
    row.macTakesEffect,
    row.vfStats,
    row.fdb.mostMacs ?? row.fdb.support,
    switchdev === null ? 'no' : 'yes',
    [
      ...(row.vfCountNeedsPfUp ? ['PF must be up to enable VFs'] : []),
      ...(row.vfCountDropsPfLink ? ['enabling VFs drops the PF’s link'] : []),
      ...(row.macClearedBy === 'placeholder' ? ['refuses a zero MAC'] : []),
    ].join('; '),
    row.source,
  ].join(' | ')} |`;
}

describe('docs/drivers.md', () => {
  it('has the rows of the driver table, and no other', () => {
    assert.deepEqual(rows(read('drivers.md')), DRIVER_TABLE.map(driverRow));
  });
});
