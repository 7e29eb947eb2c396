import type { DriftDocument } from '@virtfn/contract';
import { driftOf, type Refusal } from '@virtfn/model';
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
    const drift = driftOf(desired, observed, plan).map(
      ({ refusal, ...each }): DriftDocument => ({ ...each, refused: summaryOf(refusal) }),
    );
    emit({ event: 'drift', drift });
  });
}

function summaryOf(refusal: Refusal | null): DriftDocument['refused'] {
  return refusal === null ? null : { code: refusal.code, message: refusal.message };
}
