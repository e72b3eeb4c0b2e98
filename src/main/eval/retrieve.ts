/** Figures of caption retrieval: every text against every clip and back, by cosine. */
import type { CutFigures, RetrievalDirections, RetrievalFigures } from '../../shared/eval-report.ts';
import { BAND_FROM, logistic, type LogisticCurve } from '../search/relevance.ts';
import { EventLoopYielder } from '../async/yield-to-event-loop.ts';
import { cosines } from '../vectors/cosines.ts';
import type { NoteOutcome } from './compare/outcomes.ts';
import { rightPlaces, RetrievalTally } from './metrics/retrieval.ts';

/** A clip that is there to be found. */
export interface CandidateClip {
  /** Float32Array[dim] of norm 1. */
  embedding: Float32Array;
  /** null without a label column. */
  label: string | null;
}

/** A caption of the table. The same words for two clips are two of these. */
export interface Caption {
  /** Index into the distinct texts. */
  text: number;
  /** Index into the clips; null for a text that belongs to a label only. */
  clip: number | null;
  label: string | null;
}

export interface RetrievalTask {
  clips: readonly CandidateClip[];
  captions: readonly Caption[];
  /** Float32Array[dim] of norm 1, one a distinct text. */
  textEmbeddings: readonly Float32Array[];
  /** The pack's calibration for texts; null when it has none. */
  curve: LogisticCurve | null;
}

/**
 * Text → audio: every caption is a query for all clips. Audio → text: every clip is a query for the distinct texts;
 * a text that several clips share is right for each of them, for no model could tell its copies apart.
 * @param prompts what the captions were put into, for the report
 * @param note told of each query, by its clip
 * @throws signal.reason
 */
export async function retrievalFigures(
  task: RetrievalTask,
  prompts: string[],
  signal: AbortSignal,
  note?: NoteOutcome,
): Promise<RetrievalFigures> {
  const hasLabels = task.captions.some(({ label }) => label !== null);
  const textToAudio = await findClips(task, signal, note);
  const audioToText = await findTexts(task, signal, note);
  const cut = hasLabels && task.curve ? await atTheCut(task, task.curve, signal) : null;
  return {
    prompts,
    own: { textToAudio: textToAudio.own, audioToText: audioToText.own },
    byLabel: hasLabels ? { textToAudio: textToAudio.byLabel, audioToText: audioToText.byLabel } : null,
    cut,
  };
}

type Scores = RetrievalDirections['textToAudio'];

async function findClips(
  { clips, captions, textEmbeddings }: RetrievalTask,
  signal: AbortSignal,
  note?: NoteOutcome,
): Promise<{ own: Scores; byLabel: Scores }> {
  const yielder = new EventLoopYielder(signal);
  const own = new RetrievalTally();
  const byLabel = new RetrievalTally();
  const embeddings = clips.map(({ embedding }) => embedding);
  for (const [at, { text, clip, label }] of captions.entries()) {
    const scores = cosines(textEmbeddings[text]!, embeddings);
    const each = (direction: string) => (figure: string, value: number) =>
      note?.(`${direction}.${figure}`, 'clips', clip ?? -1 - at, value);
    if (clip !== null) own.add(rightPlaces(scores, (i) => i === clip), each('own.textToAudio')); // prettier-ignore
    if (label !== null) byLabel.add(rightPlaces(scores, (i) => clips[i]!.label === label), each('byLabel.textToAudio')); // prettier-ignore
    await yielder.yieldIfDue();
  }
  return { own: own.scores(clips.length), byLabel: byLabel.scores(clips.length) };
}

async function atTheCut(
  { clips, captions, textEmbeddings }: RetrievalTask,
  curve: LogisticCurve,
  signal: AbortSignal,
): Promise<CutFigures> {
  const yielder = new EventLoopYielder(signal);
  const embeddings = clips.map(({ embedding }) => embedding);
  const there = new Set(clips.map(({ label }) => label));
  const count = { present: 0, found: 0, absent: 0, rejected: 0 };
  for (const { text, label } of captions) {
    if (label === null) continue;
    const above = [...cosines(textEmbeddings[text]!, embeddings)].flatMap((cosine, clip) =>
      logistic(curve, cosine) >= BAND_FROM.likely ? [clip] : [],
    );
    if (there.has(label)) {
      count.present++;
      if (above.some((clip) => clips[clip]!.label === label)) count.found++;
    } else {
      count.absent++;
      if (above.length === 0) count.rejected++;
    }
    await yielder.yieldIfDue();
  }
  return {
    cut: BAND_FROM.likely,
    present: count.present,
    presentFound: count.present === 0 ? null : count.found / count.present,
    absent: count.absent,
    absentRejected: count.absent === 0 ? null : count.rejected / count.absent,
  };
}

async function findTexts(
  { clips, captions, textEmbeddings }: RetrievalTask,
  signal: AbortSignal,
  note?: NoteOutcome,
): Promise<{ own: Scores; byLabel: Scores }> {
  const yielder = new EventLoopYielder(signal);
  const own = new RetrievalTally();
  const byLabel = new RetrievalTally();
  const textsOfClip = grouped(captions, ({ clip }) => clip);
  const textsOfLabel = grouped(captions, ({ label }) => label);
  const none = new Set<number>();
  for (const [clip, { embedding, label }] of clips.entries()) {
    const scores = cosines(embedding, textEmbeddings);
    const ownTexts = textsOfClip.get(clip) ?? none;
    const labelTexts = (label === null ? null : textsOfLabel.get(label)) ?? none;
    const each = (direction: string) => (figure: string, value: number) =>
      note?.(`${direction}.${figure}`, 'clips', clip, value);
    own.add(rightPlaces(scores, (text) => ownTexts.has(text)), each('own.audioToText')); // prettier-ignore
    byLabel.add(rightPlaces(scores, (text) => labelTexts.has(text)), each('byLabel.audioToText')); // prettier-ignore
    await yielder.yieldIfDue();
  }
  return { own: own.scores(textEmbeddings.length), byLabel: byLabel.scores(textEmbeddings.length) };
}

/** Texts by what they belong to; those that belong to nothing are left out. */
function grouped<K>(captions: readonly Caption[], keyOf: (caption: Caption) => K | null): Map<K, Set<number>> {
  const groups = new Map<K, Set<number>>();
  for (const caption of captions) {
    const key = keyOf(caption);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.add(caption.text);
    else groups.set(key, new Set([caption.text]));
  }
  return groups;
}
