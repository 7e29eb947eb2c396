import { documentsOfDrift } from '@virtfn/contract/documents';
import { driftOf } from '@virtfn/model';
import type { RequestContext } from './request-context.ts';
import { readConfig } from './read-config.ts';
import { wantedOfConfig } from './wanted-of-config.ts';

/** Compares the host with host.yaml. */
export async function answerDiff(configFile: string | null, context: RequestContext): Promise<void> {
  const { host, keeper, openConfig, emit } = context;
  const file = openConfig(configFile);
  await keeper.withReconciler(async (reconciler) => {
    const { config } = await readConfig(file, 'compare');
    const seen = await host.observe();
    const { desired, spared } = await wantedOfConfig(config, seen, context);
    const { observed, plan } = await reconciler.planOnly(desired, { seen, spared });
    emit({ event: 'drift', drift: documentsOfDrift(driftOf(desired, observed, plan)) });
  });
}
