/** What can be wrong with a file that can be used all the same, and the filter that finds it. */
import * as z from 'zod/mini';
import { filter } from './filter.ts';

/** In the order in which they are shown. `meaning` goes on after “files ”. */
export const ISSUES = {
  clipped: { name: 'Clipped', meaning: 'with samples cut off at full scale' },
  silent: { name: 'Silent', meaning: 'without a sample above −90 dBFS' },
  partial: { name: 'Truncated or damaged', meaning: 'of which only a part could be decoded' },
  mislabelled: { name: 'Wrong extension', meaning: 'whose content is not what the extension says' },
  duplicate: { name: 'Duplicates', meaning: 'with the same audio as another file' },
  'near-duplicate': { name: 'Near-duplicates', meaning: 'with the same recording as another file, in another form' },
  'dead-channel': { name: 'Dead channel', meaning: 'with a silent channel beside others' },
  'mono-as-stereo': { name: 'Mono as stereo', meaning: 'with the same sound in both channels' },
  upsampled: { name: 'Upsampled or once lossy', meaning: 'in a lossless format without the highs it has room for' },
  'dc-offset': { name: 'DC offset', meaning: 'whose mean is 1 % of full scale or more off zero' },
  untagged: { name: 'Without tags', meaning: 'without title, keywords, category, genre, description or accepted tags' },
} as const;
export type Issue = keyof typeof ISSUES;
export const ISSUE_NAMES = Object.keys(ISSUES) as Issue[];

/** Values are words of a file's trouble, too. */
const ALIASES: Readonly<Record<string, Issue>> = {
  damaged: 'partial',
  truncated: 'partial',
  duplicates: 'duplicate',
  near: 'near-duplicate',
  'near-duplicates': 'near-duplicate',
  mono: 'mono-as-stereo',
  dead: 'dead-channel',
  dc: 'dc-offset',
};

export const issue = filter({
  name: 'issue',
  help: { example: 'issue:clipped', meaning: `${ISSUE_NAMES.slice(0, -1).join(', ')} or ${ISSUE_NAMES.at(-1)!}` },
  /** A file that has not been analysed for it has none. Several: at least one of them. */
  fields: { issues: z.exactOptional(z.array(z.enum(ISSUE_NAMES))) },
  parse(value) {
    const words = value
      .toLowerCase()
      .split(/[,;|]/)
      .map((word) => word.trim())
      .filter((word) => word !== '');
    const issues = words.flatMap((word) => ALIASES[word] ?? ISSUE_NAMES.find((name) => name === word) ?? []);
    return issues.length > 0 && issues.length === words.length ? { issues: [...new Set(issues)] } : null;
  },
  refusal: { problem: 'is not a known issue', forms: [...ISSUE_NAMES] },
  write: ({ issues = [] }) => (issues.length === 0 ? [] : [issues.join(',')]),
  describe: ({ issues = [] }) => issues.map((one) => ISSUES[one].name.toLowerCase()).join(' or '),
  words: [...ISSUE_NAMES, ...Object.keys(ALIASES)],
  isList: true,
  offers: () => ISSUE_NAMES.map((name) => [name, `files ${ISSUES[name].meaning}`]),
  again: (first, second) => ({ issues: [...new Set([...(first.issues ?? []), ...(second.issues ?? [])])] }),
  option: { flags: '--issue <issues>', meaning: `files with an issue: ${ISSUE_NAMES.join(', ')}` },
});
