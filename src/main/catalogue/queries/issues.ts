/** Issues as SQL. */
import type { CopyKind } from '../../../shared/query/filters.ts';
import type { Issue } from '../../../shared/query/issues.ts';
import { NEAR_CONTENTS } from '../stores/near-duplicates.ts';
import { ROOT_IN_USE } from './listed.ts';
import { joined, type Condition } from './condition.ts';

/** Fields of native tags that say what a file is; a tempo or a date does not. */
const DESCRIBING = ['title', 'artist', 'album', 'genre', 'mood', 'comment', 'description', 'keywords', 'category'];

/** Word for word what the index is over (0017-signal.ts): the planner does not find it, and is told. */
export const INDEXED_ISSUES = {
  clipped: ['file_clipped', 'clipped_samples > 0'],
  silent: ['file_silent', '(peak_db IS NULL OR peak_db <= -90)'],
  partial: ['file_partial', `instr(warnings, '"code":"partial"') > 0`],
  mislabelled: ['file_mislabelled', `instr(warnings, '"code":"wrong-extension"') > 0`],
  'dead-channel': ['file_dead', 'dead_channels > 0'],
  'mono-as-stereo': ['file_mono', 'channels = 2 AND stereo_width < 0.001'],
  upsampled: ['file_cut_off', 'cutoff_hz > 0'],
  'dc-offset': ['file_offset', 'abs(dc_offset) >= 1'],
} as const;

/** Not told from one index over figures. */
const OTHERS = {
  duplicate: `file.content_id IN (SELECT content_id FROM file INDEXED BY file_by_sound WHERE content_id IS NOT NULL AND state = 'ready' AND ${ROOT_IN_USE}
                                   GROUP BY content_id HAVING count(*) > 1)`,
  'near-duplicate': `file.content_id IN (${NEAR_CONTENTS})`,
  untagged: `(NOT EXISTS (SELECT 1 FROM file_tag WHERE file_tag.file_id = file.id AND field IN ('${DESCRIBING.join("', '")}'))
              AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.file_id = file.id AND accepted = 1))`,
};

function sqlOf(issue: Issue): string {
  if (issue === 'duplicate' || issue === 'near-duplicate' || issue === 'untagged') return OTHERS[issue];
  const [index, where] = INDEXED_ISSUES[issue];
  return `file.id IN (SELECT id FROM file INDEXED BY ${index} WHERE ${where})`;
}

const COPIES: Record<'exact' | 'near', string> = { exact: OTHERS.duplicate, near: OTHERS['near-duplicate'] };
const ANY_COPIES = `(${COPIES.exact} OR ${COPIES.near})`;

/** Files with copies of a kind, or of none. */
export function copiesCondition(copies: CopyKind): Condition {
  const sql = copies === 'any' ? ANY_COPIES : copies === 'none' ? `(file.content_id IS NULL OR NOT ${ANY_COPIES})` : COPIES[copies]; // prettier-ignore
  return { sql, parameters: [] };
}

/** @returns null for no issues: nothing is taken away */
export function issueCondition(issues: readonly Issue[]): Condition | null {
  if (issues.length === 0) return null;
  return joined(
    issues.map((issue) => ({ sql: sqlOf(issue), parameters: [] })),
    'OR',
  );
}
