/** A long list that the engine gives in parts: a part comes when one of its rows is looked at. */
import type { Notices } from '../stores/notices.svelte.ts';

const PAGE = 100;

export class PagedList<Row> {
  readonly length: number;
  readonly #fetch: (offset: number, limit: number) => Promise<Row[]>;
  readonly #notices: Notices;
  readonly #pages = new Map<number, readonly Row[]>();
  readonly #underWay = new Set<number>();
  #version = $state(0);

  /** @param length rows there are in all */
  constructor(length: number, notices: Notices, fetch: (offset: number, limit: number) => Promise<Row[]>) {
    this.length = length;
    this.#notices = notices;
    this.#fetch = fetch;
  }

  /** null until it has come; reading it in a component asks for it and redraws when it is there. */
  at(position: number): Row | null {
    const page = Math.floor(position / PAGE);
    const rows = this.#version >= 0 ? this.#pages.get(page) : undefined;
    if (rows !== undefined) return rows[position % PAGE] ?? null;
    if (position >= 0 && position < this.length && !this.#underWay.has(page)) {
      this.#underWay.add(page);
      // Not while a component is being drawn: asking changes what others draw.
      setTimeout(() => void this.#bring(page), 0);
    }
    return null;
  }

  async #bring(page: number): Promise<void> {
    const rows = await this.#notices.attempt(
      () => this.#fetch(page * PAGE, PAGE),
      () => void this.#bring(page),
    );
    if (rows === null) return; // stays under way: drawing again would only ask again
    this.#pages.set(page, rows);
    this.#underWay.delete(page);
    this.#version++;
  }
}
