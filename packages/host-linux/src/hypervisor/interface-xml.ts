import type { DomainInterface, InterfaceSource, PciAddress, Teaming } from '@virtfn/model';

/**
 * Writes an interface as libvirt takes it for one device (https://libvirt.org/formatdomain.html#network-interfaces, and what
 * Nova writes for the same kinds). Every value was parsed into its type before, so that nothing in it means anything to XML.
 */
export function interfaceXml(device: DomainInterface): string {
  const { alias, mac, vlanId, source, teaming } = device;
  const content = [
    sourceXml(source),
    ...(source.kind === 'ovs' ? [virtualPortXml(source)] : []),
    // A guest has a driver for virtio; of a VF it sees the card's own function.
    ...('pciAddress' in source ? [] : ["<model type='virtio'/>"]),
    aliasXml(alias),
    ...(mac === null ? [] : [`<mac address='${mac}'/>`]),
    ...(vlanId === null ? [] : [`<vlan><tag id='${vlanId}'/></vlan>`]),
    ...(teaming === null ? [] : [teamingXml(teaming)]),
  ];
  return element(TAGS[source.kind], content);
}

const TAGS: Readonly<Record<InterfaceSource['kind'], string>> = {
  vf: "interface type='hostdev' managed='yes'",
  macvtap: "interface type='direct'",
  'pci-device': "hostdev mode='subsystem' type='pci' managed='yes'",
  bridge: "interface type='bridge'",
  ovs: "interface type='bridge'",
};

/** Where frames go, as an element. */
export function sourceXml(source: InterfaceSource): string {
  switch (source.kind) {
    case 'vf':
    case 'pci-device':
      return `<source>${pciAddressXml(source.pciAddress)}</source>`;
    case 'macvtap':
      return `<source dev='${escape(source.netdevName)}' mode='passthrough'/>`;
    case 'bridge':
    case 'ovs':
      return `<source bridge='${escape(source.bridge)}'/>`;
  }
}

export function aliasXml(alias: string): string {
  return `<alias name='${alias}'/>`;
}

/** What tells a bridge of Open vSwitch from one of the kernel. */
export function virtualPortXml({ interfaceId }: Extract<InterfaceSource, { kind: 'ovs' }>): string {
  const parameters = interfaceId === null ? '' : `<parameters interfaceid='${escape(interfaceId)}'/>`;
  return `<virtualport type='openvswitch'>${parameters}</virtualport>`;
}

function element(tag: string, content: readonly string[]): string {
  return `<${tag}>${content.join('')}</${tag.slice(0, tag.indexOf(' '))}>`;
}

export function teamingXml(teaming: Teaming): string {
  return teaming.kind === 'persistent'
    ? "<teaming type='persistent'/>"
    : `<teaming type='transient' persistent='${escape(teaming.persistent)}'/>`;
}

function pciAddressXml(address: PciAddress): string {
  const [domain, bus, rest = ''] = address.split(':');
  const [slot, fn] = rest.split('.');
  return `<address type='pci' domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${fn}'/>`;
}

/** Names of interfaces and bridges may have any character but blank, slash and colon. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;');
}
