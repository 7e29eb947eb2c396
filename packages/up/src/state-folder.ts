import path from 'node:path';

/** The parts of a process's surroundings that decide where state is kept. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly home: string;
}

/**
 * Where state is kept: what was asked for, else VIRTFN_STATE_DIR, else /var/lib/virtfn for root and the XDG state
 * folder for everybody else.
 */
export function stateFolder(asked: string | undefined, { env, isRoot, home }: Surroundings): string {
  const given = asked ?? env['VIRTFN_STATE_DIR'];
  if (given !== undefined && given !== '') return path.resolve(given);
  if (isRoot) return '/var/lib/virtfn';
  // The specification has relative paths ignored.
  const xdg = env['XDG_STATE_HOME'];
  return path.join(
    xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state'),
    'virtfn',
  );
}
