/** Everything that scoring a vocabulary takes, put together from pack, library, heads and catalogue. */
import { createHash } from 'node:crypto';
import type { Catalogue } from '../catalogue/open.ts';
import type { ModelPack } from '../packs/pack.ts';
import { readBackground, type LabelBackground } from './background.ts';
import { blendLevels, CALIBRATION_VERSION, temperatureOf, type LabelLevel } from './calibration.ts';
import { headsHash, headsInUse } from './heads.ts';
import { labelEmbeddings } from './label-embeddings.ts';
import { readLevels, type StoredLevels } from './library-levels.ts';
import type { ScoredVocabulary } from './protocol.ts';
import type { LabelSet } from './scorer.ts';
import { rivalsOf, type Directions } from './rivals.ts';
import { vocabularyHash, type Vocabulary } from './vocabulary.ts';

export interface ScoringDeps {
  dataFolder: string;
  catalogue: Catalogue;
  spaceId: number;
  pack: ModelPack;
  /** What else a sound could be: the vocabulary with words for nearly every sound. */
  reference: Vocabulary;
  embedTexts: (texts: string[]) => Promise<Float32Array[]>;
}

/** As it goes to the score process, and what the reasons are told from. */
export interface PreparedVocabulary extends ScoredVocabulary {
  levels: LabelLevel[];
  /** Of the pack, by label. */
  background: (LabelBackground | null)[];
}

/**
 * What suggestions of a vocabulary depend on, as it is now: labels, groups, heads, calibration, and when the library
 * was measured. Reads no text, so it is quick.
 */
export async function scoringHash(
  vocabulary: Vocabulary,
  { catalogue, dataFolder, spaceId, pack, reference }: Omit<ScoringDeps, 'embedTexts'>,
): Promise<string> {
  const levels = await readLevels({ dataFolder, spaceId }, vocabulary);
  const tagIds = tagIdsOf(vocabulary, catalogue);
  return hashOf(vocabulary, reference, levels, headsHash(headsInUse(catalogue.heads, spaceId, pack.dim, tagIds)));
}

/**
 * @param levels measured on the library; null: not measured yet
 * @throws what the text encoder throws; UserError model-damaged, bad-input
 */
export async function prepareVocabulary(
  vocabulary: Vocabulary,
  deps: ScoringDeps,
  levels: StoredLevels | null,
): Promise<PreparedVocabulary> {
  const { catalogue, spaceId, pack, reference } = deps;
  const embeddings = await labelEmbeddings(vocabulary, deps);
  const tagIds = catalogue.tagRows.ensure(vocabulary.id, vocabulary.labels);
  const heads = headsInUse(catalogue.heads, spaceId, pack.dim, tagIds);
  const measured = await readBackground(pack, vocabulary);
  const background = vocabulary.labels.map(({ id }) => measured?.get(id) ?? null);
  const blended = blendLevels(background.map(packLevel), levels);
  const groups = new Map(vocabulary.groups.map(({ id }, at) => [id, at]));
  const set: LabelSet = {
    labels: vocabulary.labels.length,
    dim: pack.dim,
    embeddings,
    centres: Float32Array.from(blended, ({ centre }) => centre),
    groupOf: Int32Array.from(vocabulary.labels, ({ group }) => groups.get(group)!),
    exclusive: vocabulary.groups.map(({ kind }) => kind === 'exclusive'),
    temperature: temperatureOf(pack.logitScale),
    heads,
    rivals:
      reference.id === vocabulary.id ? NO_RIVALS : rivalsOf(embeddings, await directionsOf(reference, deps), pack.dim),
  };
  const hash = hashOf(vocabulary, reference, levels, headsHash(heads));
  return { id: vocabulary.id, hash, set, labels: vocabulary.labels, tagIds, levels: blended, background };
}

/** The vocabulary that is the reference was calibrated against itself. */
const NO_RIVALS = { embeddings: new Float32Array(0), centres: new Float32Array(0) };

async function directionsOf(reference: Vocabulary, deps: ScoringDeps): Promise<Directions> {
  const embeddings = await labelEmbeddings(reference, deps);
  const measured = await readBackground(deps.pack, reference);
  const levels = blendLevels(
    reference.labels.map(({ id }) => packLevel(measured?.get(id) ?? null)),
    await readLevels(deps, reference),
  );
  return { embeddings, centres: Float32Array.from(levels, ({ centre }) => centre) };
}

function packLevel(background: LabelBackground | null): LabelLevel | null {
  return background && { centre: background.mean, spread: background.standardDeviation };
}

/** Of labels that have none yet: 0, which no tag has. */
function tagIdsOf(vocabulary: Vocabulary, { tagRows }: Catalogue): Int32Array {
  const known = new Map(tagRows.ofVocabulary(vocabulary.id).map(({ labelId, id }) => [labelId, id]));
  return Int32Array.from(vocabulary.labels, ({ id }) => known.get(id) ?? 0);
}

function hashOf(
  { labels, groups }: Vocabulary,
  reference: Vocabulary,
  levels: StoredLevels | null,
  heads: string,
): string {
  const content = [CALIBRATION_VERSION, labels, groups, vocabularyHash(reference), levels?.measuredMs ?? null, heads];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24);
}
