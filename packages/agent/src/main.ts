// The host program: does one thing on this machine and ends. The command line starts it and reads its lines.
// Only wires the parts together; must never print anything but events to its standard output.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { HOST_REQUESTS, type HostProgramEvent, type HostRequest } from '@virtfn/contract';
import { parseHostConfig } from '@virtfn/contract/host-config';
import { gatherFacts, openLinuxHost, runDoctor } from '@virtfn/host-linux';
import { type HostConfig, SriovError } from '@virtfn/model';
import { FileJournal, runHostProgram, systemClock } from './index.ts';

const CONFIG_FILE = '/etc/virtfn/host.yaml';
const STATE_FOLDER = '/var/lib/virtfn';

/** A file that was named must be there; the usual one may be missing. */
async function readConfig(named: string | undefined): Promise<HostConfig | null> {
  const file = named ?? CONFIG_FILE;
  try {
    return parseHostConfig(await readFile(file, 'utf8'), file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && named === undefined) return null;
    if (code === undefined || error instanceof SriovError) throw error;
    throw new SriovError('CONFIG_INVALID', `Cannot read ${file}: the system answered ${code}`, {
      details: { file },
      cause: error,
    });
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    root: { type: 'string', default: '/' },
    evict: { type: 'string', multiple: true, default: [] },
  },
});
const request = HOST_REQUESTS.find((known): known is HostRequest => known === positionals[0]);
if (request === undefined) throw new TypeError(`the host program does not know "${positionals[0]}"`);
const isDone = await runHostProgram(request, {
  host: openLinuxHost(systemClock),
  now: () => new Date(),
  findings: () => runDoctor(gatherFacts(values.root)),
  readConfig: () => readConfig(values.config),
  openJournal: () => FileJournal.open(`${process.env['VIRTFN_STATE_DIR'] ?? STATE_FOLDER}/agent`),
  evict: values.evict,
  emit: (event: HostProgramEvent) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
process.exitCode = isDone ? 0 : 1;
