/** The program itself, `earmark serve` with a tiny model, for as long as a test needs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');
export const TINY_PACK = join(ROOT, 'test/fixtures/tiny-pack');

export interface ServedEarmark {
  /** For the test's files; its data lie in it as well. Goes at the end. */
  folder: string;
  /** With its key. */
  url: string;
  end(): Promise<void>;
}

/** @param soundFolders absolute; listened to from the start */
export async function serveEarmark(soundFolders: string[] = []): Promise<ServedEarmark> {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-e2e-'));
  const options = ['--data', join(folder, 'data'), '--model', TINY_PACK, '--json', 'serve', '--no-open'];
  const server = spawn(process.execPath, [join(ROOT, 'bin/earmark'), ...options, ...soundFolders], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
    server.once('exit', (code) => reject(new Error(`earmark serve ended with ${code}`)));
  });
  return {
    folder,
    url,
    async end() {
      await ended(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  await exit;
}
