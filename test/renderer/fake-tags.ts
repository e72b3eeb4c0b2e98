/** Tags, vocabularies and decisions of an engine that is not there, over the sounds of fake-library.ts. */
import type { Decision, FileTag, TagRow, TagScope, TagState, TaughtTag } from '../../src/shared/calls/tags.ts';
import type { VocabularyContent, VocabularyInfo } from '../../src/shared/calls/vocabularies.ts';
import type { Engine, EventName, Events } from '../../src/shared/contract.ts';
import { UserError } from '../../src/shared/errors.ts';
import { fileMissing, tooFewExamples, vocabularyMissing } from '../../src/shared/refusals.ts';
import type { JobOutcome } from '../../src/shared/jobs.ts';
import type { FakeJobs } from './fake-jobs.ts';
import type { LibraryJobProgress } from '../../src/shared/types.ts';
import type { FakeSound } from './fake-library.ts';

type TagEngine = Pick<
  Engine,
  | 'tag.score'
  | 'tag.list'
  | 'tag.files'
  | 'tag.ofFiles'
  | 'tag.why'
  | 'tag.ofLabel'
  | 'tag.decide'
  | 'tag.forecast'
  | 'tag.acceptAll'
  | 'tag.undo'
  | 'tag.make'
  | 'tag.taught'
  | 'tag.useTaught'
  | 'tag.exportTaught'
  | 'tag.importTaught'
  | 'vocabulary.list'
  | 'vocabulary.get'
  | 'vocabulary.save'
  | 'vocabulary.remove'
  | 'vocabulary.import'
  | 'vocabulary.export'
>;

/** Name, UCS, part of the path that matches it. */
const LABELS: readonly [name: string, category: string, subCategory: string, catId: string, path: string][] = [
  ['wooden door', 'DOORS', 'WOOD', 'DOORWood', 'Doors/'],
  ['door slam', 'DOORS', 'MISC', 'DOORMisc', 'slam'],
  ['metal door', 'DOORS', 'METAL', 'DOORMetl', 'Metal'],
  ['creak', 'DOORS', 'CREAK', 'DOORCreak', 'creak'],
  ['rain on a surface', 'RAIN', 'GENERAL', 'RAINGeneral', 'rain'],
  ['thunder', 'WEATHER', 'THUNDER', 'WTHRThun', 'hunder'],
  ['birdsong', 'BIRDS', 'SONG BIRD', 'BIRDSong', 'blackbird'],
  ['crowd', 'CROWDS', 'CHEERING', 'CRWDCheer', 'crowd'],
  ['wood impact', 'WOOD', 'IMPACT', 'WOODImpt', 'Impacts'],
  ['drawer', 'FURNITURE', 'DRAWER', 'FURNDraw', 'drawer'],
  ['kick drum', 'MUSICAL', 'PERCUSSION', 'MUSCPerc', 'Kicks'],
  ['loop', 'MUSICAL', 'LOOP', 'MUSCLoop', 'loop'],
  ['stream', 'WATER', 'FLOW', 'WATRFlow', 'stream'],
  ['interface click', 'USER INTERFACE', 'CLICK', 'UIClick', 'UI/'],
  ['fan hum', 'MACHINES', 'FAN', 'MACHFan', 'fan'],
  ['laughter', 'VOICES', 'LAUGH', 'VOXLaff', 'laughs'],
];
const VOCABULARY = 'sfx';
const SCORED_MS = 150;

export interface FakeTags {
  calls: TagEngine;
  /** Ids of the files with accepted tags, and those tags. */
  accepted: () => Map<number, FileTag[]>;
}

export function fakeTags(
  sounds: () => ReadonlyMap<number, FakeSound>,
  jobs: FakeJobs,
  push: <E extends EventName>(event: E, payload: Events[E]) => void,
): FakeTags {
  const decisions = new Map<string, boolean>();
  const steps = new Map<number, Map<string, boolean | undefined>>();
  const own = new Map<string, VocabularyContent>();
  const taught = new Map<number, TaughtTag>([
    [
      1,
      { tagId: 1, name: 'wooden door', accepted: 14, rejected: 6, before: 0.62, after: 0.88, inUse: true, learntMs: 1 },
    ],
    [
      9,
      { tagId: 9, name: 'wood impact', accepted: 4, rejected: 1, before: null, after: null, inUse: false, learntMs: 1 },
    ],
  ]);
  let nextStep = 1;
  let scored = new Set<string>([VOCABULARY]);
  let job: LibraryJobProgress | null = null;

  const keyOf = (fileId: number, tagId: number) => `${fileId}:${tagId}`;
  const all = (): FileTag[] => LABELS.map(([name], index) => tagOf(index + 1, name));
  const tagOf = (tagId: number, name: string): FileTag => ({
    tagId,
    vocabularyId: VOCABULARY,
    labelId: name.replaceAll(' ', '-'),
    name,
    state: 'suggested',
    probability: null,
    startSeconds: null,
    endSeconds: null,
  });
  /** Sure where the path says so; a little of everything elsewhere. */
  const madeOf = (sound: FakeSound): FileTag[] =>
    all()
      .map((tag, index) => {
        const speaks = sound.path.includes(LABELS[index]![4]);
        const noise = ((sound.fileId * 7919 + index * 104_729) % 997) / 997;
        const probability = speaks ? 0.55 + 0.44 * noise : noise < 0.94 ? 0 : noise - 0.6;
        const decided = decisions.get(keyOf(sound.fileId, tag.tagId));
        const state: TagState = decided === undefined ? 'suggested' : decided ? 'accepted' : 'rejected';
        const startSeconds = (0.1 + 0.5 * noise) * sound.durationSeconds;
        const endSeconds = Math.min(sound.durationSeconds, startSeconds + 0.25 * sound.durationSeconds);
        return { ...tag, state, probability, startSeconds, endSeconds };
      })
      .filter(({ probability, state }) => probability > 0.05 || state !== 'suggested')
      .sort((a, b) => Number(b.state === 'accepted') - Number(a.state === 'accepted') || b.probability - a.probability);
  /** Of a hundred thousand sounds they are asked for dozens of times. */
  const made = new Map<number, FileTag[]>();
  const ofFile = (sound: FakeSound): FileTag[] => {
    const tags = made.get(sound.fileId) ?? madeOf(sound);
    made.set(sound.fileId, tags);
    return tags;
  };
  /** @param accepted undefined or null: no decision */
  const decideOne = (key: string, accepted: boolean | null | undefined) => {
    if (accepted === undefined || accepted === null) decisions.delete(key);
    else decisions.set(key, accepted);
    made.delete(Number(key.split(':')[0]));
  };
  const inScope = (scope: TagScope, state: TagState | null) => {
    const found: { fileId: number; tag: FileTag }[] = [];
    for (const sound of sounds().values()) {
      if (scope.name !== undefined && !sound.path.toLowerCase().includes(scope.name.toLowerCase())) continue;
      for (const tag of ofFile(sound)) {
        if (scope.tagId !== undefined && tag.tagId !== scope.tagId) continue;
        if (state !== null && tag.state !== state) continue;
        if (tag.state === 'suggested' && (tag.probability ?? 0) < (scope.minProbability ?? 0)) continue;
        found.push({ fileId: sound.fileId, tag });
      }
    }
    return scored.size === 0 ? found.filter(({ tag }) => tag.state !== 'suggested') : found;
  };
  const decide = (made: readonly Decision[]) => {
    const before = new Map<string, boolean | undefined>();
    for (const { fileId, tagId, accepted } of made) {
      const key = keyOf(fileId, tagId);
      before.set(key, decisions.get(key));
      decideOne(key, accepted);
    }
    steps.set(nextStep, before);
    push('tag.changed', { tagIds: [...new Set(made.map(({ tagId }) => tagId))], decided: true });
    return { stepId: nextStep++, changed: made.length };
  };
  const forecast = (scope: TagScope) => {
    const found = inScope(scope, 'suggested');
    const expectedWrong = found.reduce((sum, { tag }) => sum + 1 - (tag.probability ?? 0), 0);
    return { suggestions: found.length, files: new Set(found.map(({ fileId }) => fileId)).size, expectedWrong };
  };
  /** How many files of a scope have each tag, by its state: in one pass, of a hundred thousand sounds. */
  const counted = (scope: TagScope): ((tagId: number, state: TagState) => number) => {
    const counts = new Map<string, number>();
    for (const { tag } of inScope(scope, null)) {
      const key = `${tag.tagId} ${tag.state}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return (tagId, state) => counts.get(`${tagId} ${state}`) ?? 0;
  };
  const rowOf = (tagId: number, countOf: ReturnType<typeof counted>): TagRow => {
    const [name, category, subCategory, catId] = LABELS[tagId - 1]!;
    const count = (state: TagState) => countOf(tagId, state);
    return {
      ...{ tagId, vocabularyId: VOCABULARY, labelId: name.replaceAll(' ', '-'), name, groupName: category },
      ucs: { catId, category, subCategory },
      ...{ suggested: count('suggested'), accepted: count('accepted'), rejected: count('rejected') },
      taught: taught.get(tagId) ?? null,
    };
  };
  const infoOf = (id: string, content: VocabularyContent, shipped: boolean): VocabularyInfo => {
    const { name, version, language, licence, description, profile } = content;
    const count = (state: TagState) => (id === VOCABULARY ? inScope({ minProbability: 0.5 }, state).length : 0);
    return {
      ...{ id, name, version, language, licence, description, profile, labels: content.labels.length, shipped },
      path: shipped ? `/opt/earmark/vocabularies/${id}.json` : `/data/vocabularies/${id}.json`,
      scoredFiles: scored.has(id) ? sounds().size : 0,
      readyFiles: sounds().size,
      ...{ suggested: count('suggested'), accepted: count('accepted'), rejected: count('rejected') },
    };
  };
  const contentOf = (id: string): VocabularyContent => {
    const found = own.get(id) ?? SHIPPED.get(id);
    if (found === undefined) throw vocabularyMissing(id, [...SHIPPED.keys(), ...own.keys()].sort());
    return found;
  };
  const known = (id: number): FakeSound => {
    const sound = sounds().get(id);
    if (sound === undefined) throw fileMissing(id);
    return sound;
  };

  const scoringEnds = async (): Promise<JobOutcome> => {
    await new Promise((resolve) => setTimeout(resolve, SCORED_MS));
    const { suggestions } = forecast({ minProbability: 0 });
    push('job.progress', { ...job!, state: 'done', done: job!.total! });
    push('tag.changed', { tagIds: [], decided: false });
    const files = sounds().size;
    const summary = {
      files,
      vocabularies: [...scored],
      suggestions,
      unknown: Math.floor(files / 20),
      seconds: 1,
      cancelled: false,
    };
    return { kind: 'tag', summary };
  };

  const calls: TagEngine = {
    'tag.score': ({ vocabularyIds }) => {
      const total = sounds().size;
      job = { ...JOB, total };
      push('job.progress', { ...job, done: Math.floor(total / 3) });
      scored = new Set([...scored, ...vocabularyIds]);
      return Promise.resolve(jobs.begin(JOB.id, scoringEnds));
    },
    'tag.list': (scope) => {
      const countOf = counted(scope);
      return Promise.resolve(
        LABELS.map((_, index) => rowOf(index + 1, countOf))
          .filter(({ suggested, accepted, rejected }) => suggested + accepted + rejected > 0)
          .sort((a, b) => b.suggested - a.suggested),
      );
    },
    'tag.files': ({ scope, state, order }) => {
      const found = inScope(scope, state).map(({ fileId, tag: { tagId, probability } }) => ({
        fileId,
        tagId,
        probability,
      }));
      const doubt = (probability: number | null) => Math.abs((probability ?? 1) - 0.5);
      if (order === 'sure') found.sort((a, b) => (b.probability ?? 1) - (a.probability ?? 1));
      else if (order === 'doubtful') found.sort((a, b) => doubt(a.probability) - doubt(b.probability));
      else found.sort((a, b) => known(a.fileId).path.localeCompare(known(b.fileId).path));
      return Promise.resolve(found);
    },
    'tag.ofFiles': ({ fileIds, minProbability }) =>
      Promise.resolve(
        fileIds
          .filter((id) => sounds().has(id))
          .map((fileId) => ({
            fileId,
            tags: ofFile(known(fileId)).filter(
              ({ state, probability }) =>
                state !== 'suggested' || (scored.size > 0 && (probability ?? 0) >= minProbability),
            ),
          })),
      ),
    'tag.why': ({ fileId, tagId }) => {
      const tag = ofFile(known(fileId)).find((one) => one.tagId === tagId);
      const sure = tag?.probability ?? 0.5;
      return Promise.resolve([
        {
          kind: 'sound',
          text: `sounds more like it than ${Math.round(90 + sure * 9)} % of all sounds`,
          weight: 2.1 * sure,
        },
        { kind: 'name', text: `the name contains “${LABELS[tagId - 1]![4].replace('/', '')}”`, weight: 1.3 },
        { kind: 'taught', text: 'learned from 20 of your decisions', weight: 0.6 },
        { kind: 'group', text: '“metal door” fits as well', weight: -0.7 },
      ]);
    },
    'tag.ofLabel': ({ labelId }) => {
      const index = LABELS.findIndex(([name]) => name.replaceAll(' ', '-') === labelId);
      if (index === -1) throw new UserError('not-found', `There is no label “${labelId}”.`);
      return Promise.resolve(index + 1);
    },
    'tag.decide': ({ decisions: made }) => Promise.resolve(decide(made)),
    'tag.forecast': (scope) => Promise.resolve(forecast(scope)),
    'tag.acceptAll': (scope) => {
      const expected = forecast(scope);
      const made = inScope(scope, 'suggested').map(({ fileId, tag: { tagId } }) => ({ fileId, tagId, accepted: true }));
      return Promise.resolve({ stepId: decide(made).stepId, forecast: expected });
    },
    'tag.undo': ({ stepId }) => {
      const before = steps.get(stepId ?? nextStep - 1) ?? new Map<string, boolean | undefined>();
      for (const [key, accepted] of before) decideOne(key, accepted);
      push('tag.changed', { tagIds: [], decided: true });
      return Promise.resolve({ restored: before.size });
    },
    'tag.make': ({ name, fileIds }) => {
      if (fileIds.length < 3) throw tooFewExamples(3);
      return Promise.resolve({
        ...rowOf(1, counted({})),
        tagId: 900,
        vocabularyId: 'mine',
        name,
        groupName: '',
        ucs: null,
      });
    },
    'tag.taught': () => Promise.resolve([...taught.values()]),
    'tag.useTaught': ({ tagId, inUse }) => {
      const now = { ...taught.get(tagId)!, inUse };
      taught.set(tagId, now);
      return Promise.resolve(now);
    },
    'tag.exportTaught': () => Promise.resolve({ tags: taught.size, decisions: decisions.size }),
    'tag.importTaught': () => Promise.resolve({ tags: 2, decisions: 25 }),
    'vocabulary.list': () =>
      Promise.resolve({
        vocabularies: [
          ...[...SHIPPED].map(([id, content]) => infoOf(id, content, true)),
          ...[...own].map(([id, content]) => infoOf(id, content, false)),
        ],
        broken: [
          {
            path: '/data/vocabularies/old-list.csv',
            sentences: ['Line 4 has no name. Add one, or remove the line.'],
          },
        ],
      }),
    'vocabulary.get': (id) => Promise.resolve(contentOf(id)),
    'vocabulary.save': (content) => {
      const nameless = content.labels.find(({ name }) => name.trim() === '');
      if (nameless !== undefined) throw new UserError('vocabulary-damaged', `The label “${nameless.id}” has no name.`);
      own.set(content.id, content);
      return Promise.resolve(infoOf(content.id, content, false));
    },
    'vocabulary.remove': (id) => {
      own.delete(id);
      return Promise.resolve(null);
    },
    'vocabulary.import': ({ path }) => {
      const content = { ...contentOf(VOCABULARY), id: 'imported', name: path.split('/').at(-1)! };
      own.set(content.id, content);
      return Promise.resolve(infoOf(content.id, content, false));
    },
    'vocabulary.export': () => Promise.resolve(null),
  };
  return {
    calls,
    accepted() {
      const found = new Map<number, FileTag[]>();
      for (const { fileId, tag } of inScope({}, 'accepted')) found.set(fileId, [...(found.get(fileId) ?? []), tag]);
      return found;
    },
  };
}

const JOB: LibraryJobProgress = {
  ...{ id: 501, kind: 'tag', state: 'running', stage: 'tagging', done: 0, total: null, failed: 0, audioSeconds: 0 },
  ...{ elapsedSeconds: 0, realTimeFactor: null, etaSeconds: null, currentPath: null },
};

function shipped(
  id: string,
  name: string,
  profile: VocabularyContent['profile'],
  description: string,
): VocabularyContent {
  return {
    ...{ id, name, version: 1, language: 'en', licence: 'MIT', description, profile },
    groups: [
      { id: 'source', name: 'What sounds', kind: 'multi' },
      { id: 'place', name: 'Where', kind: 'exclusive' },
    ],
    labels: LABELS.map(([label, category, subCategory, catId]) => ({
      ...{ id: label.replaceAll(' ', '-'), name: label, group: 'source', prompts: [`the sound of ${label}`] },
      keywords: [label],
      ...(id === VOCABULARY && { ucs: { catId, category, subCategory } }),
    })),
  };
}

const SHIPPED = new Map<string, VocabularyContent>([
  [VOCABULARY, shipped(VOCABULARY, 'Sound effects', 'sfx', 'Sounds of the world by UCS category.')],
  ['music-genre', shipped('music-genre', 'Music: genres', 'music', 'Styles of music, from ambient to zydeco.')],
  ['music-mood', shipped('music-mood', 'Music: moods', 'music', 'What a piece of music feels like.')],
  ['instrument', shipped('instrument', 'Instruments', 'music', 'What is played.')],
  ['voice', shipped('voice', 'Voices', 'sfx', 'Who speaks, sings or shouts, and how.')],
]);
