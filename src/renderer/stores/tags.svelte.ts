/** What the whole window knows of tags: how many suggestions to review, the threshold, and decisions, which can be taken back. */
import type { BulkForecast, Decision, FileTag, TagRow, TagScope } from '../../shared/calls/tags.ts';
import type { Client } from '../../shared/contract.ts';
import { counted } from '../words/units.ts';
import { FileTags } from './file-tags.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { inOldOrder } from './old-order.ts';
import { perApp } from './per-app.ts';
import type { Undo } from './undo.svelte.ts';

interface TagDeps {
  client: Client;
  notices: Notices;
  undo: Undo;
}

const THRESHOLD_KEY = 'earmark.tags.threshold';
export const DEFAULT_THRESHOLD = 0.5;
/** Beside a file more is shown than in the review: there is nothing to get through. */
export const DETAIL_FLOOR = 0.2;
/** Changes come in bursts; counts follow this much later at most, ms. */
const REFRESH_MS = 400;

export const tagsOf = perApp((app) => new Tags(app));

export class Tags {
  readonly ofFiles: FileTags;
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #undo: Undo;
  readonly #listeners = new Set<() => void>();
  #rows = $state.raw<readonly TagRow[] | null>(null);
  /** Of the rows: their order holds for it. null: the next ones come in an order of their own. */
  #orderedFor: number | null = null;
  #toReview = $state(0);
  #threshold = $state(storedThreshold());
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  /** Decisions the engine has not confirmed yet: lists that are asked for meanwhile may be older than the screen. */
  #underWay = $state(0);

  constructor({ client, notices, undo }: TagDeps) {
    this.#client = client;
    this.#notices = notices;
    this.#undo = undo;
    this.ofFiles = new FileTags(client, notices);
    client.on('tag.changed', () => this.#changed());
    client.on('job.progress', ({ kind, state }) => {
      if (kind === 'index' && state === 'done') this.#changed();
    });
  }

  /**
   * Every tag with suggestions or decisions, most suggestions at the threshold first; null before the first answer. Decisions
   * do not move them: somebody is working through them.
   */
  get rows(): readonly TagRow[] | null {
    return this.#rows;
  }
  /** Suggestions to review above the fixed threshold, whatever the review shows at the moment. */
  get toReview(): number {
    return this.#toReview;
  }
  /** 0..1: suggestions below it are not shown in the review. */
  get threshold(): number {
    return this.#threshold;
  }
  get deciding(): boolean {
    return this.#underWay > 0;
  }

  setThreshold(probability: number): void {
    this.#threshold = probability;
    localStorage.setItem(THRESHOLD_KEY, String(probability));
    this.#soon();
  }

  /** @param listener called when suggestions or decisions have changed @returns to unsubscribe */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sorts by number of suggestions again. */
  async reorder(): Promise<void> {
    this.#orderedFor = null;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const mine = ++this.#asked;
    const minProbability = this.#threshold;
    const found = await this.#notices.attempt(() =>
      Promise.all([
        this.#client.call('tag.list', { minProbability }),
        this.#client.call('tag.forecast', { minProbability: DEFAULT_THRESHOLD }),
      ]),
    );
    if (mine !== this.#asked || found === null) return;
    const [rows, { suggestions }] = found;
    this.#toReview = suggestions;
    const keep = this.#orderedFor === minProbability;
    this.#rows = keep ? inOldOrder(this.#rows ?? [], rows, ({ tagId }) => tagId) : rows;
    this.#orderedFor = minProbability;
  }

  /** Suggestions to review of a file, most probable first; null while they are loading. */
  suggestionsOf(fileId: number, minProbability: number): readonly FileTag[] | null {
    const tags = this.ofFiles.of(fileId);
    return (
      tags?.filter(({ state, probability }) => state === 'suggested' && (probability ?? 0) >= minProbability) ?? null
    );
  }

  /**
   * @param name for the undo: `accept “rain”`
   * @returns whether the engine has taken them
   */
  async decide(decisions: Decision[], name: string): Promise<boolean> {
    if (decisions.length === 0) return true;
    for (const [tagId, some] of Map.groupBy(decisions, (decision) => decision.tagId))
      for (const [accepted, same] of Map.groupBy(some, (decision) => decision.accepted))
        this.ofFiles.patch(
          same.map(({ fileId }) => fileId),
          tagId,
          accepted === null ? 'suggested' : accepted ? 'accepted' : 'rejected',
        );
    return (await this.#decided(() => this.#client.call('tag.decide', { decisions }), name)) !== null;
  }

  /** Accepts every suggestion of a scope. @param name for the undo @returns what it amounted to; null if it failed */
  async acceptAll(scope: TagScope, name: string): Promise<BulkForecast | null> {
    const done = await this.#decided(() => this.#client.call('tag.acceptAll', scope), name);
    if (done === null) return null;
    const { forecast, undo } = done;
    this.#notices.say(`${counted(forecast.suggestions, 'suggestion')} accepted.`, {
      name: 'Undo',
      run: () => void this.#notices.attempt(undo),
    });
    return forecast;
  }

  /** @returns the answer, with what takes it back, once; null if it failed */
  async #decided<Answer extends { stepId: number }>(call: () => Promise<Answer>, name: string) {
    this.#underWay++;
    const answered = this.#notices.attempt(call).then((answer) => {
      this.#underWay--;
      this.#changed();
      return answer === null ? null : { ...answer, name, undo: this.#takingBack(answer.stepId) };
    });
    this.#undo.did(answered);
    return answered;
  }

  #takingBack(stepId: number): () => Promise<void> {
    let back = false;
    return async () => {
      if (back) return; // by the notice, and then by the key
      await this.#client.call('tag.undo', { stepId });
      back = true;
      this.#changed();
    };
  }

  #changed(): void {
    this.ofFiles.stale();
    this.#soon();
    for (const listener of this.#listeners) listener();
  }

  /** While changes keep coming the first timer still fires: a refresh is late, never starved. */
  #soon(): void {
    this.#timer ??= setTimeout(() => void this.refresh(), REFRESH_MS);
  }
}

function storedThreshold(): number {
  const stored = Number(localStorage.getItem(THRESHOLD_KEY) ?? DEFAULT_THRESHOLD);
  return stored > 0 && stored < 1 ? stored : DEFAULT_THRESHOLD;
}
