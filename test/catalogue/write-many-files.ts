/**
 * A program for tests of the window: `node write-many-files.ts DATA-FOLDER COUNT` makes a catalogue of sounds that are
 * not on any disk. They have names, facts and waveforms, and were analysed with nothing to find in them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { findPack } from '../../src/main/packs/installed.ts';
import { spaceOf } from '../../src/main/packs/pack.ts';
import { NO_SAMPLE_FACTS } from '../kit/figures.ts';

const FILES_PER_FOLDER = 500;
const ROWS_PER_TRANSACTION = 5000;

const [dataFolder, count] = process.argv.slice(2);
if (dataFolder === undefined || !Number.isInteger(Number(count))) throw new Error('usage: DATA-FOLDER COUNT');
const files = Number(count);
const folder = join(dataFolder, '..', 'Archive');
mkdirSync(folder, { recursive: true });
const catalogue = openCatalogue(dataFolder);
try {
  const spaceId = catalogue.windows.ensureSpace(spaceOf(await findPack({ dataFolder })));
  const { id: rootId } = catalogue.roots.add(folder);
  // Whoever looks would find that none of them is there.
  catalogue.roots.setWatch(rootId, false);
  for (let first = 0; first < files; first += ROWS_PER_TRANSACTION) {
    catalogue.transaction(() => {
      for (let at = first; at < Math.min(first + ROWS_PER_TRANSACTION, files); at++) storeFile(at, rootId, spaceId);
    });
  }
  catalogue.roots.setScanned(rootId, Date.now());
} finally {
  catalogue.close();
}

function storeFile(at: number, rootId: number, spaceId: number): void {
  const part = String(Math.floor(at / FILES_PER_FOLDER)).padStart(3, '0');
  const relativePath = `reel ${part}/sound ${String(at + 1).padStart(6, '0')}.wav`;
  const fileId = catalogue.files.insertPending({ rootId, relativePath, size: 1000 + at, mtimeMs: 1e12 + at });
  catalogue.files.storeAnalysed({
    fileId,
    spaceId,
    facts: {
      contentId: at.toString(16).padStart(32, '0'),
      format: 'wav',
      codec: 'pcm_s16le',
      durationSeconds: 0.5 + (at % 600) / 10,
      sampleRate: 48_000,
      channels: 2,
      bitDepth: 16,
      ...NO_SAMPLE_FACTS,
      peakDb: -1 - (at % 12),
      clippedSamples: 0,
      loudnessLufs: -10 - (at % 30),
      waveform: Uint8Array.from({ length: 400 }, (_, column) => 128 + 127 * Math.sin((column * (1 + (at % 7))) / 40)),
      warnings: [],
    },
    tags: [],
    windows: [],
  });
}
