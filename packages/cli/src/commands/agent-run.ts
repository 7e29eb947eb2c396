import { parseListenAddress } from '@virtfn/contract/listen-address';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

export function addAgentRun(parent: Command, context: CommandContext): void {
  parent
    .command('run')
    .description('Keep this machine as its host.yaml says, until it is stopped; systemd starts it by this')
    .option(
      '--metrics-listen <address>',
      'where Prometheus may ask for /metrics, without proof of who it is (VIRTFN_METRICS_LISTEN); nowhere unless given',
    )
    .addHelpText(
      'after',
      '\nExample:\n  virtfn agent run\nWith metrics:\n  virtfn agent run --metrics-listen 127.0.0.1:9808',
    )
    .action(({ metricsListen }: { readonly metricsListen?: string }) => {
      const address = metricsListen ?? context.env['VIRTFN_METRICS_LISTEN'] ?? '';
      return context.thisHost.runAgent(address === '' ? null : parseListenAddress(address));
    });
}
