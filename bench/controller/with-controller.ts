import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Row } from '../table.ts';
import { ControllerServer } from './controller-server.ts';

/** Measures a controller whose database was filled before it was started, and leaves nothing behind. */
export async function withController(
  fill: (databaseUrl: string) => Promise<void>,
  measure: (server: ControllerServer) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bench-'));
  try {
    await fill(`sqlite:${folder}/controller.db`);
    const server = await ControllerServer.start(folder);
    try {
      return await measure(server);
    } finally {
      server.kill();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
