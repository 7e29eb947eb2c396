import type { DriftDocument } from '@virtfn/contract';
import { desiredOfConfig, driftOf, type Refusal } from '@virtfn/model';
import type { RequestContext } from './request-context.ts';
import { readConfig } from './read-config.ts';

/** Compares the host with host.yaml. */
export async function answerDiff(
  configFile: string | null,
  { host, keeper, openConfig, emit }: RequestContext,
): Promise<void> {
  const file = openConfig(configFile);
  await keeper.withReconciler(async (reconciler) => {
    const { config } = await readConfig(file, 'compare');
    const seen = await host.observe();
    const { desired } = desiredOfConfig(config, seen);
    const { observed, plan } = await reconciler.planOnly(desired, { seen });
    const drift = driftOf(desired, observed, plan).map(
      ({ refusal, ...each }): DriftDocument => ({ ...each, refused: summaryOf(refusal) }),
    );
    emit({ event: 'drift', drift });
  });
}

function summaryOf(refusal: Refusal | null): DriftDocument['refused'] {
  return refusal === null ? null : { code: refusal.code, message: refusal.message };
}
