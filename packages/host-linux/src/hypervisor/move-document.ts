import { type Arrival, type AttachmentId, type MovedInterface, movedInterface } from '@virtfn/model';
import { XmlElement } from '@rgrove/parse-xml';
import { parseDomain, readDevice } from './domain-document.ts';
import { aliasXml, sourceXml, teamingXml, virtualPortXml } from './interface-xml.ts';

/** A piece of a document with what stands there instead: code units of the text, from inclusive to exclusive. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Writes the document of a domain as it shall be on the host that it goes to: of interfaces of ours source and name are others
 * there, and the address in the guest stays. All the rest is the same, byte for byte: the destination compares it.
 *
 * @throws {SriovError} HYPERVISOR_REFUSED when it is not a document of a domain
 */
export function moveDocument(xml: string, arrivals: ReadonlyMap<AttachmentId, Arrival>): string {
  const replacements = parseDomain(xml).devices.flatMap((element) => {
    const found = readDevice(element);
    const moved = found === null ? null : movedInterface(found, arrivals);
    return moved === null ? [] : replacementsOf(element, moved);
  });
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, text } of replacements.toSorted((a, b) => a.start - b.start)) {
    pieces.push(xml.slice(at, start), text);
    at = end;
  }
  return pieces.join('') + xml.slice(at);
}

function replacementsOf(
  element: XmlElement,
  { source, alias, teaming }: MovedInterface,
): readonly Replacement[] {
  const children = element.children.filter((child) => child instanceof XmlElement);
  const hasVirtualPort = children.some(({ name }) => name === 'virtualport');
  const texts = new Map([
    // One that is there keeps its parameters: by them Open vSwitch's controllers know the port.
    ['source', sourceXml(source) + (source.kind === 'ovs' && !hasVirtualPort ? virtualPortXml(source) : '')],
    ['alias', aliasXml(alias)],
    ...(teaming === null ? [] : [['teaming', teamingXml(teaming)] as const]),
    // libvirt's name of the tap on this host; the other one gives its own.
    ...(element.attributes['type'] === 'direct' ? [['target', ''] as const] : []),
    ...(source.kind === 'bridge' ? [['virtualport', ''] as const] : []),
  ]);
  return children.flatMap(({ name, start, end }): readonly Replacement[] => {
    const text = texts.get(name);
    return text === undefined ? [] : [{ start, end, text }];
  });
}
