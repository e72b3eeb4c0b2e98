/** What shells complete, asked of real shells; the man page, rendered by the system's own program. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { program } from '../../../src/main/host/cli/command-line.ts';
import { completionScript, SHELLS } from '../../../src/main/host/cli/completions.ts';
import { skipFor } from '../../faults/trial.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

/** Prints why what needs this program is skipped. */
const isMissing = (command: string) =>
  skipFor(
    spawnSync(command, ['--version']).error === undefined ? null : `${command} is not installed`,
    'shell comfort',
  );
const MAN_PAGE = fileURLToPath(new URL('../../../docs/earmark.1', import.meta.url));
const folder = temporaryFolder('sh');
beforeAll(() => {
  for (const shell of SHELLS) writeFileSync(join(folder, `earmark.${shell}`), completionScript(program, shell));
  mkdirSync(join(folder, 'My sounds'));
});

describe.skipIf(isMissing('bash'))('bash', () => {
  /** @param words of the command line; the last one is being typed */
  function completed(...words: string[]): string[] {
    const line = words.map((word) => `'${word}'`).join(' ');
    const script = `source ./earmark.bash; COMP_WORDS=(earmark ${line}); COMP_CWORD=${words.length}; _earmark; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
  }

  test.each([
    [['se'], ['search', 'serve']],
    [['--js'], ['--json']],
    [['--data', '/x', 'simi'], ['similar']],
    [['models', 'dow'], ['download']],
    [['search', '--print'], ['--print0']],
    [['search', 'door', '--templ'], ['--template']],
    [['eval', '--layout', 'esc'], ['esc50']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['search', '--verb'], ['--verbose']],
    [['index', 'My'], ['']],
    [['search', '--like', 'My'], ['']],
  ])('%j: %j', (words, expected) => {
    expect(completed(...words)).toEqual(expected);
  });

  test('where no word fits, it is for files', () => {
    expect(readFileSync(join(folder, 'earmark.bash'), 'utf8')).toMatch(
      /^complete -o bashdefault -o default -F _earmark earmark$/m,
    );
  });
});

for (const shell of ['zsh', 'fish']) {
  test.skipIf(isMissing(shell))(`${shell} reads its script without a complaint`, () => {
    const args = shell === 'zsh' ? ['-f', '-c', `autoload -U compinit; compinit -D; source ${folder}/earmark.zsh`] : ['--no-config', `${folder}/earmark.fish`]; // prettier-ignore
    const { status, stderr } = spawnSync(shell, args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
}

test.skipIf(isMissing('fish'))('fish completes commands and choices', () => {
  const asked = (line: string) =>
    execFileSync('fish', ['--no-config', '-c', `source ${folder}/earmark.fish; complete -C '${line}'`], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .map((row) => row.split('\t')[0]);
  expect(asked('earmark sear')).toEqual(['search']);
  expect(asked('earmark models downl')).toEqual(['download']);
  expect(asked('earmark eval --layout esc')).toEqual(['esc50']);
});

test('every command is known to every shell', () => {
  for (const shell of SHELLS) {
    const script = readFileSync(join(folder, `earmark.${shell}`), 'utf8');
    for (const command of program.commands) expect(script, shell).toContain(command.name());
  }
});

test.skipIf(isMissing('man'))('the man page renders without warnings, in full', () => {
  const env = { ...process.env, MANWIDTH: '100', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr } = spawnSync('man', ['--warnings', '-P', 'cat', '-l', MAN_PAGE], {
    encoding: 'utf8',
    env,
  });
  expect([status, stderr]).toEqual([0, '']);
  for (const heading of ['NAME', 'SYNOPSIS', 'OPTIONS', 'COMMANDS', 'EXIT STATUS', 'ENVIRONMENT']) expect(stdout).toContain(heading); // prettier-ignore
  for (const command of program.commands) expect(stdout).toContain(`earmark ${command.name()}`);
  expect(stdout).toContain("--template '{score}\\t{start}\\t{path}'");
  expect(stdout).not.toContain(process.cwd());
});
