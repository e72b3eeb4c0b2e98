/** Keeps the k best of many: a binary heap whose root is the worst of those kept. */

export class TopK {
  readonly #k: number;
  readonly #rows: number[] = [];
  readonly #scores: number[] = [];

  constructor(k: number) {
    this.#k = k;
  }

  /** A score that is NaN is never kept. Of equal scores the smaller row is the better one, so that answers repeat. */
  offer(row: number, score: number): void {
    const { length } = this.#rows;
    if (length < this.#k) {
      if (Number.isNaN(score)) return;
      this.#rows.push(row);
      this.#scores.push(score);
      this.#up(length);
    } else if (length > 0 && (score > this.#scores[0]! || (score === this.#scores[0] && row < this.#rows[0]!))) {
      this.#rows[0] = row;
      this.#scores[0] = score;
      this.#down();
    }
  }

  /** Best first. */
  sorted(): { row: number; score: number }[] {
    return this.#rows
      .map((row, i) => ({ row, score: this.#scores[i]! }))
      .sort((a, b) => b.score - a.score || a.row - b.row);
  }

  #worse(i: number, j: number): boolean {
    const difference = this.#scores[i]! - this.#scores[j]!;
    return difference < 0 || (difference === 0 && this.#rows[i]! > this.#rows[j]!);
  }

  #swap(i: number, j: number): void {
    [this.#rows[i], this.#rows[j]] = [this.#rows[j]!, this.#rows[i]!];
    [this.#scores[i], this.#scores[j]] = [this.#scores[j]!, this.#scores[i]!];
  }

  #up(from: number): void {
    for (let i = from; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!this.#worse(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #down(): void {
    for (let i = 0; ;) {
      let worst = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < this.#rows.length && this.#worse(child, worst)) worst = child;
      if (worst === i) return;
      this.#swap(i, worst);
      i = worst;
    }
  }
}
