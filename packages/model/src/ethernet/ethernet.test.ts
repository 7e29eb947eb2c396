import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSriovError } from '../errors/index.ts';
import { isSameVlan, parseMacAddress, parseVlan } from './index.ts';

describe('parseMacAddress()', () => {
  it('accepts upper case and dashes', () =>
    assert.equal(parseMacAddress('FA-16-3E-00-00-01'), 'fa:16:3e:00:00:01'));

  const bad: readonly { name: string; given: string; why: RegExp }[] = [
    { name: 'too few digits', given: '52:54:00:12:34', why: /six pairs/ },
    { name: 'letters behind f', given: '52:54:00:12:34:5g', why: /six pairs/ },
    { name: 'a multicast address', given: '01:00:5e:00:00:01', why: /multicast/ },
    { name: 'broadcast', given: 'ff:ff:ff:ff:ff:ff', why: /multicast/ },
    { name: 'all zeros', given: '00:00:00:00:00:00', why: /none set/ },
  ];
  for (const { name, given, why } of bad) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseMacAddress(given),
        (error) => isSriovError(error, 'MAC_ADDRESS_INVALID') && why.test(error.message),
      );
    });
  }
});

describe('parseVlan()', () => {
  it('accepts 1 and 4094', () => {
    assert.deepEqual(parseVlan(1), { id: 1, qos: 0, proto: '802.1q' });
    assert.deepEqual(parseVlan(4094, 7, '802.1ad'), { id: 4094, qos: 7, proto: '802.1ad' });
  });

  const bad: readonly {
    name: string;
    given: readonly [id: number, qos?: number, proto?: string];
    found: string;
  }[] = [
    { name: 'VLAN 0', given: [0], found: '0' },
    { name: 'VLAN 4095', given: [4095], found: '4095' },
    { name: 'half a VLAN', given: [1.5], found: '1.5' },
    { name: 'priority 8', given: [100, 8], found: '8' },
    { name: 'an unknown protocol', given: [100, 0, '802.1x'], found: '802.1x' },
  ];
  for (const { name, given, found } of bad) {
    it(`refuses ${name}, saying what it found`, () => {
      assert.throws(
        () => parseVlan(...given),
        (error) => isSriovError(error, 'VLAN_INVALID') && error.message.includes(found),
      );
    });
  }
});

describe('isSameVlan()', () => {
  it('compares id, priority and protocol', () => {
    assert.ok(isSameVlan(null, null));
    assert.ok(isSameVlan(parseVlan(5, 1), parseVlan(5, 1)));
    assert.ok(!isSameVlan(parseVlan(5), null));
    assert.ok(!isSameVlan(parseVlan(5, 1), parseVlan(5, 2)));
    assert.ok(!isSameVlan(parseVlan(5, 0, '802.1ad'), parseVlan(5)));
  });
});
