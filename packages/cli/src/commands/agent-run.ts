import {
  type ListenAddress,
  parseListenAddress,
  parseLoopbackAddress,
} from '@virtfn/contract/listen-address';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

interface Options {
  readonly metricsListen?: string;
  readonly dashboardListen?: string;
}

export function addAgentRun(parent: Command, context: CommandContext): void {
  parent
    .command('run')
    .description('Keep this machine as its host.yaml says, until it is stopped; systemd starts it by this')
    .option(
      '--metrics-listen <address>',
      'where Prometheus may ask for /metrics, without proof of who it is (VIRTFN_METRICS_LISTEN); nowhere unless given',
    )
    .option(
      '--dashboard-listen <address>',
      'where a browser on this machine may look at it, without proof of who that is (VIRTFN_DASHBOARD_LISTEN); nowhere unless given',
    )
    .addHelpText(
      'after',
      '\nExample:\n  virtfn agent run\nWith metrics, and a dashboard that changes nothing:\n  virtfn agent run --metrics-listen 127.0.0.1:9808 --dashboard-listen 127.0.0.1:9698',
    )
    .action(({ metricsListen, dashboardListen }: Options) => {
      const { env } = context;
      return context.thisHost.runAgent({
        metrics: parsed(metricsListen ?? env['VIRTFN_METRICS_LISTEN'], parseListenAddress),
        dashboard: parsed(dashboardListen ?? env['VIRTFN_DASHBOARD_LISTEN'], parseLoopbackAddress),
      });
    });
}

/** null: nowhere. */
function parsed(text: string | undefined, parse: (text: string) => ListenAddress): ListenAddress | null {
  return text === undefined || text === '' ? null : parse(text);
}
