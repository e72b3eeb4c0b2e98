/**
 * An engine that is not there: the contract over sounds that do not exist, in memory. It stands in for the outside of
 * the window, so that the window can be looked at and driven without a catalogue, a model or a single file.
 */
import { matchesAmong } from '../../src/main/search/file-matches.ts';
import { ISSUE_NAMES } from '../../src/shared/query/issues.ts';
import type { Collection, SavedSearch } from '../../src/shared/calls/files.ts';
import type { Settings } from '../../src/shared/calls/settings.ts';
import type { CallName, Client, Engine, EventName, Events } from '../../src/shared/contract.ts';
import { UserError } from '../../src/shared/errors.ts';
import { tokens } from '../../src/shared/query/tokens.ts';
import { withValue } from '../../src/shared/query/values.ts';
import { collectionMissing, fileMissing } from '../../src/shared/refusals.ts';
import {
  BANDS,
  type LibraryJobProgress,
  type SearchHit,
  type SearchQuery,
  type Status,
  type WindowRelevance,
} from '../../src/shared/types.ts';
import { FakeJobs } from './fake-jobs.ts';
import { fakeLegend, fakeMap, MAP_JOB } from './fake-map.ts';
import { fakeFacets } from './fake-facets.ts';
import { fakeStudio } from './fake-studio.ts';
import { fakeLibrary, foldersOf, peaksOf, rowOf, type FakeSound } from './fake-library.ts';
import { fakeModels, type FakeModelOptions, type FakeModels } from './fake-models.ts';
import { fakePlayback } from './fake-playback.ts';
import { fakeTags } from './fake-tags.ts';
import { fakeWriteRequests } from './fake-write-requests.ts';
import { fakeWrite } from './fake-write.ts';

export interface FakeOptions {
  /** Sounds in the library. */
  size: number;
  /** Names of files longer than any column. @default false */
  longNames?: boolean;
  /** Time every answer takes, ms. */
  answerMs: number;
  appearance: Settings['appearance'];
  /** Whether a map has been drawn, and how many sounds are missing on it. @default drawn, none missing */
  map?: { drawn: boolean; missing: number };
  /** @default the shipped model alone, which has analysed everything */
  models?: FakeModelOptions;
}

export interface FakeEngine extends Client {
  /** Lets the engine push something. */
  push<E extends EventName>(event: E, payload: Events[E]): void;
  /** Every call so far, in its order. */
  readonly asked: { name: CallName; input: unknown }[];
  /** Those that have been answered, in the order of the answers. */
  readonly answered: { name: CallName; input: unknown }[];
  /** Calls fail with this until it is null again. */
  broken: UserError | null;
  answerMs: number;
  /** The network and the encoder, at a test's hand. */
  readonly models: FakeModels;
  /** So many of the best results are one with its copies and variants. */
  groupFirst: number;
  /** A call is not answered while this text stands in its name or its input as JSON. */
  heldBack: string | null;
}

const JOB: LibraryJobProgress = {
  id: 1,
  kind: 'index',
  state: 'running',
  stage: 'analysing',
  done: 0,
  total: 60,
  failed: 0,
  audioSeconds: 0,
  elapsedSeconds: 0,
  realTimeFactor: null,
  etaSeconds: null,
  currentPath: null,
};

export function fakeEngine({
  size,
  longNames = false,
  answerMs,
  appearance,
  map: givenMap,
  models: givenModels = {},
}: FakeOptions): FakeEngine {
  let sounds = fakeLibrary(size, longNames);
  let collections = new Map<number, { name: string; fileIds: Set<number> }>([
    [1, { name: 'Night shift', fileIds: new Set([1, 2, 3]) }],
  ]);
  const saved = new Map<number, SavedSearch>([[1, { id: 1, name: 'Short rain', query: { text: 'rain dur:<120' } }]]);
  let map = { drawn: true, missing: 0, ...givenMap };
  let nextId = 10;
  let settings: Settings = {
    backgroundCores: 1,
    lowPriority: true,
    onlyWhenIdle: false,
    dawBridge: false,
    appearance,
    rowHeight: 'comfortable',
    playOnSelect: true,
    volume: 0.8,
    levelMatch: false,
    levelTarget: -23,
    projectMatch: false,
    projectBpm: null,
    projectKey: null,
    model: 'starter',
    ...{ nextModel: null, alsoModel: null, modelMirror: null },
  };
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const push = <E extends EventName>(event: E, payload: Events[E]) => {
    for (const listener of listeners.get(event) ?? []) listener(payload as never);
  };
  const known = (id: number): FakeSound => {
    const sound = sounds.get(id);
    if (sound === undefined) throw fileMissing(id);
    return sound;
  };
  const knownCollection = (id: number) => {
    const collection = collections.get(id);
    if (collection === undefined) throw collectionMissing();
    return collection;
  };
  const collectionOf = (id: number): Collection => {
    const { name, fileIds } = knownCollection(id);
    return { id, name, files: fileIds.size };
  };

  const jobs = new FakeJobs();
  const tags = fakeTags(() => sounds, jobs, push);
  const models = fakeModels(givenModels, {
    ...{ sounds: () => sounds.size, jobs, settings: () => settings, push },
    take: (changes) => {
      settings = { ...settings, ...changes };
      push('setting.changed', settings);
    },
  });
  const write = fakeWrite(() => sounds, tags.accepted, jobs, push);
  const calls: Partial<Engine> = {
    ...tags.calls,
    ...models.calls,
    ...fakePlayback(known),
    ...write,
    ...fakeWriteRequests(write),
    'job.list': () => Promise.resolve([]),
    'job.wait': (id) => jobs.wait(id),
    'status.get': () => Promise.resolve({ ...statusOf(sounds), model: settings.model, ready: models.analysedInUse() }),
    'search.query': (query) => {
      const name = tokens(query.text ?? '')
        .findLast(({ key }) => key === 'col')
        ?.value.toLowerCase();
      const inside = [...collections.values()].find((one) => one.name.toLowerCase() === name)?.fileIds;
      const hits = find(sounds, query).filter(({ fileId }) => inside?.has(fileId) !== false);
      const shown = query.grouped ? asGroup(hits, engine.groupFirst) : hits;
      return Promise.resolve({ query: understood(query), minus: [], model: 'starter', hits: shown, notices: [] });
    },
    'search.windows': ({ fileId, query }) => Promise.resolve(windowsOf(known(fileId), query)),
    'search.matches': ({ fileIds, query }) =>
      Promise.resolve(
        fileIds
          .filter((id) => sounds.has(id))
          .map((fileId) => ({ fileId, matches: matchesAmong(windowsOf(known(fileId), query)) })),
      ),
    'search.match': () => Promise.resolve(null),
    'daw.offer': () => Promise.resolve(null),
    'demo.make': () => Promise.resolve('/data/demo-sounds'),
    'index.start': () => {
      sounds = fakeLibrary(60);
      push('job.progress', JOB);
      return Promise.resolve(JOB.id);
    },
    'health.get': () =>
      Promise.resolve({
        files: 0,
        failed: 0,
        outdated: 0,
        issues: ISSUE_NAMES.map((issue) => ({ issue, files: issue === 'clipped' ? 2 : 0 })),
      }),
    'health.list': () => Promise.resolve([]),
    'facet.count': ({ query: { text = '' } }) => {
      for (const { key, value } of tokens(text)) if (key !== null) withValue({}, key, value);
      return Promise.resolve(fakeFacets(sounds));
    },
    'fact.of': () => Promise.resolve({ items: [], failed: [] }),
    'fact.set': ({ fileIds, fact, value }) => {
      for (const id of fileIds)
        known(id).facts = { ...known(id).facts, [fact]: value === null ? null : { value, confidence: 1, from: 'you' } };
      return Promise.resolve(null);
    },
    'file.get': (id) => {
      const sound = known(id);
      const inside = [...collections].filter(([, { fileIds }]) => fileIds.has(id)).map(([number]) => number);
      const { shape: _, ...detail } = sound;
      return Promise.resolve({ ...detail, collections: inside });
    },
    'file.rows': (ids) => Promise.resolve(ids.filter((id) => sounds.has(id)).map((id) => rowOf(known(id)))),
    'file.list': ({ of, order, descending }) => {
      const inside = of.collectionId === undefined ? null : knownCollection(of.collectionId).fileIds;
      const ids = [...sounds.keys()].filter((id) => inside === null || inside.has(id));
      if (order === 'duration') ids.sort((a, b) => known(a).durationSeconds - known(b).durationSeconds);
      return Promise.resolve(descending ? ids.reverse() : ids);
    },
    'file.folders': (of) => Promise.resolve(foldersOf(sounds, of)),
    'file.waveforms': (ids) =>
      Promise.resolve(ids.map((fileId) => ({ fileId, peaks: btoa(String.fromCharCode(...peaksOf(known(fileId)))) }))),
    'favourite.set': ({ fileIds, favourite }) => {
      for (const id of fileIds) known(id).favourite = favourite;
      return Promise.resolve(null);
    },
    'stars.set': ({ fileIds, stars }) => {
      for (const id of fileIds) known(id).stars = stars;
      return Promise.resolve(null);
    },
    'collection.list': () => Promise.resolve([...collections.keys()].map(collectionOf)),
    'collection.arrange': (ids) => {
      const placed = ids.map((id) => [id, knownCollection(id)] as const);
      collections = new Map([...placed, ...collections]);
      return Promise.resolve([...collections.keys()].map(collectionOf));
    },
    'collection.create': ({ name }) => {
      collections.set(++nextId, { name, fileIds: new Set() });
      return Promise.resolve(collectionOf(nextId));
    },
    'collection.rename': ({ id, name }) => {
      knownCollection(id).name = name;
      return Promise.resolve(collectionOf(id));
    },
    'collection.remove': (id) => {
      const { name, fileIds } = knownCollection(id);
      collections.delete(id);
      return Promise.resolve({ name, fileIds: [...fileIds] });
    },
    'collection.restore': ({ name, fileIds }) => {
      collections.set(++nextId, { name, fileIds: new Set(fileIds) });
      return Promise.resolve(collectionOf(nextId));
    },
    'collection.add': ({ id, fileIds }) => {
      for (const fileId of fileIds) knownCollection(id).fileIds.add(fileId);
      return Promise.resolve(collectionOf(id));
    },
    'collection.take': ({ id, fileIds }) => {
      for (const fileId of fileIds) knownCollection(id).fileIds.delete(fileId);
      return Promise.resolve(collectionOf(id));
    },
    'savedSearch.list': () => Promise.resolve([...saved.values()]),
    'savedSearch.save': ({ name, query, shared = false }) => {
      const id = [...saved.values()].find((one) => one.name === name)?.id ?? ++nextId;
      saved.set(id, { id, name, query, ...(shared ? { shared } : {}) });
      return Promise.resolve(saved.get(id)!);
    },
    'savedSearch.remove': (id) => {
      saved.delete(id);
      return Promise.resolve(null);
    },
    ...fakeStudio(jobs, push),
    'map.get': () => Promise.resolve(map.drawn ? fakeMap(sounds, map.missing) : null),
    'map.make': () => {
      map = { drawn: true, missing: 0 };
      push('job.progress', MAP_JOB);
      const summary = { files: sounds.size, placed: sounds.size };
      return Promise.resolve(jobs.begin(MAP_JOB.id, () => Promise.resolve({ kind: 'map', summary })));
    },
    'map.legend': (by) => Promise.resolve(fakeLegend(sounds, by)),
    'setting.get': () => Promise.resolve(settings),
    'setting.set': (changes) => {
      models.set(changes);
      return Promise.resolve(settings);
    },
  };

  const engine: FakeEngine = {
    asked: [],
    answered: [],
    groupFirst: 1,
    broken: null,
    answerMs,
    heldBack: null,
    models: models.controls,
    push,
    async call(name, input) {
      engine.asked.push({ name, input });
      const held = () => engine.heldBack !== null && `${name} ${JSON.stringify(input)}`.includes(engine.heldBack);
      do await new Promise((resolve) => setTimeout(resolve, engine.answerMs));
      while (held());
      engine.answered.push({ name, input });
      if (engine.broken !== null) throw engine.broken;
      const answer = calls[name];
      if (answer === undefined) throw new UserError('not-found', `Nothing answers ${name} here.`);
      return answer(input);
    },
    on(event, listener) {
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all);
      all.add(listener);
      return () => void all.delete(listener);
    },
  };
  return engine;
}

/** Without its filters and minus terms, as the engine's answer says it. */
function understood({ text = '', ...query }: SearchQuery): SearchQuery {
  const words = wordsOf(text).join(' ');
  const defaults = { filters: {}, limit: 50, includeUnlikely: false, grouped: false };
  return { ...defaults, ...query, ...(words !== '' && { text: words }) };
}

function wordsOf(text: string): string[] {
  return tokens(text).filter(({ kind, value }) => kind === 'word' && !value.includes(':')).map(({ value }) => value).filter((word) => word !== ''); // prettier-ignore
}

/** Sounds whose names have the words; the more of them, the surer. The first half is found, the rest is a maybe. */
function find(
  sounds: ReadonlyMap<number, FakeSound>,
  { text = '', likePath, alsoLike = [], unlike = [], inSameFile, limit = 50 }: SearchQuery,
): SearchHit[] {
  for (const { key, value } of tokens(text)) if (key !== null) withValue({}, key, value); // what makes no sense is refused
  const words = wordsOf(text.toLowerCase());
  const found: { sound: FakeSound; share: number }[] = [];
  for (const sound of sounds.values()) {
    if (inSameFile === true && sound.path !== likePath) continue;
    if ([...alsoLike, ...unlike].some(({ path }) => path === sound.path)) continue;
    const path = sound.path.toLowerCase();
    const matching = words.filter((word) => path.includes(word)).length;
    const share =
      words.length === 0 ? (likePath === undefined ? 0.5 : Number(path !== likePath)) : matching / words.length;
    if (share > 0) found.push({ sound, share });
  }
  found.sort((a, b) => b.share - a.share);
  return found.slice(0, limit).map(({ sound, share }, place) => hitOf(sound, share, place, words));
}

function asGroup(hits: readonly SearchHit[], files: number): SearchHit[] {
  const [first, ...others] = hits.slice(0, files);
  if (first === undefined || others.length === 0) return [...hits];
  return [{ ...first, group: { copies: 1, variants: others.length - 1, others } }, ...hits.slice(files)];
}

/** The first part fits best, each further one half as well. */
function windowsOf({ windows }: FakeSound, { text, likePath }: SearchQuery): WindowRelevance[] {
  if (text === undefined && likePath === undefined) return [];
  return windows.map((window, at) => ({ ...window, relevance: 0.9 / 2 ** at, band: BANDS[Math.min(at, 3)]! }));
}

function hitOf(sound: FakeSound, share: number, place: number, words: readonly string[]): SearchHit {
  const score = share * Math.exp(-place / 9);
  const peaks = peaksOf(sound);
  const loudest = peaks.indexOf(Math.max(...peaks)) / peaks.length;
  const startSeconds = Math.max(0, loudest * sound.durationSeconds - 0.4);
  const matching = words.filter((word) => sound.path.toLowerCase().includes(word));
  return {
    fileId: sound.fileId,
    path: sound.path,
    score,
    startSeconds,
    endSeconds: Math.min(sound.durationSeconds, startSeconds + Math.max(0.5, sound.durationSeconds * 0.3)),
    band: score > 0.6 ? 'strong' : score > 0.35 ? 'likely' : 'maybe',
    why: [
      { kind: 'sound', cosine: score / 2, text: `sounds like it (${(score / 2).toFixed(2)})` },
      ...(matching.length === 0
        ? []
        : [
            {
              kind: 'name' as const,
              words: matching,
              text: `name matches ${matching.map((word) => `"${word}"`).join(', ')}`,
            },
          ]),
    ],
    durationSeconds: sound.durationSeconds,
    format: sound.format,
    offline: sound.offline,
  };
}

function statusOf(sounds: ReadonlyMap<number, FakeSound>): Status {
  const files = sounds.size;
  return {
    dataFolder: '/data',
    model: 'starter',
    roots:
      files === 0
        ? []
        : [{ id: 1, path: '/Volumes/SFX', online: true, files, ready: files, failed: 0, offline: 0, scannedMs: 1 }],
    files,
    ready: files,
    failed: 0,
    offline: 0,
    audioSeconds: files * 20,
    windows: files * 4,
    outdated: { files: 0, kinds: [] },
    catalogueBytes: 1,
    indexBytes: 1,
    readOnly: false,
    lastJob: null,
  };
}
