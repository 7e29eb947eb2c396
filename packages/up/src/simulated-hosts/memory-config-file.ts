import type { ConfigFile } from '@virtfn/agent';
import { parseHostConfig } from '@virtfn/contract/host-config';

/** The `host.yaml` of a host that has no disk. It is lost with the host. */
export function memoryConfigFile(text: string): ConfigFile {
  const name = 'host.yaml';
  let current = text;
  return {
    name,
    read: async () => current,
    write: async (next) => {
      current = next;
    },
    parse: async (each) => parseHostConfig(each, name),
  };
}
