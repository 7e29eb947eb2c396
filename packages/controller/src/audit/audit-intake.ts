import {
  type AskedWrite,
  hasAskedWrites,
  insertSteps,
  listAskedWrites,
  putLogPosition,
  readLogPosition,
  readRevision,
  type Store,
  type Write,
} from '../store/index.ts';
import type { RequestOrigin } from './request-origin.ts';
import { stepOfRequest } from './step-of-request.ts';

/**
 * One write for so many requests: an entry alone would cost a request a quarter of its CPU time, and whoever writes
 * meanwhile waits for all of them.
 */
const MOST_AT_ONCE = 32;
/** Writes that nobody asked for are passed over in the end, or each look would begin before them. */
const MOST_PASSED_OVER = 10_000;

/**
 * Brings requests from the log of changes into the audit log. Any controller may do it for all: where it has got to stands
 * in the store, and moves with the entries.
 */
export class AuditIntake {
  readonly #store: Store;
  #running: Promise<void> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Resolves once all requests that were answered by now are in the audit log. @throws {SriovError} STORE_FAILED */
  catchUp(): Promise<void> {
    const turn = this.#running.then(() => this.#catchUp());
    this.#running = turn.catch(() => {});
    return turn;
  }

  async #catchUp(): Promise<void> {
    while (await this.#isBehind()) {
      await this.#store.write('keep who asked for what', takeIn);
    }
  }

  /** Looks before it writes: most of the time there is nothing new. */
  #isBehind(): Promise<boolean> {
    return this.#store.read('look who asked for what', async (db) => {
      const position = await readLogPosition(db, 'audited');
      if (await hasAskedWrites(db, position)) return true;
      return (await readRevision(db)) - position > MOST_PASSED_OVER;
    });
  }
}

async function takeIn(write: Write): Promise<void> {
  const { writes, upTo } = await listAskedWrites(
    write.db,
    await readLogPosition(write.db, 'audited'),
    MOST_AT_ONCE,
  );
  await insertSteps(write, writes.map(stepOfWrite));
  await putLogPosition(write, 'audited', upTo);
}

function stepOfWrite({ at, origin, subjects }: AskedWrite) {
  // Written by `audited`, so it has that form.
  return stepOfRequest(JSON.parse(origin) as RequestOrigin, subjects, at);
}
