import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Loading, Problem } from './look/index.ts';

interface LaterProps<Module> {
  readonly load: () => Promise<Module>;
  readonly children: (module: Module) => ComponentChildren;
}

/** A page whose script comes when somebody goes to it. */
export function Later<Module>({ load, children }: LaterProps<Module>) {
  const loaded = useSignal<{ readonly module: Module } | SriovError | null>(null);
  useEffect(() => {
    load().then(
      (module) => (loaded.value = { module }),
      (thrown: unknown) => (loaded.value = toSriovError(thrown)),
    );
  }, [load]);
  if (loaded.value === null) return <Loading what="the page" />;
  if (loaded.value instanceof Error) return <Problem error={loaded.value} />;
  return <>{children(loaded.value.module)}</>;
}
