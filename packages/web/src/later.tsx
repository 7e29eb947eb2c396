import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Loading, Problem } from './look/index.ts';

interface LaterProps<Module> {
  /** The same one each time, for the same module. */
  readonly load: () => Promise<Module>;
  readonly children: (module: Module) => ComponentChildren;
}

interface Loaded<Module> {
  readonly by: () => Promise<Module>;
  readonly module: Module | SriovError;
}

/** A page whose script comes when somebody goes to it. */
export function Later<Module>({ load, children }: LaterProps<Module>) {
  const loaded = useSignal<Loaded<Module> | null>(null);
  useEffect(() => {
    load().then(
      (module) => (loaded.value = { by: load, module }),
      (thrown: unknown) => (loaded.value = { by: load, module: toSriovError(thrown) }),
    );
  }, [load]);
  // The router keeps this where it was from one page to the next, with what the one before has loaded.
  if (loaded.value?.by !== load) return <Loading what="the page" />;
  const { module } = loaded.value;
  if (module instanceof Error) return <Problem error={module} />;
  return <>{children(module)}</>;
}
