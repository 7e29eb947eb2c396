import { type Document, type Resource } from './framework/index.ts';
import { NETWORK, PORT, SUBNET } from './resources/index.ts';

const RESOURCES = { network: NETWORK, subnet: SUBNET, port: PORT } as const;

/** Who looks: an administrator, a member of the object's project, or one of another that it is shared with. */
export type Reader = 'admin' | 'owner' | 'other';

/** An object as this reader may see it, without having asked for it. */
export function shownObject(
  kind: keyof typeof RESOURCES,
  document: Document,
  reader: Reader,
): Readonly<Record<string, unknown>> {
  const { attributes }: Pick<Resource, 'attributes'> = RESOURCES[kind];
  const shown = Object.entries(document).filter(([name]) => {
    const seenBy = attributes[name]?.seenBy ?? 'nobody';
    return seenBy === 'all' || (seenBy === 'admin' && reader === 'admin');
  });
  const view = Object.fromEntries(shown);
  return reader === 'other' && 'shared' in view ? { ...view, shared: true } : view;
}
