import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SriovError } from '@virtfn/model';
import type { CommandContext } from './command-context.ts';
import { runProgram } from './program.ts';

const never = (): never => assert.fail('not asked');

/** Runs a command line. `text` null: there is no such file. */
async function run(line: string, given: { text?: string | null; env?: CommandContext['env'] } = {}) {
  let out = '';
  let err = '';
  let asked: readonly string[] = [];
  const context: CommandContext = {
    terminal: {
      out: (text) => void (out += `${text}\n`),
      err: (text) => void (err += `${text}\n`),
      width: null,
      colour: false,
    },
    connect: never,
    connectNeutron: never,
    followEvents: never,
    now: never,
    sleep: never,
    runUp: never,
    runController: async (args) => {
      asked = args;
      return 3;
    },
    thisHost: {
      ask: never,
      examine: never,
      collect: never,
      describeDevice: never,
      enrol: never,
      runAgent: never,
    },
    env: given.env ?? {},
    readFile: async (file) => {
      if (typeof given.text === 'string') return given.text;
      const cause = Object.assign(new Error('no such file'), { code: 'ENOENT' });
      throw new SriovError('CONFIG_INVALID', `Cannot read ${file}`, { cause });
    },
    defaultEndpoint: '',
    hasChosenEndpoint: false,
    exitWith: never,
  };
  const status = await runProgram(line.split(' '), context, '1');
  return { out, err, asked, status };
}

describe('virtfn controller check-config', () => {
  it('shows each value with who said so', async () => {
    const { out, status } = await run('controller check-config --set mtu=9000', {
      text: 'version: 1\nlisten: 127.0.0.1:8000\n',
      env: { VIRTFN_STATE_DIR: '/srv' },
    });
    assert.equal(status, 0);
    assert.match(out, /^listen +127\.0\.0\.1:8000 +\/etc\/virtfn\/controller\.yaml:2$/m);
    assert.match(out, /^stateDir +\/srv +VIRTFN_STATE_DIR$/m);
    assert.match(out, /^mtu +9000 +--set mtu$/m);
    assert.match(out, /^auth\.kind +none +default$/m);
  });

  it('takes the usual file’s absence for what it is, but not that of a file that was named', async () => {
    assert.equal((await run('controller check-config --json')).status, 0);
    assert.equal((await run('controller check-config --config /x')).status, 2);
    const { err, status } = await run('controller check-config', { env: { VIRTFN_CONTROLLER_CONFIG: '/y' } });
    assert.equal(status, 2);
    assert.match(err, /Cannot read \/y/);
  });

  it('says where the file is wrong, and what to write', async () => {
    const { err, status } = await run('controller check-config', {
      text: 'version: 1\nlisten: 0.0.0.0:9696\n',
    });
    assert.equal(status, 2);
    assert.match(err, /controller\.yaml:2:9: with auth\.kind none/);
    assert.match(err, /Set auth\.kind to tokens/);
  });
});

describe('commands for the controller’s program', () => {
  const cases: readonly { given: string; want: string }[] = [
    { given: 'controller run', want: 'run' },
    {
      given: 'controller run --config /c --set listen=1 --set mtu=2',
      want: 'run --config=/c --set=listen=1 --set=mtu=2',
    },
    { given: 'controller add-user ada --role admin', want: 'add-user --role=admin -- ada' },
    {
      given: 'token create t --project p --expires-in-days never',
      want: 'create-token --role=member --project=p --expires-in-days=never -- t',
    },
    { given: 'controller backup /b', want: 'backup -- /b' },
    { given: 'controller restore /b', want: 'restore -- /b' },
    { given: 'token list --json', want: 'list-tokens --json' },
    { given: 'token revoke t', want: 'revoke-token -- t' },
  ];
  for (const { given, want } of cases) {
    it(`virtfn ${given} asks it to ${want}`, async () => {
      const { asked, status } = await run(given);
      assert.equal(asked.join(' '), want);
      assert.equal(status, 3);
    });
  }
});
