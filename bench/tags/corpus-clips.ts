/** Clips with known labels: the corpus's dev split, which no weight of the shipped model was trained on. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../src/main/engine/engine.ts';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';
import { wordsOfFile } from '../../src/main/tag/file-words.ts';
import type { Vocabulary } from '../../src/main/tag/vocabulary.ts';
import type { FileWords } from '../../src/main/tag/word-evidence.ts';

/** Beside the repository, where the training scripts look for it too. */
export const CORPUS_FOLDER = fileURLToPath(new URL('../../../shared/audio', import.meta.url));
const TRUTH = fileURLToPath(new URL('./truth-sfx.csv', import.meta.url));

export interface KnownClip {
  /** Where it was recorded or published: clips of one source are alike. */
  source: string;
  /** As the source called it. */
  words: FileWords;
  /** Float32Array[dim] each, of norm 1. */
  windows: Float32Array[];
  /** By label: 1 fits, 0 does not, −1 could be argued about and counts nowhere. */
  truth: Int8Array;
}

export const corpusIsThere = (): boolean => existsSync(join(CORPUS_FOLDER, 'manifest.csv'));

/**
 * Embeds the dev clips.
 * @param dataFolder for the engine that does
 * @param pack folder of the model
 * @throws Error when truth-sfx.csv names a label the vocabulary has not, or lacks one the corpus has
 */
export async function knownClips(vocabulary: Vocabulary, pack: string, dataFolder: string): Promise<KnownClip[]> {
  const rows = tableOf(join(CORPUS_FOLDER, 'manifest.csv')).filter(({ split }) => split === 'dev');
  const truths = new Map(tableOf(TRUTH).map(({ label, fits, doubtful }) => [label, { fits: ids(fits), doubtful: ids(doubtful) }])); // prettier-ignore
  const labels = new Map(vocabulary.labels.map(({ id }, at) => [id, at]));
  const handle = createEngine({ dataFolder, model: pack, load: 'foreground' });
  try {
    const paths = rows.map(({ path }) => join(CORPUS_FOLDER, path!));
    const { items, failed } = await handle.engine['embed.files']({ paths, raw: false });
    if (failed.length > 0) throw new Error(`a clip cannot be read: ${failed[0]!.message}`);
    return items.map(({ path, windows }) => {
      const row = rows[paths.indexOf(path!)]!;
      const known = truths.get(row['label']);
      if (!known) throw new Error(`truth-sfx.csv has no row for “${String(row['label'])}”`);
      const truth = new Int8Array(vocabulary.labels.length);
      for (const [list, value] of [
        [known.doubtful, -1],
        [known.fits, 1],
      ] as const) {
        for (const id of list) {
          const at = labels.get(id);
          if (at === undefined) throw new Error(`truth-sfx.csv names “${id}”, which is no label`);
          truth[at] = value;
        }
      }
      return {
        source: row['source']!,
        words: wordsOfFile(row['source']!, row['original_path']!, []),
        windows: windows.map(({ embedding }) => Float32Array.from(embedding)),
        truth,
      };
    });
  } finally {
    await handle.close();
  }
}

function tableOf(path: string): Record<string, string | undefined>[] {
  const [header, ...records] = parseCsv(readFileSync(path, 'utf8'), path);
  return records.map(({ fields }) => Object.fromEntries(header!.fields.map((name, at) => [name, fields[at]])));
}

function ids(cell: string | undefined): string[] {
  return (cell ?? '').split(' ').filter((id) => id !== '');
}
