import path from 'node:path';
import type { RequestContext } from '@virtfn/agent';
import { gatherFacts, runDoctor } from '@virtfn/host-linux';
import { openConfigFile } from './config-file.ts';
import type { Places } from './places.ts';

/** What requests about this machine need of it, whoever answers them. */
export function machineContext({
  configFile,
}: Places): Pick<RequestContext, 'findings' | 'now' | 'openConfig'> {
  return {
    now: () => new Date(),
    findings: async () => runDoctor(gatherFacts('/')),
    openConfig: (file) => openConfigFile(path.resolve(file ?? configFile), file !== null),
  };
}
