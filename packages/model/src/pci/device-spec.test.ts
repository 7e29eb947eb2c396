import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSriovError } from '../errors/index.ts';
import { parseDeviceSpecs } from './device-spec.ts';
import { parsePciAddress } from './pci-address.ts';
import { parsePciId } from './pci-id.ts';

describe('parseDeviceSpecs()', () => {
  const vf = {
    pciAddress: parsePciAddress('0000:82:10.1'),
    pf: parsePciAddress('0000:82:00.1'),
    vendorId: parsePciId('8086'),
    productId: parsePciId('10ca'),
    pfNetdevName: 'eth3',
  };
  const cases: readonly { spec: unknown; want: boolean }[] = [
    { spec: {}, want: true },
    { spec: { vendor_id: '8086', product_id: '10ca' }, want: true },
    { spec: { vendor_id: '*', product_id: '10CA' }, want: true },
    { spec: { vendor_id: '8086', product_id: '10c9' }, want: false },
    { spec: { address: '0000:82:00.1' }, want: true },
    { spec: { address: '0000:82:00.0' }, want: false },
    { spec: { address: ':82:10.' }, want: true },
    { spec: { address: '*:82:*.*' }, want: true },
    { spec: { address: ':82:00.' }, want: false },
    { spec: { address: { domain: '.*', bus: '82', slot: '1[01]', function: '[13]' } }, want: true },
    { spec: { address: { bus: '8', function: '0' } }, want: false },
    { spec: { devname: 'eth3' }, want: true },
    { spec: { devname: 'eth2' }, want: false },
    { spec: { address: '82:10.1', physical_network: 'physnet1', trusted: true }, want: true },
  ];
  for (const { spec, want } of cases) {
    it(`${JSON.stringify(spec)} ${want ? 'allows' : 'does not allow'} 0000:82:10.1 of eth3`, () =>
      assert.equal(parseDeviceSpecs(spec)[0]?.matches(vf), want));
  }

  for (const spec of [
    'eth3',
    { address: '0000:82:00.1', devname: 'eth3' },
    { address: '0000:82:20.1' },
    { address: '0000:82:00.8' },
    { address: '1:2:3:4.5' },
    { address: { bus: '[' } },
    { vendor_id: 'intel' },
    { physical_network: ['a'] },
  ]) {
    it(`refuses ${JSON.stringify(spec)}`, () =>
      assert.throws(
        () => parseDeviceSpecs([spec]),
        (error) => isSriovError(error, 'CONFIG_INVALID'),
      ));
  }
});
