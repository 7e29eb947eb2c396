import type { ControllerConfig } from '@virtfn/contract/controller-config';
import { Controller, type ControllerSettings, listen } from '@virtfn/controller';
import { openAuthority } from '@virtfn/controller/agent-link';
import { supervisorOf } from '@virtfn/host-program/systemd';
import { toSriovError } from '@virtfn/model';
import { describeFailure } from './describe-failure.ts';
import { usualWebFiles } from '@virtfn/web-files';
import packageJson from '../package.json' with { type: 'json' };
import { openAuthenticator } from './open-authenticator.ts';
import { type Environment, openStore } from './open-store.ts';

export interface RunOptions {
  readonly load: () => Promise<ControllerConfig>;
  readonly env: Environment;
  readonly log: (line: string) => void;
  readonly stop: AbortSignal;
  readonly onReload: (listener: () => void) => void;
  /** Whether the authority in the state folder takes the place of another one that the fleet has had. */
  readonly replacesAuthority?: boolean;
}

/** What a running controller stands on: another one holds from the next start. */
const FIXED = ['listen', 'agentLink', 'stateDir', 'database', 'auth'] as const;

/** Who has no answer by then does not get one. Less than what systemd waits. */
const LONGEST_ANSWER_MS = 20_000;
const LOOK_AT_AGENTS_EVERY_MS = 10_000;

/**
 * Runs a controller until `stop` is aborted: then it accepts nothing more, finishes what it is asked, and closes the store.
 *
 * @throws {SriovError} CONFIG_INVALID, STORE_FAILED, LISTEN_FAILED
 */
export async function runController({
  load,
  env,
  log,
  stop,
  onReload,
  replacesAuthority = false,
}: RunOptions): Promise<void> {
  const supervisor = supervisorOf(env);
  const config = await load();
  // Whatever was opened is closed in the opposite order, also when something behind it fails to open.
  await using open = new AsyncDisposableStack();
  const store = await openStore(config, env);
  open.defer(() => store.close());
  const { authenticator, reload } = await openAuthenticator(config, store, env);
  const controller = new Controller({
    store,
    version: packageJson.version,
    authenticator,
    settings: settingsOf(config),
    webFiles: usualWebFiles(),
    onError: (error, requestId) => log(`${requestId}: ${describeFailure(error)}`),
  });
  const { server } = controller;
  open.defer(() => controller.fleet.stop());
  await controller.start();
  open.defer(() => controller.housekeeping.stop());
  controller.housekeeping.start();
  const authority = await openAuthority(config.stateDir, new Date());
  const link = await controller.listenForAgents({
    authority,
    address: config.agentLink.listen,
    replacesAuthority,
  });
  open.defer(() => link.close());
  open.defer(async () => {
    const deadline = setTimeout(() => server.server.closeAllConnections(), LONGEST_ANSWER_MS);
    await server.close();
    clearTimeout(deadline);
  });
  const url = await listen(server, config.listen);
  log(
    `virtfn ${packageJson.version}: listening on ${url}, auth ${config.auth.kind}, state in ${config.database.url}, agents dial ${link.url}`,
  );
  const lookAtAgents = setInterval(() => {
    // What other controllers have heard; while the store is away it is as it was.
    void controller.fleet.readAgents().catch(() => {});
  }, LOOK_AT_AGENTS_EVERY_MS);
  supervisor.ready(`listening on ${url}`);

  onReload(() => {
    const reloadAll = async (): Promise<readonly string[]> => {
      const wanted = await load();
      await reload();
      controller.reconfigure(settingsOf(wanted));
      return FIXED.filter((name) => JSON.stringify(config[name]) !== JSON.stringify(wanted[name]));
    };
    void reloadAll().then(
      (kept) =>
        log(kept.length === 0 ? 'reloaded' : `reloaded; holds from the next start only: ${kept.join(', ')}`),
      (error: unknown) => log(`not reloaded, all stays as it was: ${toSriovError(error).message}`),
    );
  });
  const heartbeat =
    supervisor.watchdogMs === null ? null : setInterval(() => supervisor.alive(), supervisor.watchdogMs / 3);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve());
  });
  log('stopping: finishing what is asked');
  supervisor.status('stopping behind the last answers');
  if (heartbeat !== null) clearInterval(heartbeat);
  clearInterval(lookAtAgents);
  await open.disposeAsync();
  log('stopped');
}

function settingsOf(config: ControllerConfig): ControllerSettings {
  const { vlanRanges, flatNetworks, baseMac, quotas, mtu, securityGroupPolicy, retention } = config;
  const { strategy, deviceSpecs } = config.scheduler;
  const hostGoneAfterMs = config.hostGoneAfterSeconds * 1000;
  return {
    vlanRanges,
    flatNetworks,
    baseMac,
    quotas,
    mtu,
    strategy,
    deviceSpecs,
    securityGroupPolicy,
    hostGoneAfterMs,
    retention,
  };
}
