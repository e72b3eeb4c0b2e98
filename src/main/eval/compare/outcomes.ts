/** What the figures of an evaluation are means of, kept so that two models can be compared clip by clip. */

/** What is drawn anew when a comparison is resampled. */
export type Units = 'clips' | 'classes';

/**
 * Told each value of which a figure is the mean.
 * @param figure its path within the figures of a variant, "own.textToAudio.recallAt1"
 * @param at place of the clip or class among those given; below 0 for a query that belongs to no clip
 */
export type NoteOutcome = (figure: string, units: Units, at: number, value: number) => void;

/** Values of one unit, which may have several: the captions of a clip. */
export interface UnitValues {
  sum: number;
  count: number;
}

export interface FigureOutcomes {
  figure: string;
  units: Units;
  /** By index of the clip in the data set, or of the class. */
  byUnit: Map<number, UnitValues>;
}

/** Of one model's first way of prompting. */
export class OutcomeLog {
  /** In the order in which the figures are first named. */
  readonly figures = new Map<string, FigureOutcomes>();

  /** @param clips for each place, index of the clip in the data set */
  noting(clips: readonly number[]): NoteOutcome {
    return (figure, units, at, value) => {
      let found = this.figures.get(figure);
      if (!found) this.figures.set(figure, (found = { figure, units, byUnit: new Map() }));
      const unit = units === 'clips' && at >= 0 ? clips[at]! : at;
      const values = found.byUnit.get(unit);
      if (values) {
        values.sum += value;
        values.count++;
      } else found.byUnit.set(unit, { sum: value, count: 1 });
    };
  }
}
