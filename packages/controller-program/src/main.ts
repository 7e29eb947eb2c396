// A controller as a program: runs one, and keeps its users and tokens, on the machine where its files are.
// Only wires the parts to files, signals and the terminal; must never decide anything that they do not know.
import { parseArgs } from 'node:util';
import { SriovError, toSriovError } from '@virtfn/model';
import { addUser } from './add-user.ts';
import { backUp, restore } from './backup.ts';
import { loadConfig } from './load-config.ts';
import { readPassword } from './read-password.ts';
import { runController } from './run-controller.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      role: { type: 'string' },
      project: { type: 'string' },
      'expires-in-days': { type: 'string' },
      json: { type: 'boolean', default: false },
      'new-authority': { type: 'boolean', default: false },
    },
  });
  const [command, name = ''] = positionals;
  const load = () => loadConfig({ file: values.config, settings: values.set, env: process.env });
  const grant = { name, role: values.role, projectId: values.project };
  switch (command) {
    case 'run':
      return runController({
        load,
        env: process.env,
        log: say,
        stop: aborted(['SIGINT', 'SIGTERM']),
        onReload: (listener) => process.on('SIGHUP', listener),
        replacesAuthority: values['new-authority'],
      });
    case 'add-user':
      return say(await addUser(await load(), grant, () => readPassword(process.stdin, process.stderr)));
    case 'create-token':
      return say(await createToken(await load(), process.env, { ...grant, days: values['expires-in-days'] }));
    case 'list-tokens':
      return say(await listTokens(await load(), process.env, values.json));
    case 'backup':
      return say(await backUp(await load(), name));
    case 'restore':
      return say(await restore(await load(), name, new Date()));
    case 'revoke-token':
      return say(await revokeToken(await load(), process.env, name));
    default:
      throw new SriovError('REQUEST_INVALID', `Cannot do "${command ?? ''}": there is no such command`);
  }
}

/** Aborted by any of these signals. A terminal sends one to all that run in it, so it may come twice. */
function aborted(signals: readonly NodeJS.Signals[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) process.on(signal, () => controller.abort());
  return controller.signal;
}

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const error = toSriovError(thrown);
  process.stderr.write(`error: ${error.message} (${error.code})\n${error.hint}\n`);
  process.exitCode = error.code.endsWith('_INVALID') ? 2 : 1;
}
