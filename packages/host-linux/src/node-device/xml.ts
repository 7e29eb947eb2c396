/** An element with text or with elements in it. */
export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: string | readonly Element[];
}

export function element(
  tag: string,
  attributes: Element['attributes'],
  content: Element['content'],
): Element {
  return { tag, attributes, content };
}

/** XML as libvirt prints it: two spaces a level, single quotes. */
export function formatXml({ tag, attributes, content }: Element, indent = ''): string {
  const head = [
    tag,
    ...Object.entries(attributes).map(([name, value]) => `${name}='${escapeXml(value)}'`),
  ].join(' ');
  if (content.length === 0) return `${indent}<${head}/>\n`;
  if (typeof content === 'string') return `${indent}<${head}>${escapeXml(content)}</${tag}>\n`;
  const inner = content.map((each) => formatXml(each, `${indent}  `)).join('');
  return `${indent}<${head}>\n${inner}${indent}</${tag}>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>'"]/g, (character) => ENTITIES[character] ?? '');
}
