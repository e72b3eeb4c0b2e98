/** Pieces on their way into a folder: what can be exported now, the choices made last, and the job. */
import { DEFAULT_NAME, PIECE_FORMATS, type CutProgress, type CutRequest, type CutSummary, type ListFormat, type PieceFormat, type PieceRange } from '../../shared/calls/cut.ts'; // prettier-ignore
import type { OutputToken } from '../../shared/calls/outputs.ts';
import type { Client } from '../../shared/contract.ts';
import { waitForJob } from '../../shared/jobs.ts';
import type { JobId } from '../../shared/types.ts';
import { recorderOf } from '../recording/recorder.svelte.ts';
import type { App } from './app.svelte.ts';

/** The range selected in the player; the matches of the selected results; every match of the search; what was recorded to search by. */
export type Scope = 'selection' | 'matches' | 'all' | 'recording';

/** How pieces are written, kept from one export to the next. */
export interface PieceChoices {
  /** Absolute; '' before the first one. */
  folder: string;
  name: string;
  format: PieceFormat;
}

const CHOICES_KEY = 'earmark.pieces';

export function lastChoices(): PieceChoices {
  const fallback: PieceChoices = { folder: '', name: DEFAULT_NAME, format: 'wav' };
  try {
    const kept = JSON.parse(localStorage.getItem(CHOICES_KEY) ?? '{}') as Partial<Record<keyof PieceChoices, unknown>>;
    return {
      folder: typeof kept.folder === 'string' ? kept.folder : fallback.folder,
      name: typeof kept.name === 'string' && kept.name !== '' ? kept.name : fallback.name,
      format: PIECE_FORMATS.find((format) => format === kept.format) ?? fallback.format,
    };
  } catch {
    return fallback; // written by something else
  }
}

export function keepChoices(choices: PieceChoices): void {
  localStorage.setItem(CHOICES_KEY, JSON.stringify(choices));
}

/** The range selected in the player, as a piece. */
export function selectedRange(app: App): PieceRange[] {
  const { range, span } = app.timeSelection;
  const path = range === null ? null : app.pathOf(range.fileId);
  return span === null || path === null ? [] : [{ path, ...span }];
}

/** Of the selected results each match, in the order of the list. */
export function selectedMatches(app: App): PieceRange[] {
  return app.selection.fileIds.flatMap((fileId) => {
    const [match, path] = [app.hitOf(fileId), app.pathOf(fileId)];
    return match === null || path === null ? [] : [{ path, startSeconds: match.startSeconds, endSeconds: match.endSeconds }]; // prettier-ignore
  });
}

/** Recordings among the files that are searched by, whole. */
export function recordings(app: App): PieceRange[] {
  return app.search.sounds.like.flatMap(({ path }) => {
    const endSeconds = recorderOf(app).recordedSeconds(path);
    return endSeconds === null ? [] : [{ path, startSeconds: 0, endSeconds }];
  });
}

/** Whether places were looked for, and not files alone. */
export function hasMatches({ screen, search: { answer, isAsking } }: App): boolean {
  return screen === 'search' && isAsking && answer !== null && !answer.byFilterAlone && answer.hits.size > 0;
}

export function scopesNow(app: App): Scope[] {
  return [
    ...(selectedRange(app).length > 0 ? (['selection'] as const) : []),
    ...(selectedMatches(app).length > 0 ? (['matches'] as const) : []),
    ...(hasMatches(app) ? (['all'] as const) : []),
  ];
}

/** Of what is exported by places. */
export function piecesOf(app: App, scope: Scope): PieceRange[] {
  if (scope === 'recording') return recordings(app);
  return scope === 'selection' ? selectedRange(app) : scope === 'matches' ? selectedMatches(app) : [];
}

export function requestOf(app: App, scope: Scope): CutRequest['from'] {
  if (scope === 'all') return { query: app.search.query, folders: [], paddingSeconds: 0 };
  return { pieces: piecesOf(app, scope) };
}

export class Exporting {
  readonly #client: Client;
  #progress = $state.raw<CutProgress | null>(null);
  #job: JobId | null = null;

  constructor(client: Client) {
    this.#client = client;
    client.on('job.progress', (progress) => {
      if (progress.kind === 'cut' && progress.id === this.#job) this.#progress = progress;
    });
  }

  /** null while nothing is exported from this window. */
  get progress(): CutProgress | null {
    return this.#progress;
  }

  /** @throws UserError as the call and its job do */
  run(from: CutRequest['from'], output: OutputToken, { name, format }: PieceChoices): Promise<CutSummary> {
    return this.#run(() => this.#client.call('cut.start', { from, output, name, format }));
  }

  /** The same places as a list. @throws UserError as the call and its job do */
  list(from: CutRequest['from'], output: OutputToken, format: ListFormat): Promise<CutSummary> {
    return this.#run(() => this.#client.call('cut.list', { from, output, format }));
  }

  async #run(start: () => Promise<JobId>): Promise<CutSummary> {
    this.#progress = { stage: 'finding', done: 0, total: null, failed: 0, currentPath: null };
    try {
      this.#job = await start();
      return await waitForJob(this.#client, this.#job, 'cut');
    } finally {
      this.#job = null;
      this.#progress = null;
    }
  }

  /** Pieces so far are kept. */
  async stop(): Promise<void> {
    if (this.#job !== null) await this.#client.call('job.cancel', this.#job);
  }
}
