import type { HostDocument } from '@virtfn/contract';
import { observedOfDocument } from '@virtfn/contract/documents';
import { describeVfUser, type PhysicalFunction, type VirtualFunction } from '@virtfn/model';
import { cut, wrap } from './fit.ts';
import { paint, type Terminal } from './terminal.ts';

function link(pf: PhysicalFunction): string {
  if (!pf.adminUp) return 'down';
  if (!pf.carrier) return 'no carrier';
  return pf.linkMbps === null
    ? 'up'
    : pf.linkMbps >= 1000
      ? `${pf.linkMbps / 1000} Gbit/s`
      : `${pf.linkMbps} Mbit/s`;
}

/** Whether nothing can pass: no driver is bound, or the link is disabled. */
function isShut(vf: VirtualFunction): boolean {
  return vf.driver === null || vf.settings?.linkState === 'disable';
}

function vfState(vf: VirtualFunction): string {
  if (isShut(vf) && vf.attachmentId === null && vf.users.length === 0) return 'closed';
  const parts = [vf.netdevName, vf.driver === null ? 'no driver' : vf.driver];
  const { settings } = vf;
  if (settings !== null) {
    if (settings.adminMac !== null) parts.push(settings.adminMac);
    if (settings.vlan !== null) parts.push(`vlan ${settings.vlan.id}`);
    if (settings.spoofCheck === false) parts.push('spoof check off');
    if (settings.trust === true) parts.push('trusted');
    if (settings.linkState !== 'auto') parts.push(`link ${settings.linkState}`);
  }
  if (vf.attachmentId !== null) parts.push(`attachment ${vf.attachmentId}`);
  parts.push(...vf.users.map((user) => `used by ${describeVfUser(user)}`));
  return parts.filter((part) => part !== null).join(', ');
}

/** A host as a tree: what `lspci -nn`, `systool -c net` and `lsmod` told together. */
export function formatHost(host: HostDocument, terminal: Terminal): string {
  const { width } = terminal;
  const lines = [
    `${paint(terminal, 'bold', host.hostId)}${host.simulated ? paint(terminal, 'yellow', '  (simulated)') : ''}`,
  ];
  for (const finding of host.findings) {
    const mark = finding.severity === 'info' ? 'note' : finding.severity;
    const text = wrap(`  ${mark}: ${finding.title}. ${finding.text}`, width, '    ');
    lines.push(
      text.replace(mark, paint(terminal, 'yellow', mark)),
      // Whole, however long: it holds what is to be typed.
      `    ${finding.hint}`,
    );
  }
  const { pfs } = observedOfDocument(host);
  for (const [index, pf] of pfs.entries()) {
    const isLastPf = index === pfs.length - 1;
    const networks = host.physicalNetworks[pf.pciAddress] ?? [];
    const facts = [
      `[${pf.vendorId}:${pf.productId}]`,
      `driver ${pf.driver ?? 'none'}`,
      link(pf),
      `VFs ${pf.numVfs} of ${pf.totalVfs}`,
      ...(networks.length === 0 ? [] : [networks.join(', ')]),
      ...(pf.eswitchMode === 'switchdev' ? ['switchdev'] : []),
    ];
    const head = `${isLastPf ? '└─' : '├─'} ${pf.pciAddress}  ${pf.netdevName ?? '-'}`;
    lines.push(cut(`${head}  ${pf.productName} ${facts.join(', ')}`, width));
    for (const vf of pf.vfs) {
      const branch = vf === pf.vfs.at(-1) ? '└─' : '├─';
      const stem = `${isLastPf ? '   ' : '│  '}${branch} VF ${vf.vfIndex}`;
      lines.push(cut(`${stem}  ${vf.pciAddress}  ${vfState(vf)}`, width));
    }
  }
  return lines.join('\n');
}
