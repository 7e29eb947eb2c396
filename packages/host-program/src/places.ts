/** Where the agent finds and keeps things on this machine. */
export interface Places {
  /** `host.yaml` */
  readonly configFile: string;
  /** The journal. */
  readonly stateFolder: string;
  readonly socket: string;
}

/** The usual places, or those that VIRTFN_CONFIG, VIRTFN_STATE_DIR and VIRTFN_SOCKET name. */
export function placesOf(env: Readonly<Record<string, string | undefined>>): Places {
  return {
    configFile: env['VIRTFN_CONFIG'] ?? '/etc/virtfn/host.yaml',
    stateFolder: `${env['VIRTFN_STATE_DIR'] ?? '/var/lib/virtfn'}/agent`,
    socket: env['VIRTFN_SOCKET'] ?? '/run/virtfn/agent.sock',
  };
}
