/** A pack from the folder of a CLAP model on Hugging Face: everything but its graphs. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readRegularFile, requireRegularFile, UnfitFileError } from '../../files/regular-file.ts';
import { copyPapers } from '../copy-files.ts';
import type { OfferedVariant } from '../networks/variants.ts';
import { unusable, type ClapSettings } from './config.ts';
import { TOKENIZER_FILE } from './descriptions.ts';

const MAX_CARD_BYTES = 1 << 20;

/** What becomes of the weights. */
export interface PackFiles {
  /** In other precisions. */
  variants: { audio: OfferedVariant[]; text: OfferedVariant[] };
  /** The factor before the cosine. */
  logitScale: number;
  /** Of every file but model.json, by name. */
  sha256: Record<string, string>;
}

/**
 * Writes model.json, and takes along what stands beside the weights: tokenizer, licence, model card.
 * @param path of the folder with the model @param folder of the pack; the graphs are there
 * @throws UserError model-unusable; errors of the disk
 */
export async function finishPack(
  path: string,
  folder: string,
  settings: ClapSettings,
  files: PackFiles,
): Promise<void> {
  const tokenizer = await copyHashed(path, join(path, TOKENIZER_FILE), join(folder, TOKENIZER_FILE));
  await copyPapers(path, folder);
  const sha256 = { ...files.sha256, [TOKENIZER_FILE]: tokenizer };
  const description = await describePack(path, settings, { ...files, sha256 });
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(description, null, 2)}\n`, { flush: true });
}

/** What becomes model.json. */
async function describePack(path: string, settings: ClapSettings, files: PackFiles): Promise<object> {
  const { sampleRate, windowSamples } = settings.logMel;
  const title = settings.publishedAs === '' ? folderTitle(path) : settings.publishedAs;
  const windowSeconds = windowSamples / sampleRate;
  const { license, citation } = await readModelCard(path);
  return {
    id: idOf(title),
    name: title,
    version: 1,
    license: license ?? 'not stated in the imported folder; see the model’s publisher',
    citation,
    dim: settings.dim,
    audio: {
      file: 'audio.onnx',
      sampleRate,
      windowSeconds,
      hopSeconds: windowSeconds,
      shortClip: settings.shortClip,
      variants: files.variants.audio,
    },
    text: {
      file: 'text.onnx',
      variants: files.variants.text,
      tokenizer: {
        type: 'tokenizer.json',
        file: TOKENIZER_FILE,
        maxLength: settings.maxLength,
        padId: settings.padId,
      },
    },
    logitScale: files.logitScale,
    promptTemplate: 'This is a sound of {label}.',
    sha256: files.sha256,
  };
}

/** The folder's name; of a folder in Hugging Face's cache (…/models--maker--name/snapshots/<commit>) the model's. */
function folderTitle(path: string): string {
  const cached = /models--(?:[^/\\]+?--)?([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(path);
  return cached?.[1] ?? basename(path);
}

/** "laion/larger CLAP" → "larger-CLAP" */
function idOf(title: string): string {
  const slug = title
    .split(/[/\\]/)
    .at(-1)!
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return slug.slice(0, 64) || 'imported-clap';
}

interface ModelCard {
  /** null if not said. */
  license: string | null;
  /** In BibTeX; '' if there is none. */
  citation: string;
}

async function readModelCard(path: string): Promise<ModelCard> {
  const card = await readRegularFile(join(path, 'README.md'), MAX_CARD_BYTES).then(String, () => '');
  const [, head = ''] = /^---\r?\n(.*?)\r?\n---/s.exec(card) ?? [];
  const [, license = null] = /^license:[ \t]*["']?([^"'\r\n]+?)["']?[ \t]*$/m.exec(head) ?? [];
  const [, citation = ''] = /^```[a-z]*[ \t]*\r?\n(@[a-z]+\{[^`]{1,4000}?)\s*^```/im.exec(card) ?? [];
  return { license, citation };
}

/** @param path of the folder, for the sentence @returns SHA-256 in hex @throws UserError model-unusable when it is not there */
export async function copyHashed(path: string, from: string, to: string): Promise<string> {
  try {
    await requireRegularFile(from);
    await copyFile(from, to);
  } catch (error) {
    if (error instanceof UnfitFileError) {
      throw unusable(path, `“${basename(from)}” cannot be used: ${error.message}`, 'Download the whole folder', error);
    }
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw unusable(path, `“${basename(from)}” is missing`, 'Download the whole folder', error);
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(to, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
