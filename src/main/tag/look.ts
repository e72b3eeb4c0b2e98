/** One file looked at closely: why a tag fits or does not, and which window sounds like what. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { TaggedWindow, TagWhy } from '../../shared/calls/tags.ts';
import { fileMissing } from '../../shared/refusals.ts';
import { dot } from '../vectors/float16-dot.ts';
import { fileWords } from './file-words.ts';
import { readLevels } from './library-levels.ts';
import { prepareVocabulary, type PreparedVocabulary, type ScoringDeps } from './prepare.ts';
import { bounded, fuse, kept, matrixOf, Scorer } from './scorer.ts';
import type { Vocabulary } from './vocabulary.ts';
import { reasonsOf } from './why.ts';
import { WordEvidence, type WordMatch } from './word-evidence.ts';

/** The engine answers others at least this often, ms. */
const SLICE_MS = 8;

interface Look {
  prepared: PreparedVocabulary;
  matches: WordMatch[];
  words: Float32Array | null;
  windows: { startSeconds: number; seconds: number; products: Float32Array }[];
}

/** @throws UserError file-missing when the model in use has not analysed it */
async function lookAt(fileId: number, vocabulary: Vocabulary, deps: ScoringDeps): Promise<Look> {
  const { catalogue, spaceId } = deps;
  if (!catalogue.windows.isAnalysed(fileId, spaceId)) throw fileMissing(fileId);
  const prepared = await prepareVocabulary(vocabulary, deps, await readLevels(deps, vocabulary));
  const { rows, values } = matrixOf(prepared.set);
  const { dim } = prepared.set;
  const windows: Look['windows'] = [];
  let sliceMs = performance.now();
  for (const { startSeconds, seconds, embedding } of catalogue.windows.ofFile(fileId, spaceId)) {
    const products = Float32Array.from({ length: rows }, (_, row) => dot(embedding, values, row * dim));
    windows.push({ startSeconds, seconds, products });
    if (performance.now() - sliceMs < SLICE_MS) continue;
    await yieldToEventLoop();
    sliceMs = performance.now();
  }
  const evidence = new WordEvidence(vocabulary);
  const said = fileWords(catalogue, fileId);
  const matches = said ? evidence.matches(said) : [];
  const words = new Float32Array(vocabulary.labels.length);
  return { prepared, matches, words: evidence.logOdds(matches, words) ? words : null, windows };
}

/**
 * The parts of the evidence for one tag of one file; their weights add up to its log-odds.
 * @throws UserError file-missing, not-found when the vocabulary has no such label any more
 */
export async function whyOf(
  fileId: number,
  label: number,
  vocabulary: Vocabulary,
  deps: ScoringDeps,
): Promise<TagWhy[]> {
  const { prepared, matches, words, windows } = await lookAt(fileId, vocabulary, deps);
  const { set } = prepared;
  const scorer = new Scorer(set);
  for (const { products } of windows) scorer.add(products, 0);
  const { sound, window } = scorer.score;
  const { logOdds, probabilities } = fuse(scorer.score, words, set);
  return reasonsOf({
    label,
    name: vocabulary.labels[label]!.name,
    sound: sound[label]!,
    cosine: windows.length > 0 ? windows[window[label]!]!.products[label]! : null,
    level: prepared.levels[label]!,
    background: prepared.background[label]!,
    taught: decisionsBehind(prepared, label, deps),
    matches,
    words: words === null ? 0 : logOdds[label]! - bounded(sound[label]!),
    fused: logOdds[label]!,
    settled: probabilities[label]!,
    rivals: rivalsOf(label, probabilities, vocabulary, set),
  });
}

/** Windows by their start, each with what fits it, best first. */
export async function windowsOf(
  fileId: number,
  vocabulary: Vocabulary,
  minProbability: number,
  deps: ScoringDeps,
): Promise<TaggedWindow[]> {
  const { prepared, words, windows } = await lookAt(fileId, vocabulary, deps);
  const scorer = new Scorer(prepared.set);
  const tagged: TaggedWindow[] = [];
  for (const { startSeconds, seconds, products } of windows) {
    scorer.begin();
    scorer.add(products, 0);
    const { probabilities } = fuse(scorer.score, words, prepared.set);
    const tags = kept(probabilities)
      .filter((label) => probabilities[label]! >= minProbability)
      .map((label) => ({
        tagId: prepared.tagIds[label]!,
        name: vocabulary.labels[label]!.name,
        probability: probabilities[label]!,
      }));
    tagged.push({ startSeconds, endSeconds: startSeconds + seconds, tags });
  }
  return tagged;
}

/** How many decisions the label's head was learnt from; null where it has none. */
function decisionsBehind(prepared: PreparedVocabulary, label: number, { catalogue, spaceId }: ScoringDeps) {
  if (!prepared.set.heads.some((head) => head.label === label)) return null;
  return catalogue.heads.decisionsBehind(prepared.tagIds[label]!, spaceId);
}

/** Of an exclusive group: the most probable of the others. */
function rivalsOf(
  label: number,
  probabilities: Float64Array,
  vocabulary: Vocabulary,
  { groupOf, exclusive }: PreparedVocabulary['set'],
): string | null {
  if (!exclusive[groupOf[label]!]) return null;
  let best: number | null = null;
  for (let other = 0; other < groupOf.length; other++) {
    if (other === label || groupOf[other] !== groupOf[label]) continue;
    if (best === null || probabilities[other]! > probabilities[best]!) best = other;
  }
  return best === null ? null : vocabulary.labels[best]!.name;
}
