/** Groups of files that are the same recording, the best copy of each, and how the others differ from it. */
import { BEST_BY, type BestBy, type Difference, type NearDuplicateFile, type NearDuplicateGroup } from '../../shared/calls/duplicates.ts'; // prettier-ignore
import type { EventLoopYielder } from '../async/yield-to-event-loop.ts';
import type { NearFile, NearPair } from '../catalogue/stores/near-duplicates.ts';

/** Smaller differences are the padding of a codec, or the accuracy of the measurement. */
const LEAST_LEVEL_DB = 0.5;
const LEAST_TRIMMED_SECONDS = 0.05;
const LEAST_SILENCE_SECONDS = 0.1;

/** Of a content, against any one content of its group. */
interface Standing {
  levelDb: number;
  lostHead: number;
  lostTail: number;
  addedHead: number;
  addedTail: number;
}
interface Member {
  file: NearFile;
  standing: Standing;
}
const ORIGIN: Standing = { levelDb: 0, lostHead: 0, lostTail: 0, addedHead: 0, addedTail: 0 };

/** @returns most spare bytes first @throws signal.reason of the yielder */
export async function nearGroups(
  pairs: readonly NearPair[],
  files: readonly NearFile[],
  yielder: EventLoopYielder,
): Promise<NearDuplicateGroup[]> {
  const byContent = Map.groupBy(files, ({ contentId }) => contentId);
  const neighbours = new Map<string, { to: string; step: Standing }[]>();
  const link = (from: string, to: string, step: Standing) => {
    const known = neighbours.get(from);
    if (known) known.push({ to, step });
    else neighbours.set(from, [{ to, step }]);
  };
  for (const pair of pairs) {
    if (!byContent.has(pair.a) || !byContent.has(pair.b)) continue;
    const step = stepOf(pair);
    link(pair.a, pair.b, step);
    link(pair.b, pair.a, difference(ORIGIN, step));
  }
  const seen = new Set<string>();
  const groups: NearDuplicateGroup[] = [];
  for (const start of neighbours.keys()) {
    if (seen.has(start)) continue;
    await yielder.yieldIfDue();
    const standings = new Map([[start, ORIGIN]]);
    for (const [content, standing] of standings) {
      seen.add(content);
      for (const { to, step } of neighbours.get(content)!) {
        if (!standings.has(to)) standings.set(to, plus(standing, step)); // the map grows while it is walked
      }
    }
    const members = [...standings].flatMap(([content, standing]) => byContent.get(content)!.map((file) => ({ file, standing }))); // prettier-ignore
    groups.push(groupOf(members));
  }
  return groups.toSorted((a, b) => b.spareBytes - a.spareBytes || compareText(a.files[0]!.path, b.files[0]!.path));
}

function stepOf(pair: NearPair): Standing {
  return {
    levelDb: pair.levelDb,
    lostHead: pair.lostHeadSeconds,
    lostTail: pair.lostTailSeconds,
    addedHead: pair.addedHeadSeconds,
    addedTail: pair.addedTailSeconds,
  };
}

function combined(one: Standing, other: Standing, sign: number): Standing {
  return {
    levelDb: one.levelDb + sign * other.levelDb,
    lostHead: one.lostHead + sign * other.lostHead,
    lostTail: one.lostTail + sign * other.lostTail,
    addedHead: one.addedHead + sign * other.addedHead,
    addedTail: one.addedTail + sign * other.addedTail,
  };
}
const plus = (one: Standing, other: Standing) => combined(one, other, 1);
const difference = (one: Standing, other: Standing) => combined(one, other, -1);

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How good a copy is by each measure; higher is better. A step is what does not count as a difference. */
const MEASURES: Record<BestBy, { of: (member: Member) => number; step: number }> = {
  lossless: { of: ({ file }) => (file.bitDepth === null ? 0 : 1), step: 0 },
  // In octaves: what was upsampled is no better than what it was made of.
  bandwidth: { of: ({ file }) => Math.log2(Math.max(1, Math.min(file.sampleRate / 2, file.bandwidthHz ?? Infinity))), step: 0.2 }, // prettier-ignore
  'bit-depth': { of: ({ file }) => file.bitDepth ?? 0, step: 0 },
  channels: { of: ({ file }) => file.channels, step: 0 },
  length: { of: ({ standing }) => -standing.lostHead - standing.lostTail, step: LEAST_TRIMMED_SECONDS },
  clipping: { of: ({ file }) => ((file.clippedSamples ?? 0) > 0 ? 0 : 1), step: 0 },
  level: { of: ({ standing }) => standing.levelDb, step: LEAST_LEVEL_DB },
  'sample-rate': { of: ({ file }) => file.sampleRate, step: 0 },
  'bit-rate': { of: ({ file }) => (file.bitDepth === null ? file.bytes / Math.max(0.01, file.durationSeconds) : 0), step: 1000 }, // prettier-ignore
  silence: { of: ({ standing }) => -standing.addedHead - standing.addedTail, step: LEAST_SILENCE_SECONDS },
  metadata: { of: ({ file }) => file.tags, step: 0 },
};

/** > 0: the first is better by this measure. */
function better(by: BestBy, one: Member, other: Member): number {
  // A cut may click, which is no bandwidth; what was upsampled has another rate.
  if (by === 'bandwidth' && one.file.sampleRate === other.file.sampleRate) return 0;
  const { of, step } = MEASURES[by];
  const more = of(one) - of(other);
  return Math.abs(more) <= step ? 0 : more;
}

function betterThan(one: Member, other: Member): boolean {
  for (const by of BEST_BY) {
    const more = better(by, one, other);
    if (more !== 0) return more > 0;
  }
  return false;
}

function groupOf(members: readonly Member[]): NearDuplicateGroup {
  const sorted = members.toSorted((a, b) => compareText(a.file.path, b.file.path));
  const best = sorted.reduce((best, member) => {
    if (best.file.offline !== member.file.offline) return best.file.offline ? member : best;
    return betterThan(member, best) ? member : best;
  });
  const others = sorted.filter((member) => member !== best);
  return {
    files: [best, ...others].map((member) => fileOf(member, best)),
    bestBy: BEST_BY.filter((by) => others.some((other) => decidedBy(best, other) === by)),
    spareBytes: others.reduce((sum, { file }) => sum + file.bytes, 0),
  };
}

/** The first measure by which the best copy is better than another. */
function decidedBy(best: Member, other: Member): BestBy | undefined {
  const by = BEST_BY.find((measure) => better(measure, best, other) !== 0);
  return by !== undefined && better(by, best, other) > 0 ? by : undefined;
}

function fileOf(member: Member, best: Member): NearDuplicateFile {
  const { fileId, path, bytes, offline, durationSeconds, contentId } = member.file;
  const isSameAudio = contentId === best.file.contentId;
  const differences = isSameAudio ? [] : differencesOf(member, best);
  return { fileId, path, bytes, offline, durationSeconds, differences, isSameAudio };
}

function differencesOf({ file, standing }: Member, { file: best, standing: from }: Member): Difference[] {
  const { levelDb, lostHead, lostTail, addedHead, addedTail } = difference(standing, from);
  const found: Difference[] = [];
  if (file.format !== best.format || file.codec.startsWith('pcm') !== best.codec.startsWith('pcm')) found.push({ kind: 'format', format: file.format }); // prettier-ignore
  if (file.sampleRate !== best.sampleRate) found.push({ kind: 'sample-rate', hertz: file.sampleRate });
  if (file.bitDepth !== null && best.bitDepth !== null && file.bitDepth !== best.bitDepth) found.push({ kind: 'bit-depth', bits: file.bitDepth }); // prettier-ignore
  if (file.channels !== best.channels) found.push({ kind: 'channels', channels: file.channels });
  if (Math.abs(levelDb) >= LEAST_LEVEL_DB) found.push({ kind: 'level', db: levelDb });
  const ends = [['start', lostHead, addedHead], ['end', lostTail, addedTail]] as const; // prettier-ignore
  for (const [where, lost] of ends) {
    if (Math.abs(lost) >= LEAST_TRIMMED_SECONDS) found.push({ kind: 'trimmed', where, seconds: lost });
  }
  for (const [where, , added] of ends) {
    if (Math.abs(added) >= LEAST_SILENCE_SECONDS) found.push({ kind: 'silence', where, seconds: added });
  }
  return found;
}
