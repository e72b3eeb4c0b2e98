/** The real program at a pseudo-terminal, with somebody who types when a prompt appears. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../bin/earmark', import.meta.url));
const LIMIT_MS = 540_000; // as for any program of these tests: see faults/program.ts

/** util-linux's `script` gives a program a terminal. */
export const NO_TERMINAL = existsSync('/usr/bin/script')
  ? null
  : 'there is no program `script` to make a terminal with';

/**
 * @param dialogue in order: what is waited for in what has been shown since the last answer, and the keys typed then
 * @returns what was shown, without colours and cursor movements, and the exit code
 */
export function atTerminal(
  args: string[],
  dialogue: [RegExp, string][],
): Promise<{ code: number | null; shown: string }> {
  const command = [process.execPath, PROGRAM, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('/usr/bin/script', ['-qefc', `stty cols 80; ${command}`, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm' },
  });
  let shown = '';
  let since = 0;
  const pending = [...dialogue];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    while (pending[0]?.[0].test(plain(shown.slice(since)))) {
      since = shown.length;
      child.stdin.write(pending.shift()![1]);
    }
  });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      const text = plain(shown);
      if (pending.length > 0) reject(new Error(`never shown: ${pending[0]![0].source}, in:\n${text}`));
      else resolve({ code, shown: text });
    });
  });
}

function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what they are
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r\n', '\n');
}
