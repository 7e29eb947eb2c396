import { type Arrival, type AttachmentId, type MovedInterface, movedInterface } from '@virtfn/model';
import { XmlElement } from '@rgrove/parse-xml';
import { parseDomain, readDevice } from './domain-document.ts';
import { aliasXml, sourceXml, teamingXml } from './interface-xml.ts';

/** A piece of a document with what stands there instead: bytes, from inclusive to exclusive. */
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
  const bytes = Buffer.from(xml);
  const pieces: (string | Uint8Array)[] = [];
  let at = 0;
  for (const { start, end, text } of replacements.toSorted((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(at, start), text);
    at = end;
  }
  pieces.push(bytes.subarray(at));
  return pieces.map((piece) => piece.toString()).join('');
}

function replacementsOf(element: XmlElement, moved: MovedInterface): readonly Replacement[] {
  const texts: Readonly<Record<string, string | null>> = {
    source: sourceXml(moved.source),
    alias: aliasXml(moved.alias),
    teaming: moved.teaming === null ? null : teamingXml(moved.teaming),
    // libvirt's name of the tap on this host; the other one gives its own.
    target: element.attributes['type'] === 'direct' ? '' : null,
  };
  return element.children.flatMap((child): readonly Replacement[] => {
    if (!(child instanceof XmlElement)) return [];
    const text = texts[child.name] ?? null;
    return text === null ? [] : [{ start: child.start, end: child.end, text }];
  });
}
