/**
 * `npm run bench`: measures Earmark on this machine and prints a table (README.md says what each row means).
 *   --quick       small sizes, to see that everything runs; no comparison with targets
 *   --only LIST   some of: indexing, query, index, scan, memory, map, tags, teach, takes, window, studio, msclap, providers
 *   --folder DIR  also index the sounds in DIR (they are only read)
 *   --json FILE   the same as data
 * Exit code 0 when everything could be measured, whatever the figures are.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_PACK, SHIPPED_MODELS_FOLDER } from '../src/main/packs/installed.ts';
import { loadPack } from '../src/main/packs/pack.ts';
import type { BenchContext, Section } from './context.ts';
import { indexing } from './indexing.ts';
import { describeMachine, loadNow, machineLine } from './machine.ts';
import { map } from './map.ts';
import { memory } from './memory.ts';
import { msclap } from './msclap.ts';
import { providers } from './providers.ts';
import { query } from './query.ts';
import { scan } from './scan.ts';
import { studio } from './studio.ts';
import { tags } from './tags.ts';
import { takes } from './takes.ts';
import { teach } from './teach.ts';
import { isReached, ratioOf, tableLines, type Row } from './table.ts';
import { vectorSearch } from './vector-search.ts';
import { window } from './window.ts';

const SECTIONS: Readonly<Record<string, { title: string; measure: Section }>> = {
  indexing: { title: 'Indexing, stage by stage', measure: indexing },
  query: { title: 'Queries', measure: query },
  index: { title: 'The index', measure: vectorSearch },
  scan: { title: 'Looking again', measure: scan },
  memory: { title: 'Memory of all processes', measure: memory },
  map: { title: 'The map', measure: map },
  tags: { title: 'Tags', measure: tags },
  takes: { title: 'Long takes', measure: takes },
  teach: { title: 'Teaching tags', measure: teach },
  window: { title: 'The window', measure: window },
  studio: { title: 'A studio', measure: studio },
  msclap: { title: 'MS CLAP 2023 against PyTorch', measure: msclap },
  providers: { title: 'Execution providers', measure: providers },
};

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    folder: { type: 'string' },
    json: { type: 'string' },
  },
});

const wanted = options.only?.split(',') ?? Object.keys(SECTIONS);
const unknown = wanted.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) {
  console.error(`No such section: ${unknown.join(', ')}. There are: ${Object.keys(SECTIONS).join(', ')}.`);
  process.exit(2);
}

// The real path: the catalogue stores it, and a temporary folder is often a link.
const cacheFolder = join(realpathSync(tmpdir()), 'earmark-bench');
mkdirSync(cacheFolder, { recursive: true });
const workFolder = mkdtempSync(join(cacheFolder, 'run-'));
const pack = await loadPack(join(SHIPPED_MODELS_FOLDER, DEFAULT_PACK));
const machine = describeMachine(pack);
const context: BenchContext = {
  quick: options.quick,
  ownFolder: options.folder === undefined ? null : resolve(options.folder),
  cacheFolder,
  workFolder,
  pack,
  say: (message) => console.error(`… ${message}`),
};

const measured: { section: string; load: number; rows: Row[] }[] = [];
try {
  console.log(machineLine(machine));
  if (context.quick) console.log('quick: sizes too small for the figures to mean much');
  for (const name of wanted) {
    const { title, measure } = SECTIONS[name]!;
    const load = loadNow();
    const rows = await measure(context);
    measured.push({ section: name, load, rows });
    console.log(`\n${title} (load ${load.toFixed(1)} before, ${loadNow().toFixed(1)} after)`);
    if (rows.length > 0) console.log(tableLines(rows).join('\n'));
  }
} finally {
  rmSync(workFolder, { recursive: true, force: true });
}

const missed = measured.flatMap(({ rows }) => rows).filter((row) => isReached(row) === false);
if (!context.quick) {
  console.log(missed.length === 0 ? '\nEvery target is reached.' : `\n${missed.length} figures miss their target.`);
}
if (options.json !== undefined) {
  const sections = measured.map(({ section, load, rows }) => ({
    section,
    load,
    rows: rows.map((row) => ({ ...row, ratio: ratioOf(row), reached: isReached(row) })),
  }));
  writeFileSync(options.json, `${JSON.stringify({ machine, quick: context.quick, sections }, null, 2)}\n`);
}
