import { SriovError } from '@virtfn/model';
import { PORT_KIND, type PortDocument } from '../documents/index.ts';
import { type Call, findDocument } from '../framework/index.ts';

/**
 * A port that somebody wants something of.
 *
 * @param action as in "Cannot bind port …"
 * @throws {SriovError} PORT_UNKNOWN
 */
export async function getKnownPort(
  { db }: Pick<Call, 'db'>,
  portId: string,
  action: 'attach' | 'bind' | 'detach' | 'explain',
): Promise<PortDocument> {
  const port = await findDocument<PortDocument>(db, PORT_KIND, portId);
  if (port !== undefined) return port;
  throw new SriovError(
    'PORT_UNKNOWN',
    `Cannot ${action} port "${portId.slice(0, 64)}": there is no such port`,
  );
}
