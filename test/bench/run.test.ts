import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import type { Row } from '../../bench/table.ts';
import { NO_POSTGRES } from '../kit/postgres.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const RUN = fileURLToPath(new URL('../../bench/run.ts', import.meta.url));
/** A minute on an idle machine; many times that where others keep the cores busy. */
const PATIENCE_MS = 1_200_000;

interface Report {
  machine: { cores: number; model: string };
  quick: boolean;
  sections: { section: string; rows: (Row & { ratio: number | null; reached: boolean | null })[] }[];
}

let folder: string;
let report: Report;
let stdout: string;

beforeAll(async () => {
  folder = temporaryFolder('bench');
  const json = join(folder, 'report.json');
  // A temporary folder of its own: what the benchmark keeps between runs is neither used nor left behind.
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder };
  ({ stdout } = await promisify(execFile)(process.execPath, [RUN, '--quick', '--json', json], {
    env,
    timeout: PATIENCE_MS,
  }));
  report = JSON.parse(readFileSync(json, 'utf8')) as Report;
}, PATIENCE_MS);

test('every section measures something, and every figure is one', () => {
  expect(report.sections.map(({ section }) => section)).toEqual([
    'indexing',
    'query',
    'index',
    'scan',
    'memory',
    'map',
    'tags',
    'takes',
    'teach',
    'window',
    'studio',
    'msclap',
    'providers',
  ]);
  for (const { section, rows } of report.sections) {
    // What tags learn and what long takes hide is measured on clips with known labels alone, and never in a quick run;
    // the window needs to have been built, and Chromium; the studio a server.
    if (
      section === 'teach' ||
      section === 'takes' ||
      (section === 'window' && rows.length === 0) ||
      (section === 'studio' && NO_POSTGRES !== null) ||
      (section === 'memory' && process.platform !== 'linux')
    )
      continue;
    expect(rows.length, section).toBeGreaterThan(0);
    for (const { what, value } of rows) expect(value, what).toBeGreaterThan(0);
  }
});

test('a small index is searched exactly, so that it finds everything', () => {
  const recalls = report.sections.flatMap(({ rows }) => rows).filter(({ what }) => what.startsWith('recall@10'));
  expect(recalls).toHaveLength(2);
  for (const { value } of recalls) expect(value).toBe(1);
});

test('small sizes are not compared with targets', () => {
  for (const { rows } of report.sections) for (const { what, reached } of rows) expect(reached, what).toBeNull();
  expect(stdout).toContain('quick');
  expect(stdout).toContain(report.machine.model);
});

test('nothing of the run itself stays behind', () => {
  expect(readdirSync(join(folder, 'earmark-bench')).filter((name) => name.startsWith('run-'))).toEqual([]);
});
