/** Implements the contract by calling the stages. Nothing here decodes, infers or searches by itself. */
import type { Engine, Events } from '../shared/contract.ts';
import { toWire } from '../shared/errors.ts';
import { downloadCalls } from './calls/downloads.ts';
import { exportCalls, withRenames } from './calls/export.ts';
import { fileCalls } from './calls/files.ts';
import type { EmbedItem, EmbedResult, JobId, JobProgress, SearchQuery, Status } from '../shared/types.ts';
import { libraryCalls } from './calls/library.ts';
import { mapCalls } from './calls/map.ts';
import { listModels, modelCalls } from './calls/models.ts';
import { settingCalls, settingsNow } from './calls/settings.ts';
import { tagCalls } from './calls/tags.ts';
import { teachCalls } from './calls/teach.ts';
import { vocabularyCalls } from './calls/vocabularies.ts';
import { writeCalls } from './calls/write.ts';
import { classify } from './catalogue/database-errors.ts';
import { cataloguePath } from './catalogue/open.ts';
import { acquireWriterLock } from './catalogue/writer-lock.ts';
import { runDoctor } from './doctor.ts';
import { endAll } from './end-all.ts';
import { EventHub } from './event-hub.ts';
import { withExactEncoder } from './embed/exact-encoder.ts';
import { listen } from './embed/listen.ts';
import { querySound } from './embed/query-sound.ts';
import { Evaluations } from './eval/evaluations.ts';
import { indexBytes } from './index/index-folder.ts';
import { Renaming } from './export/renaming.ts';
import { Indexing } from './jobs/indexing.ts';
import { ModelMoving } from './jobs/model-move.ts';
import { MapMaking } from './map/making.ts';
import { Downloads } from './models/download/downloads.ts';
import { Imports } from './models/imports.ts';
import { Parts, type EngineOptions, type Listening } from './parts.ts';
import { LibraryWatch } from './scan/library-watch.ts';
import { readSettings } from './settings.ts';
import { Writing } from './writeback/writing.ts';
import { AcceptedWords } from './tag/accepted-words.ts';
import { TagScoring } from './tag/scoring.ts';
import { Vocabularies } from './tag/vocabularies.ts';
import type { Search } from './search/search.ts';

export type { EngineOptions };

export interface EngineHandle {
  engine: Engine;
  on: <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) => () => void;
  /** Cancels jobs, ends all child processes, closes the catalogue. */
  close(): Promise<void>;
}

export function createEngine(options: EngineOptions): EngineHandle {
  const events = new EventHub();
  const send = <E extends keyof Events>(event: E, payload: Events[E]): void => events.send(event, payload);
  const parts = new Parts(options, (message) => send('engine.notice', { message }));
  const indexing: Indexing = new Indexing(parts, {
    progress: (progress) => {
      send('job.progress', progress);
      if (progress.state !== 'done') return;
      acceptedWords.soon(); // files that took over what was decided about others
      tagging.afterIndexing();
    },
    changed: (fileIds) => send('catalogue.changed', { fileIds }),
    rootsTouched: (rootIds) => {
      void watch.refresh();
      send('root.changed', { rootIds });
    },
    moveEnded: (hopeless) => moving.afterJob(hopeless),
  });
  const settingsChanged = async () => {
    const settings = await settingsNow(parts);
    send('setting.changed', settings);
    return settings;
  };
  const moving: ModelMoving = new ModelMoving(parts, indexing, {
    changed: settingsChanged,
    arrived: () => tagging.afterIndexing(),
  });
  const maps = new MapMaking(parts, (progress) => send('job.progress', progress));
  const vocabularies = new Vocabularies(options.dataFolder);
  const acceptedWords = new AcceptedWords(parts);
  const tagsChanged = (tagIds: number[]) => {
    send('tag.changed', { tagIds });
    acceptedWords.soon();
  };
  const tagging = new TagScoring(parts, vocabularies, {
    progress: (progress) => send('job.progress', progress),
    changed: tagsChanged,
  });
  const fileListeners = {
    progress: (progress: JobProgress) => send('job.progress', progress),
    changed: (fileIds: number[]) => send('catalogue.changed', { fileIds }),
    runChanged: (runId: number) => send('write.changed', { runId }),
  };
  const makeRoom = () => indexing.makeRoom();
  const renaming = new Renaming(parts, fileListeners, makeRoom);
  const writing = new Writing(parts, fileListeners, makeRoom);
  // One after the other: each holds the writer lock for that.
  const recovered = renaming
    .recover()
    .then(() => writing.recover())
    .catch((error: unknown) => send('engine.notice', { message: toWire(error).userMessage }));
  const summariesOf = (id: JobId) => (maps.has(id) ? maps.jobs : indexing.jobs);
  const jobsOf = (id: JobId) => {
    if (tagging.has(id)) return tagging.jobs;
    if (writing.has(id)) return writing.jobs;
    return renaming.has(id) ? renaming.jobs : summariesOf(id);
  };
  const watch = new LibraryWatch({
    // Where nothing can be kept, what changed could not be either: each look would end with the same sentence.
    roots: () => {
      const catalogue = parts.existingCatalogue();
      return catalogue === null || catalogue.readonly ? null : catalogue.roots;
    },
    dataFolder: options.dataFolder,
    active: options.watchRoots ?? false,
    onSettled: (rootId) => indexing.request([rootId]),
    onState: (rootId) => send('root.changed', { rootIds: [rootId] }),
    notice: (message) => send('engine.notice', { message }),
  });
  void watch.refresh();
  // A move to another model goes on where the last session ended.
  if (options.load === 'background' && parts.nextModel !== null) void recovered.then(() => indexing.requestMove());

  const evaluations = new Evaluations(
    async () => ({
      pack: await parts.pack(),
      dataFolder: options.dataFolder,
      notice: (message) => send('engine.notice', { message }),
      target: await parts.target(),
      pool: () => parts.pool(),
      supervisor: () => parts.supervisor(),
    }),
    (progress) => send('eval.progress', progress),
  );

  const imports = new Imports(
    options.dataFolder,
    () => parts.lowPriority,
    (progress) => send('model.progress', progress),
    (message) => send('engine.notice', { message }),
  );

  const downloads = new Downloads({
    dataFolder: options.dataFolder,
    imports,
    mirror: () => readSettings(parts.existingCatalogue()).modelMirror,
    send: (progress) => send('model.download', progress),
  });

  const tags = tagCalls(parts, vocabularies, tagging, acceptedWords, (tagIds) => {
    tagsChanged(tagIds);
    tagging.afterDeciding(tagIds);
  });

  const engine: Engine = {
    ...fileCalls(parts, (fileIds) => send('file.marked', { fileIds })),
    ...libraryCalls(parts, watch, (rootIds) => send('root.changed', { rootIds })),
    ...settingCalls(parts, indexing, moving, settingsChanged),
    ...modelCalls(parts, imports, indexing, moving),
    ...downloadCalls(parts, downloads),
    ...mapCalls(parts, maps),
    ...vocabularyCalls(parts, vocabularies, tagsChanged),
    ...tags,
    ...teachCalls(parts, vocabularies, tagging, tags, tagsChanged),
    ...withRenames(writeCalls(parts, writing, recovered), renaming),
    ...exportCalls(parts, renaming),
    'index.start': async ({ folders, again }) => {
      await recovered; // what a killed program left is in order before anybody looks through folders
      return indexing.start(folders, again);
    },
    'job.wait': (id) => summariesOf(id).wait(id),
    'job.list': () =>
      Promise.resolve([
        ...indexing.running,
        ...maps.running,
        ...tagging.running,
        ...renaming.running,
        ...writing.running,
      ]),
    'job.pause': (id) => {
      jobsOf(id).pause(id);
      return Promise.resolve(null);
    },
    'job.resume': (id) => {
      jobsOf(id).resume(id);
      return Promise.resolve(null);
    },
    'job.cancel': (id) => {
      jobsOf(id).cancel(id);
      return Promise.resolve(null);
    },
    'search.query': (query) => withQuerySound(parts, query, (search, like) => search.run(query, like)),
    'search.windows': ({ fileId, query }) =>
      withQuerySound(parts, query, (search, like) => search.windows(fileId, query, like)),
    'embed.files': ({ paths, raw }) => parts.listening((listening) => exactIf(raw, listening, parts, (exact) => embedFiles(paths, raw, exact))), // prettier-ignore
    'embed.texts': ({ texts, raw }) => parts.listening((listening) => exactIf(raw, listening, parts, (exact) => embedTexts(texts, raw, exact))), // prettier-ignore
    'failure.list': () => Promise.resolve(parts.existingCatalogue()?.files.failures() ?? []),
    'failure.retry': async () => {
      await indexing.makeRoom();
      const release = await acquireWriterLock(options.dataFolder);
      try {
        return parts.catalogue().files.forgetFailures();
      } finally {
        release();
      }
    },
    'eval.run': (request) => parts.listening(() => evaluations.run(request)),
    'eval.cancel': () => {
      evaluations.cancel();
      return Promise.resolve(null);
    },
    'status.get': () => readStatus(parts),
    'model.list': () => listModels(parts),
    'doctor.run': () => runDoctor(parts),
  };

  return {
    engine: withDatabaseSentences(engine, parts),
    on: (event, listener) => events.on(event, listener),
    close: async () => {
      await recovered; // also after a short command: what was left is in order then, and was spoken of
      const before = [
        watch,
        indexing,
        maps,
        tagging,
        acceptedWords,
        renaming,
        writing,
        evaluations,
        downloads,
        imports,
      ];
      await endAll([...before, parts].map((part) => () => part.close()));
    },
  };
}

/** @param work is given the windows of the sound that the query names, none where it names none */
function withQuerySound<T>(
  parts: Parts,
  { likePath, likeStartSeconds }: SearchQuery,
  work: (search: Search, likeWindows: Float32Array[]) => Promise<T>,
): Promise<T> {
  if (likePath === undefined) return parts.searching((search) => work(search, []));
  return parts.listening(async (listening) => {
    const search = await listening.model.search();
    const spaceId = await listening.model.spaceId();
    const catalogue = parts.existingCatalogue();
    return work(search, await querySound(likePath, likeStartSeconds, catalogue, spaceId, listening));
  });
}

/** Raw embeddings are asked for to check a model: in its own precision, whatever variant searching uses. */
async function exactIf<T>(
  raw: boolean,
  listening: Listening,
  { encoders, lowPriority }: Parts,
  work: (listening: Listening) => Promise<T>,
): Promise<T> {
  if (!raw) return work(listening);
  const options = { encoders, lowPriority };
  return withExactEncoder(await listening.model.pack(), listening.supervisor, options, (supervisor) =>
    work({ ...listening, supervisor }),
  );
}

async function embedFiles(
  paths: string[],
  raw: boolean,
  { model, pool, supervisor, target }: Listening,
): Promise<EmbedResult> {
  const { id, dim } = await model.pack();
  await supervisor.loadAudio();
  const result: EmbedResult = { model: id, dim, items: [], failed: [] };
  const items = new Map<number, EmbedItem>();
  const files = paths.map((path, fileId) => ({ fileId, path }));
  const { signal } = new AbortController();
  for await (const heard of listen(files, target, pool, supervisor, signal, { raw })) {
    const { fileId, path } = heard.file;
    if (heard.status === 'done') {
      const windows = heard.windows.map(({ startSeconds, embedding }) => ({ startSeconds, embedding: [...embedding] }));
      items.set(fileId, { path, windows });
    } else if (heard.status === 'failed') {
      result.failed.push({ path, code: heard.error.code, message: heard.error.userMessage });
    } else result.failed.push({ path, code: 'not-audio', message: `“${path}” is not a sound.` });
  }
  result.items = files.flatMap(({ fileId }) => items.get(fileId) ?? []);
  return result;
}

async function embedTexts(
  texts: string[],
  raw: boolean,
  { model, supervisor }: Pick<Listening, 'model' | 'supervisor'>,
): Promise<EmbedResult> {
  const { id, dim } = await model.pack();
  const embeddings = await supervisor.asking((encoder) => encoder.embedTexts(texts, { raw }));
  const items = texts.map((text, at): EmbedItem => ({
    text,
    windows: [{ startSeconds: 0, embedding: [...embeddings[at]!] }],
  }));
  return { model: id, dim, items, failed: [] };
}

async function readStatus(parts: Parts): Promise<Status> {
  const { dataFolder } = parts.options;
  const { id: model } = await parts.pack();
  const catalogue = parts.existingCatalogue();
  if (!catalogue) {
    return { dataFolder, model, roots: [], files: 0, ready: 0, failed: 0, offline: 0, audioSeconds: 0, windows: 0, catalogueBytes: 0, indexBytes: 0, readOnly: false, lastJob: null }; // prettier-ignore
  }
  const spaceId = await parts.spaceId();
  const last = catalogue.jobs.last();
  return {
    dataFolder,
    model,
    roots: catalogue.totals.perRoot(spaceId),
    ...catalogue.totals.totals(spaceId),
    catalogueBytes: catalogue.bytes(),
    indexBytes: indexBytes(dataFolder, spaceId),
    readOnly: catalogue.readonly,
    lastJob: last && {
      id: last.id,
      kind: last.kind,
      state: last.state,
      startedMs: last.startedMs,
      finishedMs: last.finishedMs,
    },
  };
}

/** SQLite's errors can come from anywhere; here each becomes the sentence that says what to do. */
function withDatabaseSentences(engine: Engine, parts: Parts): Engine {
  const path = cataloguePath(parts.options.dataFolder);
  const wrapped = Object.entries(engine).map(([name, call]) => [
    name,
    async (input: never) => {
      try {
        return await call(input);
      } catch (error) {
        const sentence = classify(error, path);
        throw (sentence?.code === 'catalogue-unwritable' && parts.whyReadOnly) || (sentence ?? error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Engine;
}
