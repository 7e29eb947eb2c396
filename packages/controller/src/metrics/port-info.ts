import { formatHeader, formatSample } from '@virtfn/contract/metrics';
import type { PortDocument } from '../neutron/index.ts';
import { pagesOfObjects, type Store } from '../store/index.ts';
import { CONTROLLER_METRICS } from './catalog.ts';

/**
 * Whose each port is, in the form that Prometheus reads, in parts: 100,000 ports are 20 MB, and to write them all at once
 * would hold up everybody else.
 *
 * @throws {SriovError} STORE_FAILED
 */
export async function* portInfo(store: Store): AsyncGenerator<string> {
  const metric = CONTROLLER_METRICS.portInfo;
  yield formatHeader(metric);
  for await (const page of pagesOfObjects(store, 'port')) {
    const lines = page.map((body) => {
      const port = JSON.parse(body) as PortDocument;
      const labels = [
        ['port', port.id],
        ['project', port.project_id],
        ['network', port.network_id],
        ['host', port['binding:host_id']],
      ] as const;
      return formatSample(metric, { suffix: '', labels, value: 1 });
    });
    yield lines.join('');
  }
}
