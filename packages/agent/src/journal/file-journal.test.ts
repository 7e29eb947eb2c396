import assert from 'node:assert/strict';
import { appendFile, type FileHandle, mkdtemp, open, readFile, rm, stat, truncate } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { isSriovError, parseAttachmentId, parseMacAddress, parsePciAddress } from '@virtfn/model';
import { FileJournal } from './file-journal.ts';

const PF = parsePciAddress('0000:82:00.0');
const A = parseAttachmentId('a');
const B = parseAttachmentId('b');

describe('FileJournal', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-journal-'));
    file = path.join(folder, 'journal.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('knows its claims and quarantines again after a restart', async () => {
    const first = await FileJournal.open(folder);
    await first.claim(PF, 0, A);
    await first.claim(PF, 1, B);
    await first.quarantine(B, { code: 'SECURITY_SETTING_FAILED', message: 'no' });
    await first.release(PF, 0, A);
    const claims = first.claims();
    await first.close();
    const second = await FileJournal.open(folder);
    assert.deepEqual(second.claims(), claims);
    assert.deepEqual(claims, [
      { pf: PF, vfIndex: 1, attachmentId: B, quarantine: { code: 'SECURITY_SETTING_FAILED', message: 'no' } },
    ]);
    await second.close();
  });

  it('forgets what a full disk has cut off, and goes on with the next change', async () => {
    const journal = await FileJournal.open(folder);
    await journal.claim(PF, 0, A);
    const probe = await open(file, 'r');
    const prototype = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const full = mock.method(prototype, 'appendFile', async function cut(this: FileHandle, text: string) {
      await this.write(text.slice(0, text.length / 2));
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    await assert.rejects(journal.claim(PF, 1, B), { code: 'ENOSPC' });
    full.mock.restore();
    assert.equal(journal.claims().length, 1);
    await journal.claim(PF, 2, B);
    const claims = journal.claims();
    await journal.close();
    const again = await FileJournal.open(folder);
    assert.deepEqual(again.claims(), claims);
    assert.deepEqual(
      claims.map(({ vfIndex }) => vfIndex),
      [0, 2],
    );
    await again.close();
  });

  it('gives a VF to one attachment only, and a late release does not touch the new owner', async () => {
    const journal = await FileJournal.open(folder);
    await journal.claim(PF, 0, A);
    await journal.claim(PF, 0, A);
    await assert.rejects(journal.claim(PF, 0, B), (error) => isSriovError(error, 'VF_IN_USE'));
    await journal.release(PF, 0, A);
    await journal.claim(PF, 0, B);
    await assert.rejects(journal.release(PF, 0, A), (error) => isSriovError(error, 'ATTACHMENT_STALE'));
    assert.equal(journal.claims()[0]?.attachmentId, B);
    await journal.close();
  });

  it('knows its forwarding entries again after a restart, each once, also when it was written anew', async () => {
    const [first, second] = ['52:54:00:bb:00:01', '52:54:00:bb:00:02'].map(parseMacAddress);
    assert.ok(first !== undefined && second !== undefined);
    const journal = await FileJournal.open(folder);
    await journal.claim(PF, 0, A);
    for (const mac of [first, second, second]) await journal.claimFdbEntry(PF, mac);
    await journal.releaseFdbEntry(PF, first);
    await journal.releaseFdbEntry(PF, first);
    await journal.close();
    const lines: number[] = [];
    for (let opened = 0; opened < 2; opened += 1) {
      const again = await FileJournal.open(folder);
      assert.deepEqual(again.fdbClaims(), [{ pf: PF, mac: second }]);
      assert.equal(again.claims()[0]?.attachmentId, A);
      await again.close();
      lines.push((await readFile(file, 'utf8')).trim().split('\n').length);
    }
    assert.deepEqual(lines, [2, 2]);
  });

  it('keeps the order of calls that were not waited for', async () => {
    const journal = await FileJournal.open(folder);
    await Promise.all([journal.claim(PF, 0, A), journal.release(PF, 0, A), journal.claim(PF, 0, B)]);
    await journal.close();
    const again = await FileJournal.open(folder);
    assert.equal(again.claims()[0]?.attachmentId, B);
    await again.close();
  });

  it('after a kill at any byte of a write has the state before it or the one after it', async () => {
    const journal = await FileJournal.open(folder);
    await journal.claim(PF, 0, A);
    const before = (await stat(file)).size;
    await journal.claim(PF, 1, B);
    await journal.close();
    const whole = await readFile(file, 'utf8');
    for (let size = before; size <= whole.length; size += 1) {
      await rm(file);
      await appendFile(file, whole);
      await truncate(file, size);
      const again = await FileJournal.open(folder);
      assert.equal(again.claims().length, size === whole.length ? 2 : 1, `cut at byte ${size}`);
      await again.close();
    }
  });

  it('refuses a damaged line in the middle, and names it', async () => {
    await appendFile(file, '{"op":"claim","pf":"0000:82:00.0","vfIndex":0,"attachmentId":"a"}\nnonsense\n');
    await assert.rejects(
      FileJournal.open(folder),
      (error) => isSriovError(error, 'JOURNAL_DAMAGED') && error.details['line'] === 2,
    );
  });

  it('does not grow for ever', async () => {
    const journal = await FileJournal.open(folder);
    for (let round = 0; round < 700; round += 1) {
      await journal.claim(PF, 0, A);
      await journal.release(PF, 0, A);
    }
    await journal.claim(PF, 3, B);
    await journal.close();
    const lines = (await readFile(file, 'utf8')).split('\n').length;
    assert.ok(lines < 1100, `${lines} lines`);
    const again = await FileJournal.open(folder);
    assert.deepEqual(
      again.claims().map((claim) => claim.attachmentId),
      [B],
    );
    await again.close();
  });

  it('is kept by one process at a time, and taken over from one that is gone', async () => {
    const journal = await FileJournal.open(folder);
    await assert.rejects(
      FileJournal.open(folder),
      (error) => isSriovError(error, 'JOURNAL_LOCKED') && error.message.includes(`process ${process.pid}`),
    );
    await journal.close();
    await appendFile(path.join(folder, 'lock'), JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
    const again = await FileJournal.open(folder);
    await again.close();
    await appendFile(path.join(folder, 'lock'), 'half a loc');
    await (await FileJournal.open(folder)).close();
  });

  it('is for its owner only', async () => {
    const journal = await FileJournal.open(folder);
    await journal.close();
    assert.equal((await stat(file)).mode & 0o077, 0);
  });
});
