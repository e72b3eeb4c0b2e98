/** Implements the contract by calling the stages. Nothing here decodes, infers or searches by itself. */
import { EventEmitter } from 'node:events';
import type { Engine, Events } from '../shared/contract.ts';
import { UserError } from '../shared/errors.ts';
import type { EmbedItem, EmbedResult, IndexSummary, JobId, JobProgress, Status } from '../shared/types.ts';
import { fileCalls } from './calls/files.ts';
import { classify } from './catalogue/database-errors.ts';
import { cataloguePath } from './catalogue/open.ts';
import { acquireWriterLock } from './catalogue/writer-lock.ts';
import { runDoctor } from './doctor.ts';
import { listen } from './embed/listen.ts';
import { querySound } from './embed/query-sound.ts';
import { Evaluations } from './eval/evaluations.ts';
import { indexBytes } from './index/index-folder.ts';
import { runIndexJob } from './jobs/index-job.ts';
import { JobRunner } from './jobs/runner.ts';
import { listPacks } from './models/installed.ts';
import { Parts, type EngineOptions } from './parts.ts';
import { resolveScopes } from './scan/roots.ts';

export type { EngineOptions };

export interface EngineHandle {
  engine: Engine;
  on: <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) => () => void;
  /** Cancels jobs, ends all child processes, closes the catalogue. */
  close(): Promise<void>;
}

export function createEngine(options: EngineOptions): EngineHandle {
  const events = new EventEmitter();
  const send = <E extends keyof Events>(event: E, payload: Events[E]): void => void events.emit(event, payload);
  const parts = new Parts(options, (message) => send('engine.notice', { message }));
  let runner: JobRunner<IndexSummary> | null = null;
  const jobs = () => {
    runner ??= new JobRunner(parts.catalogue().jobs, (progress: JobProgress) => send('job.progress', progress));
    return runner;
  };

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

  const engine: Engine = {
    ...fileCalls(parts),
    'index.start': ({ folders }) =>
      startIndexing(folders, parts, jobs(), (fileIds) => send('catalogue.changed', { fileIds })),
    'job.wait': (id) => jobs().wait(id),
    'job.pause': (id) => {
      jobs().pause(id);
      return Promise.resolve(null);
    },
    'job.resume': (id) => {
      jobs().resume(id);
      return Promise.resolve(null);
    },
    'job.cancel': (id) => {
      jobs().cancel(id);
      return Promise.resolve(null);
    },
    'search.query': async (query) => {
      const search = await parts.search();
      if (query.likePath === undefined) return search.run(query);
      return search.run(query, await hearQuery(query.likePath, query.likeStartSeconds, parts));
    },
    'embed.files': ({ paths, raw }) => embedFiles(paths, raw, parts),
    'embed.texts': ({ texts, raw }) => embedTexts(texts, raw, parts),
    'failure.list': () => Promise.resolve(parts.existingCatalogue()?.files.failures() ?? []),
    'failure.retry': async () => {
      const release = await acquireWriterLock(options.dataFolder);
      try {
        return parts.catalogue().files.forgetFailures();
      } finally {
        release();
      }
    },
    'eval.run': (request) => evaluations.run(request),
    'eval.cancel': () => {
      evaluations.cancel();
      return Promise.resolve(null);
    },
    'status.get': () => readStatus(parts),
    'model.list': () => listPacks({ dataFolder: options.dataFolder, inUse: options.model }),
    'doctor.run': () => runDoctor(parts),
  };

  return {
    engine: withDatabaseSentences(engine, cataloguePath(options.dataFolder)),
    on: (event, listener) => {
      events.on(event, listener);
      return () => void events.off(event, listener);
    },
    close: async () => {
      await runner?.close();
      await evaluations.close();
      await parts.close();
    },
  };
}

async function startIndexing(
  folders: string[],
  parts: Parts,
  jobs: JobRunner<IndexSummary>,
  onChanged: (fileIds: number[]) => void,
): Promise<JobId> {
  const release = await acquireWriterLock(parts.options.dataFolder);
  try {
    const catalogue = parts.catalogue();
    catalogue.jobs.markInterrupted();
    const scopes = await resolveScopes(folders, catalogue.roots);
    if (scopes.length === 0) throw new UserError('bad-input', 'No folders are known yet. Name a folder to listen to.');
    const jobParts = {
      catalogue,
      pool: parts.pool(),
      supervisor: await parts.supervisor(),
      target: await parts.target(),
      spaceId: await parts.spaceId(),
      openIndex: () => parts.index(),
      onChanged,
    };
    return jobs.start('index', { folders: scopes.map(({ root }) => root.path) }, async (context) => {
      try {
        return await runIndexJob(context, scopes, jobParts);
      } finally {
        release();
      }
    });
  } catch (error) {
    release();
    throw error;
  }
}

async function hearQuery(path: string, startSeconds: number | undefined, parts: Parts): Promise<Float32Array[]> {
  const hearing = { pool: parts.pool(), supervisor: await parts.supervisor(), target: await parts.target() };
  return querySound(path, startSeconds, parts.existingCatalogue(), await parts.spaceId(), hearing);
}

async function embedFiles(paths: string[], raw: boolean, parts: Parts): Promise<EmbedResult> {
  const { id, dim } = await parts.pack();
  const supervisor = await parts.supervisor();
  await supervisor.loadAudio();
  const result: EmbedResult = { model: id, dim, items: [], failed: [] };
  const items = new Map<number, EmbedItem>();
  const files = paths.map((path, fileId) => ({ fileId, path }));
  const { signal } = new AbortController();
  for await (const heard of listen(files, await parts.target(), parts.pool(), supervisor, signal, { raw })) {
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

async function embedTexts(texts: string[], raw: boolean, parts: Parts): Promise<EmbedResult> {
  const { id, dim } = await parts.pack();
  const supervisor = await parts.supervisor();
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
    return { dataFolder, model, roots: [], files: 0, ready: 0, failed: 0, offline: 0, audioSeconds: 0, windows: 0, catalogueBytes: 0, indexBytes: 0, lastJob: null }; // prettier-ignore
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
function withDatabaseSentences(engine: Engine, path: string): Engine {
  const wrapped = Object.entries(engine).map(([name, call]) => [
    name,
    async (input: never) => {
      try {
        return await call(input);
      } catch (error) {
        throw classify(error, path) ?? error;
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Engine;
}
