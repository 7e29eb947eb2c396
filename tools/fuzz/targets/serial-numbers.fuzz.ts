import assert from 'node:assert/strict';
import {
  parseDeviceSerialNumber,
  parseVpdSerial,
} from '../../../packages/host-linux/src/sysfs/serial-number.ts';
import { parseTree, readFixture } from '../../../packages/host-linux/src/testing/tree-loader.ts';
import { mutate, noise, Random } from '../../../packages/netlink/src/fuzz/mutate.ts';
import { countAttempts, type FuzzCount } from './attempt.ts';

function fixture(name: string): Buffer {
  const entry = parseTree(readFixture('switchdev')).find(
    (each) => each.kind === 'file' && each.path.endsWith(name),
  );
  assert.ok(entry?.kind === 'file');
  return Buffer.from(entry.content);
}

/** A serial number is short and has nothing in it that a terminal would act on. */
function check(serial: string | null): boolean {
  if (serial === null) return false;
  assert.ok(serial !== '' && serial.length <= 255 && serial === serial.trim() && !/\p{C}/u.test(serial));
  return true;
}

/** @throws when a parser throws, takes long, or gives what cannot be shown */
export function fuzzSerialNumbers(iterations: number, seed: number): FuzzCount {
  const random = new Random(seed);
  const [vpd, config] = [fixture('00.0/vpd'), fixture('00.1/config')];
  let input: Buffer = vpd;
  const attempt = (): boolean => {
    const parse = random.below(2) === 0 ? parseVpdSerial : parseDeviceSerialNumber;
    const [own, other] = parse === parseVpdSerial ? [vpd, config] : [config, vpd];
    input = random.below(20) === 0 ? noise(random, random.below(400)) : mutate(own, random, other);
    return check(parse(input));
  };
  return countAttempts(iterations, attempt, () => input.toString('hex'));
}

export default {
  name: 'serial numbers of VPD and PCI Express',
  run: (iterations: number, seed: number) => void fuzzSerialNumbers(iterations, seed),
};
