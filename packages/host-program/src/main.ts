// The daemon `virtfn-agent`: keeps this host as its host.yaml says.
// Only wires it to the process; must never decide anything.
import { toSriovError } from '@virtfn/model';
import { runDaemon } from './daemon/index.ts';
import { placesOf } from './places.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
// systemd adds time and name to each line.
const log = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  await runDaemon(placesOf(process.env), log, stop.signal, (listener) => process.on('SIGHUP', listener));
} catch (thrown) {
  const { code, message, hint } = toSriovError(thrown);
  process.stderr.write(`error: ${message} (${code})\n${hint}\n`);
  process.exitCode = 1;
}
