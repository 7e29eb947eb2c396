import { SriovError } from '../errors/index.ts';

/** An option of a kernel module: `igb.max_vfs`. */
export interface ModuleOption {
  readonly module: string;
  readonly option: string;
}

/**
 * Parses an option as the kernel's command line has it: `igb.max_vfs`.
 *
 * @throws {SriovError} NAME_INVALID
 */
export function parseModuleOption(text: string): ModuleOption {
  const [, module, option] = /^([a-z0-9_-]{1,56})\.([a-z0-9_]{1,64})$/.exec(text) ?? [];
  if (module !== undefined && option !== undefined) return { module, option };
  throw new SriovError('NAME_INVALID', `Cannot read module option "${text.slice(0, 64)}"`, {
    hint: 'Write module and option with a dot between them, for example igb.max_vfs',
  });
}
