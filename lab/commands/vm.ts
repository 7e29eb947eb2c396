import { LabVm, prepareHosts } from '../virtual-machine/index.ts';
import { chooseHost, type Command } from './command.ts';
import { reportPhase } from './report.ts';

/** The one machine of a host that is for looking around. */
const name = 'guppy';

export const vm: Command = async (args, options) => {
  const { host } = chooseHost(args, options);
  const { rest, install, signal } = options;
  try {
    const machine = new LabVm(name, [host]);
    if ((await machine.find()) === null) {
      await prepareHosts([host], { install, signal, report: reportPhase });
      const started = performance.now();
      await machine.create();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      reportPhase('machine', `${name} answers after ${seconds} s`);
    }
    if (rest === null || rest.length === 0) {
      process.stdout.write(`The virtual machine "${name}" runs in ${host.name}\n`);
      return 0;
    }
    const { status, stdout, stderr } = await machine.exec(rest.join(' '), { limitSeconds: 600 });
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return status;
  } finally {
    await host.disconnect();
  }
};
