/** Implements the contract by calling the stages. Nothing here decodes, infers or searches by itself. */
import { existsSync } from 'node:fs';
import type { Engine, Events } from '../../shared/contract.ts';
import { isUnended } from '../../shared/jobs.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import { engineClosed } from '../../shared/refusals.ts';
import { downloadCalls } from '../calls/downloads.ts';
import { exportCalls, withRenames } from '../calls/export.ts';
import { embedCalls } from '../calls/embed.ts';
import { facetCalls } from '../calls/facets.ts';
import { factCalls } from '../calls/facts.ts';
import { fileCalls } from '../calls/files.ts';
import { evaluationCalls } from '../calls/evaluations.ts';
import { jobCalls } from '../calls/jobs.ts';
import { duplicateCalls } from '../calls/duplicates.ts';
import { folderCalls } from '../calls/folders.ts';
import { healthCalls } from '../calls/health.ts';
import { searchCalls } from '../calls/search.ts';
import { statusCalls } from '../calls/status.ts';
import { studioCalls } from '../calls/studio.ts';
import { libraryCalls } from '../calls/library.ts';
import { markerCalls } from '../calls/markers.ts';
import { mapCalls } from '../calls/map.ts';
import { modelCalls, statusOf } from '../calls/models.ts';
import { DawDesk } from '../calls/daw.ts';
import { cutCalls } from '../calls/cut.ts';
import { outputCalls } from '../calls/outputs.ts';
import { playlistCalls } from '../calls/playlists.ts';
import { soundCalls } from '../calls/sounds.ts';
import { LentSounds } from '../files/lent-sounds.ts';
import { playbackCalls } from '../calls/playback.ts';
import { settingCalls, settingsNow } from '../calls/settings.ts';
import { tagCalls } from '../calls/tags.ts';
import { teachCalls } from '../calls/teach.ts';
import { vocabularyCalls } from '../calls/vocabularies.ts';
import { writeRequestCalls } from '../calls/write-requests.ts';
import { writeCalls } from '../calls/write.ts';
import { classify } from '../catalogue/database-errors.ts';
import { cataloguePath } from '../catalogue/connection.ts';
import { endAll } from '../async/end-all.ts';
import { EventHub } from './event-hub.ts';
import { OtherWriters } from './other-writers.ts';
import { DraggedPieces } from '../cut/dragged-pieces.ts';
import { Cutting } from '../cut/cutting.ts';
import { matchesIn } from '../cut/matches.ts';
import { Comparing } from '../duplicates/comparing.ts';
import { Evaluations } from '../eval/evaluations.ts';
import { OutputGrants } from '../export/output-grants.ts';
import { writeRangeList } from '../export/range-lists/range-list.ts';
import { Renaming } from '../export/renaming.ts';
import { Indexing } from '../indexing/indexing.ts';
import { ModelMoving } from '../indexing/model-move.ts';
import { mustBeFolder } from '../files/must-be-folder.ts';
import { JobRegistry } from '../jobs/registry.ts';
import { MapMaking } from '../map/making.ts';
import { Downloads } from '../models/download/downloads.ts';
import { Imports } from '../models/imports.ts';
import { AudioFiles } from '../playback/audio-file.ts';
import { FilePeaks } from '../playback/file-peaks.ts';
import { EngineResources, type EngineOptions } from './resources.ts';
import { LibraryWatch } from '../scan/library-watch.ts';
import { readSettings } from '../catalogue/setting-values.ts';
import { Following } from '../studio/following.ts';
import type { ChangedHere } from '../studio/sync/session.ts';
import { Syncing } from '../studio/syncing.ts';
import { Working } from '../studio/working.ts';
import { studioWrites } from '../studio/writes.ts';
import { WriteRequests } from '../writeback/write-requests.ts';
import { Writing } from '../writeback/writing.ts';
import { AcceptedWords } from '../tag/accepted-words.ts';
import { TagScoring } from '../tag/scoring.ts';
import { Vocabularies } from '../tag/vocabularies.ts';

export type { EngineOptions };

export interface EngineHandle {
  engine: Engine;
  on: <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) => () => void;
  /** Audio of the files in the catalogue, for a host that plays it. The engine's to close. */
  audio: Pick<AudioFiles, 'open' | 'locate'>;
  /** What windows offer to scripts of DAWs, and how these ask for sounds. */
  daw: Pick<DawDesk, 'current' | 'find'>;
  /** Absolute paths of the folders in use. @throws UserError when the catalogue cannot be read */
  rootPaths: () => string[];
  /** Cancels jobs, ends all child processes, closes the catalogue. */
  close(): Promise<void>;
}

/** @throws UserError bad-input for a data folder that is a file */
export function createEngine(options: EngineOptions): EngineHandle {
  mustBeFolder(options.dataFolder, 'The data folder');
  const events = new EventHub();
  const send = <E extends keyof Events>(event: E, payload: Events[E]): void => events.send(event, payload);
  const resources = new EngineResources(options, (message) => send('engine.notice', { message }));
  // Services are closed in the order in which they are made.
  const jobs = new JobRegistry(resources, (progress) => {
    send('job.progress', progress);
    if (progress.kind === 'index' && progress.nextModel !== undefined && !isUnended(progress))
      resources.reopenSecondModel();
    if (progress.kind !== 'index' || progress.state !== 'done') return;
    acceptedWords.soon(); // files that took over what was decided about others
    tagging.afterIndexing();
    comparing.afterIndexing();
  });
  const indexing: Indexing = new Indexing(resources, jobs, {
    changed: (fileIds) => send('catalogue.changed', { fileIds }),
    rootsTouched: (rootIds) => rootsChanged(rootIds),
    moveEnded: (unprocessable) => moving.afterJob(unprocessable),
    takeOver: (context, spaceId, pool) => syncing.takeOver(context, spaceId, pool),
  });
  const rootsChanged = (rootIds: number[]) => {
    void watch.refresh();
    send('root.changed', { rootIds });
  };
  const settingsChanged = async () => {
    const settings = await settingsNow(resources);
    send('setting.changed', settings);
    return settings;
  };
  const moving: ModelMoving = new ModelMoving(resources, indexing, {
    changed: settingsChanged,
    arrived: () => tagging.afterIndexing(),
  });
  const maps = new MapMaking(resources, jobs);
  const comparing: Comparing = new Comparing(resources, jobs, (fileIds) => send('catalogue.changed', { fileIds }));
  const vocabularies = new Vocabularies(options.dataFolder);
  const acceptedWords = new AcceptedWords(resources);
  const tagsChanged = (decided: boolean) => (tagIds: number[]) => {
    send('tag.changed', { tagIds, decided });
    acceptedWords.soon();
  };
  const tagging = new TagScoring(resources, jobs, vocabularies, { changed: tagsChanged(false) });
  const fileListeners = {
    changed: (fileIds: number[]) => send('catalogue.changed', { fileIds }),
    runChanged: (runId: number) => send('write.changed', { runId }),
  };
  const renaming = new Renaming(resources, jobs, fileListeners);
  const writing = new Writing(
    resources,
    jobs,
    fileListeners,
    (search, { signal, report }) =>
      resources.withEncoders((encoders) => {
        const among = { ...search, encoders, second: resources, catalogue: resources.existingCatalogue() };
        return matchesIn(among, signal, (currentPath) => report({ currentPath }));
      }),
    studioWrites(resources),
  );
  const studioChanged = ({ files, marks, tags, lists, runs }: ChangedHere): void => {
    if (files.size > 0) send('catalogue.changed', { fileIds: [...files] });
    if (marks.size > 0 || lists.has('collection') || lists.has('search')) send('file.marked', { fileIds: [...marks] });
    if (tags.size > 0) tagsChanged(true)([...tags]);
    if (files.size > 0) acceptedWords.soon();
    for (const runId of runs) fileListeners.runChanged(runId);
    if (lists.has('vocabulary') || lists.has('head')) tagging.afterDeciding([...tags]);
    send('studio.changed', { joined: true });
  };
  const syncing: Syncing = new Syncing(resources, jobs, (changed) => {
    studioChanged(changed);
    following.membershipChanged();
  });
  const following = new Following(resources, jobs, {
    changed: studioChanged,
    progress: () => send('studio.changed', { joined: true }),
  });
  if (options.followOthers) following.start();
  const working = new Working(resources, jobs, (fileIds) => send('catalogue.changed', { fileIds }));
  // One after the other: each holds the writer lock for that.
  const recovered = renaming
    .recover()
    .then(() => writing.recover())
    .catch((error: unknown) => send('engine.notice', { message: toWire(error).userMessage }));
  const watch = new LibraryWatch({
    // Where nothing can be kept, what changed could not be either: each look would end with the same sentence.
    roots: () => {
      const catalogue = resources.existingCatalogue();
      return catalogue === null || catalogue.readonly ? null : catalogue.roots;
    },
    dataFolder: options.dataFolder,
    active: options.watchRoots ?? false,
    onSettled: (rootId) => indexing.request([rootId]),
    onState: (rootId) => send('root.changed', { rootIds: [rootId] }),
    notice: (message) => send('engine.notice', { message }),
  });
  void watch.refresh();
  // An existing one is opened by the first call that needs it, which reports what is wrong with it.
  const isThere = existsSync(cataloguePath(options.dataFolder));
  const others = new OtherWriters(
    {
      dataFolder: options.dataFolder,
      catalogue: () => (isThere ? resources.openCatalogue : resources.existingCatalogue()),
      notice: (message) => send('engine.notice', { message }),
      ...(options.timers === undefined ? {} : { timers: options.timers }),
    },
    {
      files: (fileIds) => {
        resources.reopenSecondModel(); // it may be what has analysed them
        send('catalogue.changed', { fileIds });
      },
      marks: (fileIds) => send('file.marked', { fileIds }),
      roots: rootsChanged,
      tags: (tagIds, decided) => send('tag.changed', { tagIds, decided }), // their words are written by the call that decided
      settings: () =>
        void resources
          .takeUpSettings()
          .then(settingsChanged)
          .catch((error: unknown) => resources.notice(toWire(error).userMessage)),
      run: fileListeners.runChanged,
    },
    isThere ? 'opened' : 'all',
  );
  if (options.followOthers) others.start();
  // A move to another model continues where the last session ended.
  if (options.load === 'background' && resources.nextModel !== null) void recovered.then(() => indexing.requestMove());

  const evaluations = new Evaluations(
    {
      dataFolder: options.dataFolder,
      notice: (message) => send('engine.notice', { message }),
      withEncoders: (work) => resources.withEncoders(work),
      withOtherModel: (wanted, work) => resources.withOtherModel(wanted, work),
    },
    jobs,
  );
  const cutting = new Cutting(
    {
      dataFolder: options.dataFolder,
      existingCatalogue: () => resources.existingCatalogue(),
      withDecoders: (work) => resources.withDecoders(work),
      withEncoders: (work) => resources.withEncoders(work),
      second: resources,
      writeList: (ranges, { output, format, framesPerSecond = 25, byteOrderMark = true }) =>
        writeRangeList(
          ranges,
          { output, format, framesPerSecond, byteOrderMark },
          { dataFolder: options.dataFolder, catalogue: resources.existingCatalogue() },
        ),
    },
    jobs,
  );
  const draggedPieces = new DraggedPieces(options.dataFolder, (work) => resources.withDecoders(work));
  const statusOfPack = (folder: string) => statusOf(folder, resources);
  const imports = new Imports(resources, jobs, statusOfPack);
  const downloads = new Downloads(
    {
      dataFolder: options.dataFolder,
      imports,
      mirror: () => readSettings(resources.existingCatalogue()).modelMirror,
      statusOf: statusOfPack,
    },
    jobs,
  );

  const played = { dataFolder: options.dataFolder, catalogue: () => resources.existingCatalogue() };
  const audio = new AudioFiles(played);
  const peaks = new FilePeaks(played);

  const tags = tagCalls(resources, vocabularies, tagging, acceptedWords, (tagIds) => {
    tagsChanged(true)(tagIds);
    tagging.afterDeciding(tagIds);
  });

  const outputs = new OutputGrants();
  const lent = new LentSounds(options.dataFolder);
  const daw = new DawDesk(resources, (wanted) => send('search.wanted', wanted));

  const searches = searchCalls(resources);
  const engine: Engine = {
    ...fileCalls(
      resources,
      (fileIds) => send('file.marked', { fileIds }),
      (paths) => lent.refuseToKeep(paths),
    ),
    ...factCalls(resources, (fileIds) => send('catalogue.changed', { fileIds })),
    ...folderCalls(resources),
    ...duplicateCalls(resources, comparing),
    ...facetCalls(resources),
    ...healthCalls(resources),
    ...libraryCalls(resources, watch, (rootIds) => send('root.changed', { rootIds })),
    ...settingCalls(resources, indexing, moving, settingsChanged),
    ...modelCalls(resources, imports, jobs, indexing, moving),
    ...downloadCalls(downloads),
    ...mapCalls(resources, maps),
    ...outputCalls(outputs),
    ...markerCalls(played.catalogue, writing, recovered),
    ...playbackCalls(peaks),
    ...soundCalls(lent),
    ...cutCalls(outputs, cutting, draggedPieces),
    ...daw.calls,
    ...vocabularyCalls(resources, vocabularies, outputs, tagsChanged(true)),
    ...tags,
    ...teachCalls(resources, jobs, vocabularies, tagging, tags, outputs, tagsChanged(false)),
    ...withRenames(writeCalls(resources, writing, recovered), renaming),
    ...writeRequestCalls(new WriteRequests(options.dataFolder, writing.plans)),
    ...exportCalls(resources, outputs, renaming),
    ...studioCalls(
      resources,
      syncing,
      working,
      (joined) => {
        send('studio.changed', { joined });
        following.membershipChanged();
      },
      vocabularies,
      { lists: () => send('file.marked', { fileIds: [] }), tags: tagsChanged(true) },
    ),
    ...searches,
    ...playlistCalls(resources, searches),
    ...embedCalls(resources),
    ...statusCalls(resources),
    ...evaluationCalls(evaluations),
    ...jobCalls(resources, jobs, indexing, recovered),
  };

  let closing = false;
  return {
    engine: withClosing(withDatabaseSentences(engine, resources), () => closing),
    on: (event, listener) => events.on(event, listener),
    audio,
    daw,
    rootPaths: () => (resources.existingCatalogue()?.roots.list() ?? []).map(({ path }) => path),
    close: async () => {
      closing = true;
      await recovered; // also after a short command: what was left is resolved then, and was reported
      const before = [audio, peaks, others, watch, following, jobs, acceptedWords];
      await endAll([...before, resources, lent].map((part) => () => part.close()));
    },
  };
}

/**
 * Nothing is begun while the engine closes. What was asked before is answered as far as it can be; what it used may be
 * gone by then, which is nobody's fault.
 */
function withClosing(engine: Engine, isClosing: () => boolean): Engine {
  return wrapped(engine, async (call) => {
    if (isClosing()) throw engineClosed();
    try {
      return await call();
    } catch (error) {
      throw isClosing() && !(error instanceof UserError) ? engineClosed(error) : error;
    }
  });
}

/** SQLite's errors can come from anywhere; here each becomes the sentence that says what to do. */
function withDatabaseSentences(engine: Engine, resources: EngineResources): Engine {
  const path = cataloguePath(resources.dataFolder);
  return wrapped(engine, async (call) => {
    try {
      return await call();
    } catch (error) {
      const sentence = classify(error, path);
      throw (sentence?.code === 'catalogue-unwritable' && resources.whyReadOnly) || (sentence ?? error);
    }
  });
}

function wrapped(engine: Engine, around: (call: () => Promise<unknown>) => Promise<unknown>): Engine {
  const calls = Object.entries(engine).map(([name, call]) => [name, (input: never) => around(() => call(input))]);
  return Object.fromEntries(calls) as Engine;
}
