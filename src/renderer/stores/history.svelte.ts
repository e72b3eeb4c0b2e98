/**
 * Back and forward through screens and searches: the browser's own history, in which each search is a step with an
 * address. What is typed on is no step of its own until something was done with its results.
 */
import { addressOf, placeOf, type Asked } from '../query/address.ts';
import { continues } from '../query/recent.ts';
import type { RecentSearches } from './recent-searches.svelte.ts';
import type { Screen } from './screens.ts';
import type { GivenSounds, Search } from './search.svelte.ts';

/** What the browser keeps with each step. */
interface Step {
  /** How many steps are before it. */
  number: number;
  asked: Asked;
  /** Which list of files was given, see `#givens`; null: none. */
  given: number | null;
}

export interface HistoryDeps {
  search: Search;
  recent: RecentSearches;
  screen: () => Screen;
  /** An address was gone to. */
  arrive: (screen: Screen) => void;
  /** The list that a query looks in, by name. */
  listName: (query: Asked['query']) => string;
}

export class SearchHistory {
  readonly #deps: HistoryDeps;
  /** What the address said, or what was there before a reload. */
  readonly #first: Asked | null;
  #number = $state(0);
  #last = $state(0);
  #current: Asked | null = null;
  #currentGiven: number | null = null;
  /** Something was done with what was found: what is typed on is another search. */
  #used = false;
  /** Lists from elsewhere have no address; they are there as long as the page is. */
  readonly #givens: GivenSounds[] = [];

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
    const place = placeOf(window.location.hash);
    if (place !== null) deps.arrive(place.screen);
    const step = this.#stepHere();
    this.#first = step?.asked ?? place?.asked ?? null;
    this.#number = this.#last = step?.number ?? 0;
    window.addEventListener('popstate', () => this.#moved());
    window.addEventListener('hashchange', () => this.#moved());
  }

  get canGoBack(): boolean {
    return this.#number > 0;
  }
  get canGoForward(): boolean {
    return this.#number < this.#last;
  }
  back(): void {
    window.history.back();
  }
  forward(): void {
    window.history.forward();
  }

  /** The search to begin with looks in a list, whose name has to be known. */
  get beginsInList(): boolean {
    return this.#first?.query.filters !== undefined;
  }

  /** Shows the search to begin with. @returns false where there is none */
  begin(): boolean {
    this.#current = this.#first;
    if (this.#first === null) return false;
    this.#used = true;
    this.#show(this.#first, null);
    return true;
  }

  /** Another question was answered. */
  answered(): void {
    const { search, recent } = this.#deps;
    const now = this.#asked();
    const given = this.#givenNumber(search.given);
    const before = this.#current;
    if (before !== null && given === this.#currentGiven && isSame(before.query, now.query)) {
      this.#write(now, given, true); // gone back to, or in another order
      return;
    }
    const instead = before === null || (!this.#used && given === this.#currentGiven && continues(before.query, now.query)); // prettier-ignore
    this.#write(now, given, instead);
    recent.note(now.query, instead ? (before?.query ?? null) : null);
  }

  /** The same results in another order: the step stays. */
  reordered(): void {
    const [before, now] = [this.#current, this.#asked()];
    if (before === null || !isSame(before.query, now.query) || isSame(before.order, now.order)) return;
    this.#write(now, this.#currentGiven, true);
  }

  used(): void {
    this.#used = true;
  }

  /** To another screen. */
  goTo(screen: Screen): void {
    if (this.#deps.screen() === screen) return;
    this.#deps.arrive(screen);
    this.#push(this.#current ?? this.#asked(), this.#currentGiven);
  }

  #asked(): Asked {
    const { query, chosenOrder: order, text } = this.#deps.search;
    const typed = text.trim();
    return { query: { ...query, ...(typed !== '' && { text: typed }) }, order };
  }

  #write(asked: Asked, given: number | null, instead: boolean): void {
    if (instead) this.#replace(asked, given);
    else this.#push(asked, given);
    this.#current = asked;
    this.#currentGiven = given;
    if (!instead) this.#used = false;
  }

  #push(asked: Asked, given: number | null): void {
    this.#number++;
    this.#last = this.#number;
    const step: Step = { number: this.#number, asked, given };
    window.history.pushState({ step }, '', addressOf(this.#deps.screen(), asked));
  }
  #replace(asked: Asked, given: number | null): void {
    const step: Step = { number: this.#number, asked, given };
    window.history.replaceState({ step }, '', addressOf(this.#deps.screen(), asked));
  }

  /** By the browser's buttons, by a link, or by an address that was typed. */
  #moved(): void {
    const place = placeOf(window.location.hash);
    if (place === null) return; // a key: the page is about to load anew
    const step = this.#stepHere();
    this.#deps.arrive(place.screen);
    if (step === null) {
      // A new address comes behind the step where it was typed.
      const { asked } = place;
      this.#number++;
      this.#last = this.#number;
      this.#replace(asked ?? this.#current ?? this.#asked(), asked === null ? this.#currentGiven : null);
      if (asked !== null) this.#goTo(asked, null);
    } else if (step.number !== this.#number || this.#current === null) {
      this.#number = step.number;
      this.#goTo(step.asked, step.given);
    }
  }

  #goTo(asked: Asked, given: number | null): void {
    const isThere = this.#current !== null && given === this.#currentGiven && isSame(this.#current, asked);
    this.#current = asked;
    this.#currentGiven = given;
    this.#used = true; // gone back to on purpose: what is typed now is another search
    if (!isThere) this.#show(asked, given);
  }

  #show({ query, order }: Asked, given: number | null): void {
    const { search, listName } = this.#deps;
    const list = given === null ? null : (this.#givens[given] ?? null);
    search.restore(query, order, listName(query), list);
  }

  #stepHere(): Step | null {
    return (window.history.state as { step?: Step } | null)?.step ?? null;
  }

  #givenNumber(given: GivenSounds | null): number | null {
    if (given === null || 'of' in given) return null;
    const known = this.#givens.indexOf(given);
    return known >= 0 ? known : this.#givens.push(given) - 1;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
