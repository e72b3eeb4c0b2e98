/**
 * What is odd about signals, and loudness range. NULL until a file is analysed for it. What few files have gets an index of
 * those alone, which counts them without a look at the others; it covers what decides whether a file is listed.
 */
import type { Database } from 'better-sqlite3';

/** As queries/issues.ts has them, word for word. */
const FEW: Readonly<Record<string, readonly [which: string, columns?: string]>> = {
  clipped: ['clipped_samples > 0', 'clipped_samples'],
  dead: ['dead_channels > 0', 'dead_channels'],
  mono: ['channels = 2 AND stereo_width < 0.001', 'channels, stereo_width'],
  cut_off: ['cutoff_hz > 0', 'cutoff_hz'],
  offset: ['abs(dc_offset) >= 1', 'dc_offset'],
  silent: ['(peak_db IS NULL OR peak_db <= -90)', 'peak_db'],
  partial: [`instr(warnings, '"code":"partial"') > 0`],
  mislabelled: [`instr(warnings, '"code":"wrong-extension"') > 0`],
};
const LISTED = 'root_id, state, offline, duration_s, format';

export function up(db: Database): void {
  db.exec(`
    ALTER TABLE file ADD COLUMN loudness_range REAL;    -- LU, EBU Tech 3342
    ALTER TABLE file ADD COLUMN true_peak_db REAL;      -- dBTP, ITU-R BS.1770-4
    ALTER TABLE file ADD COLUMN dc_offset REAL;         -- % of full scale, of the channel that is farthest off
    ALTER TABLE file ADD COLUMN stereo_width REAL;      -- % of the power that is in the difference of two channels
    ALTER TABLE file ADD COLUMN correlation REAL;       -- of two channels, -1..1
    ALTER TABLE file ADD COLUMN dead_channels INTEGER;
    ALTER TABLE file ADD COLUMN silent_head_s REAL;
    ALTER TABLE file ADD COLUMN silent_tail_s REAL;
    ALTER TABLE file ADD COLUMN bandwidth_hz INTEGER;   -- highest frequency with energy
    ALTER TABLE file ADD COLUMN cutoff_hz INTEGER;      -- where a lossless file ends as if cut off; 0: it does not
  `);
  for (const [order, column] of [['width', 'stereo_width'], ['head', 'silent_head_s'], ['tail', 'silent_tail_s'], ['bandwidth', 'bandwidth_hz']]) {
    db.exec(`CREATE INDEX file_by_${order} ON file (${column}, root_id, state, duration_s) WHERE duration_s IS NOT NULL`);
  } // prettier-ignore
  // Copies are counted from it without a look at their rows.
  db.exec(`CREATE INDEX file_by_sound ON file (content_id, ${LISTED}) WHERE content_id IS NOT NULL`);
  for (const [name, [which, columns]] of Object.entries(FEW)) {
    // The planner looks for what is asked in the index as well, else in the row.
    const all = columns === undefined ? LISTED : `${LISTED}, ${columns}`;
    db.exec(`CREATE INDEX file_${name} ON file (${all}) WHERE ${which}`);
  }
}
