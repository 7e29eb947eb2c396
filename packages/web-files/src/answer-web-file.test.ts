import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { answerWebFile } from './answer-web-file.ts';
import { WebFile } from './web-file.ts';

const PAGE = new WebFile('text/html; charset=utf-8', Buffer.from('<title>page</title>'));
const SCRIPT = new WebFile('text/javascript; charset=utf-8', Buffer.from('run();'));
const FILES = new Map([
  ['index.html', PAGE],
  ['main.js', SCRIPT],
]);

describe('answerWebFile()', () => {
  for (const { name, given, want } of [
    { name: 'the page', given: '', want: PAGE },
    { name: 'a file', given: 'main.js', want: SCRIPT },
    { name: 'a path that the script knows', given: 'hosts/fish', want: PAGE },
    { name: 'a host whose name ends as a file does', given: 'hosts/compute1.example', want: PAGE },
    { name: 'a file that is not there', given: 'part-abc.js', want: null },
    { name: 'what lies beside the files', given: '../package.json', want: PAGE },
  ])
    it(`answers with ${want === null ? 'nothing' : want.type}: ${name}`, () => {
      const answer = answerWebFile(FILES, given, {});
      assert.equal(answer?.body ?? null, want?.body ?? null);
      if (want !== null) assert.equal(answer?.headers['content-type'], want.type);
    });

  it('compresses for whoever takes it, and sends nothing twice', () => {
    const answer = answerWebFile(FILES, 'main.js', { 'accept-encoding': 'br, gzip' });
    assert.equal(answer?.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(answer.body ?? ''), SCRIPT.body);
    const again = answerWebFile(FILES, 'main.js', { 'if-none-match': answer.headers['etag'] });
    assert.deepEqual([again?.status, again?.body], [304, null]);
  });

  it('lets a page run its own scripts only, and show itself in no other page', () => {
    const policy = answerWebFile(FILES, '', {})?.headers['content-security-policy'] ?? '';
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
      assert.ok(policy.includes(rule), rule);
  });
});
