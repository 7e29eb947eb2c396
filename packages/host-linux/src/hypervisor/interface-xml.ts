import type { DomainInterface, PciAddress, Teaming } from '@virtfn/model';

/**
 * Writes an interface as libvirt takes it for one device (https://libvirt.org/formatdomain.html#network-interfaces, and what
 * Nova writes for the same kinds). Every value was parsed into its type before, so that nothing in it means anything to XML.
 */
export function interfaceXml({ alias, mac, vlanId, source, teaming }: DomainInterface): string {
  const common = [
    `<alias name='${alias}'/>`,
    ...(mac === null ? [] : [`<mac address='${mac}'/>`]),
    ...(vlanId === null ? [] : [`<vlan><tag id='${vlanId}'/></vlan>`]),
    ...(teaming === null ? [] : [teamingXml(teaming)]),
  ];
  switch (source.kind) {
    case 'vf':
      return element("interface type='hostdev' managed='yes'", [
        `<source>${pciAddressXml(source.pciAddress)}</source>`,
        ...common,
      ]);
    case 'macvtap':
      return element("interface type='direct'", [
        `<source dev='${escape(source.netdevName)}' mode='passthrough'/>`,
        "<model type='virtio'/>",
        ...common,
      ]);
    case 'pci-device':
      return element("hostdev mode='subsystem' type='pci' managed='yes'", [
        `<source>${pciAddressXml(source.pciAddress)}</source>`,
        ...common,
      ]);
    case 'bridge':
      return element("interface type='bridge'", [
        `<source bridge='${escape(source.bridge)}'/>`,
        "<model type='virtio'/>",
        ...common,
      ]);
    case 'ovs': {
      const id = source.interfaceId;
      const parameters = id === null ? '' : `<parameters interfaceid='${escape(id)}'/>`;
      return element("interface type='bridge'", [
        `<source bridge='${escape(source.bridge)}'/>`,
        `<virtualport type='openvswitch'>${parameters}</virtualport>`,
        "<model type='virtio'/>",
        ...common,
      ]);
    }
  }
}

function element(tag: string, content: readonly string[]): string {
  return `<${tag}>${content.join('')}</${tag.slice(0, tag.indexOf(' '))}>`;
}

function teamingXml(teaming: Teaming): string {
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
