/** What is looked for, and the files found: an answer to words and sounds, or the library when nothing is asked. */
import type { Client } from '../../shared/contract.ts';
import type { FileList, FileRow } from '../../shared/calls/files.ts';
import { UserError } from '../../shared/errors.ts';
import { hasReference } from '../../shared/query/references.ts';
import { tokens } from '../../shared/query/tokens.ts';
import type { SearchHit, SearchQuery } from '../../shared/types.ts';
import type { Answer, GivenSounds } from '../query/answer.ts';
import { arrange, type Order } from '../query/order.ts';
import { withoutUnfinishedFilters } from '../query/chips.ts';
import { asQuery, NO_SOUNDS, soundsOf, type LikeSound, type Sounds } from '../query/like-sound.ts';
import { shownSearch, type ListInUse } from '../query/shown-search.ts';
import { counted } from '../words/units.ts';
import { sentenceOf } from './notices.svelte.ts';

export type { Answer, GivenSounds, LikeSound, Sounds };

/**
 * How long typing must have stopped before it is searched: about as long as an answer takes at the moment. Where one
 * takes 15 ms there is no use in waiting for 80; on a slower machine the next key would make it useless.
 */
const TYPING_PAUSE_MS = { least: 12, most: 60 };
/** A question is not asked before the one under way is answered, unless that takes longer than this. */
const PATIENCE_MS = 150;
/** What is wrong with half a word is no news while it is being typed: it is said when typing has stopped for so long. */
const HINT_AFTER_MS = 700;
/** Only then does anything move on the screen: most answers are there before. */
const SLOW_AFTER_MS = 300;
/** Hits under the cut are not sent, so a list this long is rare; `file.rows` takes a thousand at once. */
export const MOST_HITS = 500;

/** What is wrong with the question, not with answering it. */
const HINTS: readonly string[] = ['bad-input', 'nothing-indexed', 'not-found'];
const NO_HITS: Pick<Answer, 'hits' | 'groups'> = { hits: new Map(), groups: new Map() };

/** What was opened by its name: a list, or a saved search. */
interface Opened {
  /** As it stands after "Back to". */
  name: string;
  text: string;
  sounds: Sounds;
  given: GivenSounds | null;
}

/** What an answer answers. Its order is another matter: that is the same answer, arranged otherwise. */
interface Question {
  query: string;
  sounds: Sounds;
  given: GivenSounds | null;
}

export class Search {
  readonly #client: Client;
  readonly #isGrouped: () => boolean;
  readonly #onAnswer: (anew: boolean) => void;
  #text = $state('');
  #sounds = $state.raw<Sounds>(NO_SOUNDS);
  #given = $state.raw<GivenSounds | null>(null);
  #order = $state.raw<Order>({ by: 'relevance', descending: false });
  #answer = $state.raw<Answer | null>(null);
  /** What was answered last, or failed last. */
  #settled: Question | null = null;
  #answerNumber = $state(0);
  /** What the answer answers. */
  #answered = $state.raw<Question | null>(null);
  /** Why the words cannot be understood as they stand. */
  #hint = $state<string | null>(null);
  /** The answer shown is to the question before: this one was refused, and is not asked otherwise yet. */
  #refused = $state(false);
  /** Why there is no answer to what is asked, or none that is up to date. */
  #failure = $state<string | null>(null);
  #slow = $state(false);
  /** Opened last, and perhaps left since. */
  #opened = $state.raw<Opened | null>(null);
  #typedMs = -Infinity;
  #hintSoon: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  /** `answered` resolves when the question under way is; null when there is none. */
  #underWay: { question: Question; answered: Promise<unknown> } | null = null;
  /** ms that the last answer to a search took; of the first nothing is known. */
  #lastTook = 20;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param isGrouped asked at each question whether copies and variants are one result
   * @param onAnswer called for every answer shown, with whether it is to another query than the one before: the
   *   same question is asked again when the library changes
   */
  constructor(client: Client, isGrouped: () => boolean, onAnswer: (anew: boolean) => void) {
    this.#isGrouped = isGrouped;
    this.#client = client;
    this.#onAnswer = onAnswer;
  }

  get text(): string {
    return this.#text;
  }
  get sounds(): Sounds {
    return this.#sounds;
  }
  /** The first of the sounds to resemble. */
  get like(): LikeSound | null {
    return this.#sounds.like[0] ?? null;
  }
  /** What is looked for is looked for in a list of the engine's, and takes the place of any other. */
  get given(): GivenSounds | null {
    return this.#given;
  }
  /** The library has no relevance: by name then. */
  get order(): Order {
    if (this.#order.by === 'relevance' && !this.isAsking) return { by: 'name', descending: false };
    return this.#order;
  }
  /** The one that was chosen: it holds for what is looked for next. */
  get chosenOrder(): Order {
    return this.#order;
  }
  get answer(): Answer | null {
    return this.#answer;
  }
  get hint(): string | null {
    return this.#hint;
  }
  get refused(): boolean {
    return this.#refused;
  }
  /** A sentence; {@link ask} tries again. */
  get failure(): string | null {
    return this.#failure;
  }
  /** Another one for the answer to another question; the same while the same question is answered anew. */
  get answerNumber(): number {
    return this.#answerNumber;
  }
  /** The words that the answer is to, where they are not those of the question as it stands. */
  get answeredText(): string | null {
    const answered = this.#answered;
    return answered === null || isSame(answered, this.#question) ? null : (this.#answer?.query.text ?? '');
  }
  /** An answer takes so long that it should be said. */
  get slow(): boolean {
    return this.#slow;
  }
  /** Something is looked for; otherwise the whole library is shown. */
  get isAsking(): boolean {
    return withoutUnfinishedFilters(this.#text) !== '' || this.#sounds.like.length > 0;
  }
  /** Name of the collection that the text looks in, as it stands there; null: none. */
  get collectionName(): string | null {
    return tokens(this.#text).findLast(({ kind, key }) => kind === 'filter' && key === 'col')?.value ?? null;
  }
  /** As it would be saved. */
  get query(): SearchQuery {
    const text = withoutUnfinishedFilters(this.#text);
    const list = this.#list;
    return {
      ...(text !== '' && { text }),
      ...asQuery(this.#sounds),
      ...(list !== null && { filters: { ...list, includeOffline: true } }),
    };
  }

  /** What was opened by its name and does not stand there any more, by a stray key perhaps; null when it does. */
  get left(): string | null {
    const opened = this.#opened;
    if (opened === null) return null;
    const isThere = opened.given === null ? opened.text === this.#text && opened.sounds === this.#sounds : opened.given === this.#given; // prettier-ignore
    return isThere ? null : opened.name;
  }

  /** Opens again what was left. */
  goBack(): void {
    if (this.#opened === null) return;
    const { text, sounds, given } = this.#opened;
    this.#text = text;
    this.#sounds = sounds;
    this.#given = given;
    void this.ask();
  }

  type(text: string): void {
    this.#text = text;
    this.#typedMs = performance.now();
    clearTimeout(this.#hintSoon);
    if (this.#list === null) this.#given = null;
    clearTimeout(this.#pause);
    const { least, most } = TYPING_PAUSE_MS;
    this.#pause = setTimeout(() => void this.ask(), Math.min(most, Math.max(least, this.#lastTook)));
  }

  /** Searches by sounds; the words stay, and then it is both that count. */
  bySounds(sounds: Sounds): void {
    this.#sounds = sounds;
    if (this.#list === null) this.#given = null;
    void this.ask();
  }

  sortBy(order: Order): void {
    this.#order = order;
    void this.ask();
  }

  /** A list of files instead of an answer. null: the whole library again, with what is looked for in it. */
  give(given: GivenSounds | null): void {
    if (given !== null) {
      this.#text = '';
      this.#sounds = NO_SOUNDS;
    }
    this.#given = given;
    if (given !== null) {
      const name = 'of' in given ? given.from : `${counted(given.fileIds.length, 'file')} from ${given.from}`;
      this.#opened = { name, text: '', sounds: NO_SOUNDS, given };
    }
    void this.ask();
  }

  /**
   * @param from the list that the query looks in, see {@link GivenSounds}
   * @param name of a saved search
   */
  open(query: SearchQuery, from = 'a collection', name: string | null = null): void {
    const { text, list } = shownSearch(query);
    this.#given = list === null ? null : { of: list, from };
    this.#text = text;
    this.#sounds = soundsOf(query);
    if (name !== null) this.#opened = { name: `“${name}”`, text: this.#text, sounds: this.#sounds, given: this.#given };
    void this.ask();
  }

  /** Shows a search again as it was. @param from as for {@link open} @param given a list from elsewhere that was shown */
  restore(query: SearchQuery, order: Order, from: string, given: GivenSounds | null): void {
    this.#order = order;
    if (given === null) this.open(query, from);
    else this.give(given);
  }

  /**
   * Does something with what was found: at once, or as soon as what is asked is answered. Whoever types and goes on to the
   * results at once does not mean those of the question before.
   */
  onceAnswered(act: () => void): void {
    const wanted = this.#question;
    const isSettled = () => this.#settled !== null && isSame(this.#settled, wanted);
    if (isSettled()) {
      act();
      return;
    }
    const isAsked = this.#underWay !== null && isSame(this.#underWay.question, wanted);
    const answered = isAsked ? this.#underWay!.answered : this.ask();
    void answered.then(() => {
      if (isSettled()) act();
    });
  }

  /** Asks now. An answer that has been overtaken by a later question is dropped; the old one stays until then. */
  async ask(): Promise<void> {
    clearTimeout(this.#pause);
    const mine = ++this.#asked;
    if (this.#underWay !== null) {
      await Promise.race([this.#underWay.answered, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      if (mine !== this.#asked) return;
    }
    const answered = Promise.withResolvers<null>();
    const question = this.#question;
    const underWay = { question, answered: answered.promise };
    this.#underWay = underWay;
    const began = performance.now();
    const slow = setTimeout(() => {
      if (mine === this.#asked) this.#slow = true;
    }, SLOW_AFTER_MS);
    try {
      const answer = this.isAsking ? await this.#find() : await this.#browse();
      if (answer.kind === 'found') this.#lastTook = performance.now() - began;
      if (mine !== this.#asked) return;
      this.#hintNow(null);
      this.#refused = false;
      this.#failure = null;
      this.#show(answer, question);
    } catch (error) {
      if (mine === this.#asked) this.#failed(error, question);
    } finally {
      if (mine === this.#asked) this.#settled = question;
      clearTimeout(slow);
      if (mine === this.#asked) this.#slow = false;
      if (this.#underWay === underWay) this.#underWay = null;
      answered.resolve(null);
    }
  }

  get #question(): Question {
    return { query: JSON.stringify(this.query), sounds: this.#sounds, given: this.#given };
  }

  #show(answer: Answer | null, question: Question): void {
    const anew = this.#answered === null || !isSame(this.#answered, question);
    if (anew) this.#answerNumber++;
    this.#answered = question;
    this.#answer = answer;
    this.#onAnswer(anew);
  }

  /** What was found before is no answer to other words, and is not shown as if it were one. */
  #failed(error: unknown, question: Question): void {
    // Half a filter is no failure: it is said beside the field, and so is what the old answer is to.
    const sameSound = question.sounds === (this.#answered?.sounds ?? NO_SOUNDS);
    if (error instanceof UserError && HINTS.includes(error.code) && sameSound) {
      const { userMessage } = error;
      this.#refused = true;
      const untilMs = this.#typedMs + HINT_AFTER_MS - performance.now();
      clearTimeout(this.#hintSoon);
      this.#hintSoon = setTimeout(() => this.#hintNow(userMessage), untilMs);
      return;
    }
    this.#hintNow(null);
    this.#refused = false;
    this.#failure = sentenceOf(error);
    if (this.#answered === null || !isSame(this.#answered, question)) this.#show(null, question);
  }

  #hintNow(hint: string | null): void {
    clearTimeout(this.#hintSoon);
    this.#hint = hint;
  }

  async #find(): Promise<Answer> {
    const { query } = this;
    const found = await this.#client.call('search.query', { ...query, limit: MOST_HITS, grouped: this.#isGrouped() });
    const { hits, notices } = found;
    const byFilterAlone = found.query.text === undefined && !hasReference(found.query);
    const rows = await this.#rowsToSortBy(hits);
    const sorted = arrange(hits, rows, this.#order);
    // Filters alone show a part of the library, all of it: folders and collections are looked through.
    const isPart = byFilterAlone && hits.length === MOST_HITS;
    const all = isPart ? await this.#listed({ filters: found.query.filters ?? {} }, this.#order) : null;
    const maybe =
      this.#order.by === 'relevance' && !byFilterAlone ? sorted.findIndex(({ band }) => isUnsure(band)) : -1;
    return {
      kind: 'found',
      byFilterAlone,
      query,
      ids: all ?? sorted.map(({ fileId }) => fileId),
      hits: new Map(sorted.flatMap((hit) => [hit, ...(hit.group?.others ?? [])]).map((hit) => [hit.fileId, hit])),
      groups: new Map((all === null ? sorted : []).flatMap(({ fileId, group }) => (group ? [[fileId, group]] : []))),
      maybeFrom: maybe === -1 ? null : maybe,
      notices,
    };
  }

  /** Hits carry their duration and path; by anything else they are sorted with the help of their rows. */
  async #rowsToSortBy(hits: SearchHit[]): Promise<ReadonlyMap<number, FileRow>> {
    if (['relevance', 'name', 'folder', 'duration'].includes(this.#order.by)) return new Map();
    const rows = await this.#client.call(
      'file.rows',
      hits.map(({ fileId }) => fileId),
    );
    return new Map(rows.map((row) => [row.fileId, row]));
  }

  async #browse(): Promise<Answer> {
    const given = this.#given;
    const ids = await this.#listed(this.#list ?? {}, this.order);
    const nothing = { byFilterAlone: false, query: {}, ...NO_HITS, maybeFrom: null, notices: [] };
    if (given === null) return { kind: 'library', ids, ...nothing };
    const wanted = 'fileIds' in given ? new Set(given.fileIds) : null;
    const own = wanted === null ? ids : ids.filter((id) => wanted.has(id));
    return { kind: 'given', ids: own, ...nothing };
  }

  /** What is in no order of its own is by folder, as a search by filters alone gives it. */
  #listed(of: FileList, { by, descending }: Order): Promise<number[]> {
    return this.#client.call('file.list', { of, order: by === 'relevance' ? 'folder' : by, descending });
  }

  get #list(): ListInUse | null {
    return this.#given !== null && 'of' in this.#given ? this.#given.of : null;
  }
}

function isSame(one: Question, other: Question): boolean {
  if (one.query !== other.query) return false;
  const [a, b] = [one.given, other.given];
  if (a === null || b === null) return a === b;
  // A list of the engine's that is opened again is the same one, by whatever name.
  return a === b || ('of' in a && 'of' in b && JSON.stringify(a.of) === JSON.stringify(b.of));
}

function isUnsure(band: SearchHit['band']): boolean {
  return band === 'maybe' || band === 'unlikely';
}
