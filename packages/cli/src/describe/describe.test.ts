import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { CommandContext } from '../command-context.ts';
import { runProgram } from '../program.ts';

async function print(...line: string[]): Promise<string> {
  let out = '';
  const terminal = {
    out: (text: string) => void (out += `${text}\n`),
    err: assert.fail,
    width: null,
    colour: false,
  };
  const context = {
    terminal,
    defaultEndpoint: 'http://127.0.0.1:9',
    exitWith: () => {},
  } as unknown as CommandContext;
  assert.equal(await runProgram(line, context, '1.2.3'), 0);
  return out;
}

/** Lets a shell that is not on every machine run; where the gate runs it must be there. */
function runShell(shell: string, args: readonly string[], input: string): string | null {
  const { error, status, stdout, stderr } = spawnSync(shell, args, { input, encoding: 'utf8' });
  if (error !== undefined && process.env['CI'] !== 'true') return null;
  assert.equal(error, undefined, `${shell} is not installed`);
  assert.equal(status, 0, stderr);
  return stdout;
}

const CASES: readonly { readonly line: string; readonly want: string }[] = [
  { line: 'virtfn v', want: 'vf vm' },
  { line: 'virtfn mi', want: 'migrate migration' },
  { line: 'virtfn migration ', want: 'cancel list' },
  { line: 'virtfn attach web1 --ki', want: '--kind' },
  { line: 'virtfn vf s', want: 'set show' },
  { line: 'virtfn vf set eth0 1 --tr', want: '--trust' },
  { line: 'virtfn vf set eth0 1 --trust ', want: 'off on' },
  { line: 'virtfn vf set --trust on eth0 1 --link-state d', want: 'disable' },
  { line: 'virtfn vf driver eth0 1 ', want: 'kernel vfio-pci' },
  { line: 'virtfn completion z', want: 'zsh' },
];

describe('completion', () => {
  it('completes in bash', async () => {
    const script = await print('completion', 'bash');
    for (const { line, want } of CASES) {
      const words = line.split(' ').map((word) => `'${word}'`);
      const ask = `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; __virtfn; echo "\${COMPREPLY[*]}"`;
      const answer = runShell('bash', [], `${script}\n${ask}`);
      assert.equal(answer?.trim().split(' ').toSorted().join(' '), want, line);
    }
  });

  it('completes in fish', async (t) => {
    const script = await print('completion', 'fish');
    for (const { line, want } of CASES) {
      const answer = runShell('fish', ['--no-config', '-c', `${script}\ncomplete -C '${line}'`], '');
      if (answer === null) return t.skip('fish is not installed');
      const words = answer
        .trim()
        .split('\n')
        .map((each) => each.split('\t')[0] ?? '');
      assert.equal(words.toSorted().join(' '), want, line);
    }
  });

  it('is well formed for zsh', async (t) => {
    const script = await print('completion', 'zsh');
    if (runShell('zsh', ['-f', '-n'], script) === null) t.skip('zsh is not installed');
    assert.match(
      script,
      /_virtfn_vf_set\(\) \{[^]*'--trust\[[^\]]*\]:value:\(on off\)'[^]*'1:[^']*:__virtfn_pfs'/,
    );
  });
});

describe('the man page', () => {
  it('has every command with its options, and nothing that roff would take for its own', async () => {
    const page = await print('man');
    for (const name of [
      'virtfn pf set\\-vfs <pf> <n>',
      'virtfn vf dumpxml <pf> <vf>',
      'virtfn completion <shell>',
    ])
      assert.ok(page.includes(`.SS ${name}\n`), name);
    assert.match(page, /\.B \\-\\-max\\-tx\\-rate <mbps>\n/);
    for (const line of page.split('\n').filter((each) => each.startsWith('.')))
      assert.match(line, /^\.(B|BR|I|SH|SS|TH|TP)\b/);
  });
});
