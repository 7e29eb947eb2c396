import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isSriovError } from '@virtfn/model';
import fc from 'fast-check';
import { layOutTree } from '../testing/tree-loader.ts';
import { describeNodeDevice } from './index.ts';
import { parsePciExpress } from './pci-express.ts';

/** The host of the notes, as far as this document shows it. */
const FISH = `
/sys/bus/pci/devices/0000:82:10.1 -> ../../../devices/pci0000:80/0000:80:01.0/0000:82:10.1
/sys/bus/pci/devices/0000:82:00.1 -> ../../../devices/pci0000:80/0000:80:01.0/0000:82:00.1
/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/vendor = 0x8086
/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/device = 0x10ca
/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/class = 0x020000
/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/numa_node = -1
/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/physfn -> ../0000:82:00.1
/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/driver -> ../../../../bus/pci/drivers/igbvf
/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/iommu_group -> ../../../../kernel/iommu_groups/21
/sys/kernel/iommu_groups/21/devices/0000:82:10.1 -> ../../../../devices/pci0000:80/0000:80:01.0/0000:82:10.1
/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.1/vendor = 0x8086
/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.1/device = 0x10c9
/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.1/class = 0x020000
/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.1/numa_node = 1
/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.1/sriov_totalvfs = 7
/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.1/sriov_numvfs = 1
/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.1/virtfn0 -> ../0000:82:10.1
`;

suite('describeNodeDevice()', () => {
  test('prints a VF as the notes have it, by either name', (t) => {
    const root = layOutTree(t, FISH);
    const want = `<device>
  <name>pci_0000_82_10_1</name>
  <path>/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1</path>
  <parent>pci_0000_80_01_0</parent>
  <driver>
    <name>igbvf</name>
  </driver>
  <capability type='pci'>
    <class>0x020000</class>
    <domain>0</domain>
    <bus>130</bus>
    <slot>16</slot>
    <function>1</function>
    <product id='0x10ca'>82576 Virtual Function</product>
    <vendor id='0x8086'>Intel Corporation</vendor>
    <capability type='phys_function'>
      <address domain='0x0000' bus='0x82' slot='0x00' function='0x1'/>
    </capability>
    <iommuGroup number='21'>
      <address domain='0x0000' bus='0x82' slot='0x10' function='0x1'/>
    </iommuGroup>
  </capability>
</device>
`;
    assert.equal(describeNodeDevice(root, '0000:82:10.1'), want);
    assert.equal(describeNodeDevice(root, 'pci_0000_82_10_1'), want);
  });

  test('prints a PF with its VFs', (t) => {
    assert.match(
      describeNodeDevice(layOutTree(t, FISH), '82:00.1'),
      /<capability type='virt_functions' maxCount='7'>\n +<address domain='0x0000' bus='0x82' slot='0x10' function='0x1'\/>\n +<\/capability>\n +<numa node='1'\/>/,
    );
  });

  test('says what there is not', (t) => {
    const root = layOutTree(t, FISH);
    assert.throws(
      () => describeNodeDevice(root, '0000:83:00.0'),
      (error) => isSriovError(error, 'DEVICE_UNKNOWN'),
    );
    assert.throws(
      () => describeNodeDevice(root, 'eth0'),
      (error) => isSriovError(error, 'PCI_ADDRESS_INVALID'),
    );
  });
});

suite('parsePciExpress()', () => {
  test('reads what the link can and does', () => {
    const config = Buffer.alloc(256);
    config.writeUInt16LE(0x10, 0x06);
    config.writeUInt8(0x40, 0x34);
    config.writeUInt16LE(0xa001, 0x40);
    config.writeUInt16LE(0x0010, 0xa0);
    config.writeUInt32LE(0x0100_0042, 0xac);
    config.writeUInt16LE(0x0041, 0xb2);
    assert.deepEqual(parsePciExpress(config), [
      { validity: 'cap', port: 1, speed: '5', width: 4 },
      { validity: 'sta', port: null, speed: '2.5', width: 4 },
    ]);
    config.writeUInt16LE(0x0090, 0xa2);
    assert.deepEqual(parsePciExpress(config), [], 'an integrated end point');
  });

  test('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parsePciExpress(Buffer.from(bytes));
      }),
    );
  });
});
