import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from './command.ts';
import { chooseHost } from './command.ts';

export const logs: Command = async (args, options) => {
  const { lab, host } = chooseHost(args, options);
  const file = lab.run.files(host.name).console;
  const how = options.follow ? ['--lines=+1', '--follow'] : ['--lines=+1'];
  const tail = spawn('tail', [...how, file], { stdio: 'inherit' });
  options.signal.addEventListener('abort', () => tail.kill());
  const [code] = (await once(tail, 'exit')) as [number | null];
  return code ?? 0;
};
