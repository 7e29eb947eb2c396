import type { Call, Document, Resource } from './resource.ts';

/** Whether documents are shown to this reader just as they are kept: then their JSON need not be read. */
export function isShownAsKept<Doc extends Document>(resource: Resource<Doc>, { identity }: Call): boolean {
  if (resource.memberView !== null && !identity.isAdmin) return false;
  return Object.values(resource.attributes).every(
    ({ seenBy: reader }) => reader === 'all' || (reader === 'admin' && identity.isAdmin),
  );
}

/** A document as it is for this reader, with what he must not see. */
export function seenBy<Doc extends Document>(
  { memberView }: Resource<Doc>,
  document: Doc,
  call: Call,
): Document {
  return memberView === null || call.identity.isAdmin ? document : memberView(document, call);
}

/** A document as this reader may see it, whole or by some of its attributes. */
export function viewOf<Doc extends Document>(
  resource: Resource<Doc>,
  kept: Doc,
  call: Call,
  fields: ReadonlySet<string> | null,
): Readonly<Record<string, unknown>> {
  const document = seenBy(resource, kept, call);
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(document)) {
    if (fields !== null && !fields.has(name)) continue;
    const reader = resource.attributes[name]?.seenBy ?? 'nobody';
    if (reader === 'all' || (reader === 'admin' && call.identity.isAdmin)) shown[name] = value;
  }
  return shown;
}
