import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { LabHost } from './lab-host.ts';

/** A UNIX socket of this machine behind which one of a lab host answers. */
export interface RelayedSocket {
  readonly path: string;
  close(): void;
}

/** Makes a UNIX socket of a lab host reachable here, as root of the host, so that what speaks to it can be tested from outside. */
export async function relaySocket(host: LabHost, socket: string): Promise<RelayedSocket> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-relay-'));
  const place = path.join(folder, 'socket');
  const clients = new Set<net.Socket>();
  const server = net.createServer((client) => {
    clients.add(client);
    client.on('error', () => client.destroy()).on('close', () => clients.delete(client));
    connect(host, socket, client).catch(() => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(place, resolve));
  return {
    path: place,
    close: () => {
      server.close();
      for (const client of clients) client.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}

async function connect(host: LabHost, socket: string, client: net.Socket): Promise<void> {
  // What comes before the program has started waits.
  client.pause();
  const program = await host.start(['socat', '-', `UNIX-CONNECT:${socket}`]);
  program.onStdout((data) => client.write(data));
  client.on('data', (data) => program.write(data)).on('close', () => program.kill('SIGTERM'));
  client.resume();
  await program.ended;
  client.end();
}
