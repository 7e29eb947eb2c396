import type { EffectiveSetting } from '@virtfn/contract/controller-config';
import { isSriovError } from '@virtfn/model';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type Column, formatTable, paint } from '../output/index.ts';
import { addControllerOptions, type ControllerOptions } from './controller-options.ts';

interface Options extends ControllerOptions {
  readonly json?: boolean;
}

const USUAL_FILE = '/etc/virtfn/controller.yaml';

const COLUMNS: readonly Column<EffectiveSetting>[] = [
  { title: 'SETTING', value: ({ name }) => name },
  { title: 'VALUE', value: ({ value }) => (Array.isArray(value) ? value.join(', ') : String(value)) },
  { title: 'SAID BY', value: ({ origin }) => origin },
];

export function addControllerCheckConfig(parent: Command, context: CommandContext): void {
  addControllerOptions(parent.command('check-config'))
    .description(
      'Show what holds for a controller and who said so, or what is wrong and where. Changes nothing',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  virtfn controller check-config --config controller.yaml')
    .action(async (options: Options) => {
      // Its YAML parser costs 57 ms, which no other command shall pay.
      const { flagsOf, listSettings, parseControllerConfig } = await import(
        '@virtfn/contract/controller-config'
      );
      const named = options.config ?? context.env['VIRTFN_CONTROLLER_CONFIG'];
      const file = named ?? USUAL_FILE;
      const text = await readIfThere(context, file, named !== undefined);
      const sources = { text, file, env: context.env, flags: flagsOf(options.set) };
      parseControllerConfig(sources);
      const settings = listSettings(sources);
      const { terminal } = context;
      if (options.json === true) return terminal.out(JSON.stringify({ file, settings }, null, 2));
      const [head = '', ...lines] = formatTable(settings, COLUMNS, terminal.width).split('\n');
      terminal.out([paint(terminal, 'bold', head), ...lines].join('\n'));
    });
}

/** The usual file may be missing, one that was named may not. */
async function readIfThere(
  context: CommandContext,
  file: string,
  mustExist: boolean,
): Promise<string | null> {
  try {
    return await context.readFile(file);
  } catch (error) {
    const isMissing =
      isSriovError(error) && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    if (isMissing && !mustExist) return null;
    throw error;
  }
}
