/**
 * kill -9 at random moments, again and again: the program itself, a decoder, the inference process, the index process. What was done stays, what
 * was in work is done again, and at the end everything is as after a run that nobody disturbed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayable, ROUNDS } from '../kit/random.ts';
import { json, kill, NO_PROC, type Program, type Role } from './program.ts';
import { expectOwnWords, skipFor, Trial, type Row } from './trial.ts';
import { cataloguePath } from '../../src/main/catalogue/connection.ts';
import { inDatabase } from '../kit/catalogue.ts';

const SOUNDS = 40;
const KILLS: Partial<Record<Role, number>> = {
  engine: 9 * ROUNDS,
  decoder: 8 * ROUNDS,
  inference: 8 * ROUNDS,
  index: 2 * ROUNDS,
};
/** Within one run at most so many processes are killed before it is left to end. */
const KILLS_PER_RUN = 4;
/** Said when the inference process or the index process crashed. */
const RESTARTED = [
  /^The inference process exited unexpectedly \(signal SIGKILL\) and is being restarted/,
  /^The search index crashed and is being restarted\.$/,
  // Killed while it loads its file, it must think that the file is to blame; killed in its first save, it has none.
  /^The search index (was damaged|has no header) and is being rebuilt from the catalogue\.$/,
];

const trial = new Trial();
/** How long a run takes that nobody disturbs, ms. */
let undisturbedMs = 0;
let expected: Map<string, string>;

beforeAll(async () => {
  for (let at = 0; at < SOUNDS; at++)
    trial.addTone(`part ${at % 7}/${at}.wav`, 150 + 40 * at, 0.4 + (at % 13) / 5 + at / 200);
  const begin = performance.now();
  expect(await trial.index()).toMatchObject({ indexed: SOUNDS, failed: [] });
  undisturbedMs = performance.now() - begin;
  expected = outcome(trial.rows());
});
afterAll(() => trial.remove());

test.skipIf(skipFor(NO_PROC, 'kill -9'))(
  `killed ${27 * ROUNDS} times at random moments, nothing is lost but the item in work`,
  { timeout: 600_000 * ROUNDS },
  async () => {
    const before = trial.fingerprint();
    const random = replayable();
    const victims = shuffled(
      Object.entries(KILLS).flatMap(([role, count]) => Array<Role>(count).fill(role as Role)),
      random,
    );
    const killed: Record<string, number> = {};
    const failures: string[] = [];
    let rounds = 0;
    let runs = 0;
    let done = new Map<string, Row>();

    const freshRound = () => {
      trial.data = join(trial.folder, `data-${++rounds}`);
      done = new Map();
    };
    const finishRound = async () => {
      const summary = await trial.index([trial.sounds], {}, RESTARTED);
      expect(summary.failed).toEqual([]);
      keepsAll(done);
      expect(outcome(trial.rows())).toEqual(expected);
    };

    freshRound();
    while (victims.length > 0) {
      runs++;
      const program = trial.start(['--json', 'index', trial.sounds]);
      const hit = await killSome(program, victims, random, killed);
      const run = await program.ended;
      // A process that is ending by itself takes the signal, and it has no effect: that was no kill.
      const engineKilled = hit.includes('engine') && run.signal !== null;
      if (hit.includes('engine') && !engineKilled) {
        killed['engine']!--;
        victims.unshift('engine');
      }
      await trial.expectGone(program, { mayLeaveSocket: engineKilled && hit.includes('inference') });
      done = keepsAll(done);
      if (engineKilled) {
        expect(run.signal).toBe('SIGKILL');
        continue;
      }
      expect(run, run.stderr).toMatchObject({ code: 0, signal: null });
      expectOwnWords(run, RESTARTED);
      const { failed } = json(run);
      // Only a file whose process was killed twice under it fails, and says so; the next run tries it again.
      for (const { code } of failed) expect(['decoder-crashed', 'encoder-crashed']).toContain(code);
      expect(failed.length, JSON.stringify({ failed, stderr: run.stderr })).toBeLessThanOrEqual(KILLS_PER_RUN / 2);
      failures.push(...failed.map(({ code }) => code));
      await finishRound();
      freshRound();
    }
    await finishRound();
    expect(killed).toEqual(KILLS);
    expect(trial.fingerprint()).toEqual(before);
    const counts = Object.entries(killed).map(([role, count]) => `${count} x ${role}`).join(', '); // prettier-ignore
    const undisturbed = (undisturbedMs / 1000).toFixed(1);
    process.stderr.write(`kills: ${counts}, ${runs} runs, ${rounds} libraries, ${failures.length} files killed twice; undisturbed ${undisturbed} s\n`); // prettier-ignore
  },
);

/** Kills the next victims of the list while the run lasts. @returns who was killed */
async function killSome(
  program: Program,
  victims: Role[],
  random: () => number,
  killed: Record<string, number>,
): Promise<Role[]> {
  const hit: Role[] = [];
  const over = program.ended.then(() => 'over' as const);
  for (let count = 0; count < KILLS_PER_RUN && victims.length > 0; count++) {
    // The program is killed anywhere in its life; the others a while after the kill before.
    const waitMs = random() * (victims[0] === 'engine' ? undisturbedMs / (count + 1) : undisturbedMs / KILLS_PER_RUN);
    if ((await Promise.race([over, sleep(waitMs)])) === 'over') return hit;
    const [role] = victims;
    const victim = await Promise.race([over, appears(program, role!)]);
    if (victim === 'over' || victim === null || !kill(victim, 'SIGKILL')) return hit;
    victims.shift();
    killed[role!] = (killed[role!] ?? 0) + 1;
    hit.push(role!);
    if (role === 'engine') return hit;
  }
  return hit;
}

/** @returns its process id, or null when the run ended without one */
async function appears(program: Program, role: Role): Promise<number | null> {
  return program.until(role, () => program.find(role)?.pid).catch(() => null);
}

/** What was analysed before is there, with the same windows: neither lost nor analysed again. @returns what is done now */
function keepsAll(done: Map<string, Row>): Map<string, Row> {
  const rows = isMade() ? trial.rows() : [];
  const now = new Map(rows.filter(({ state }) => state === 'ready').map((row) => [row.path, row]));
  for (const [path, row] of done) expect(now.get(path)).toEqual(row);
  return now;
}

/** A program killed at its very start leaves no catalogue, or an empty one. */
function isMade(): boolean {
  if (!existsSync(cataloguePath(trial.data))) return false;
  return inDatabase(trial.data, (db) => db.pragma('user_version', { simple: true })) !== 0;
}

/** What a library comes to: state, content and number of windows of each file. */
function outcome(rows: Row[]): Map<string, string> {
  return new Map(rows.map(({ path, state, offline, contentId, windowIds }) => [path, `${state} ${offline} ${contentId} ${windowIds.length}`])); // prettier-ignore
}

function shuffled<T>(items: T[], random: () => number): T[] {
  return items.map((item) => ({ item, key: random() })).sort((a, b) => a.key - b.key).map(({ item }) => item); // prettier-ignore
}
