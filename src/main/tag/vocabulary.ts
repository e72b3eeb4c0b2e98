/** A vocabulary: the labels that files can be tagged with, and how each of them is said. One JSON file each. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../../shared/errors.ts';

/** Most characters of a prompt: text encoders cut what is longer, and then two prompts could become the same. */
const PROMPT_CHARACTERS = 200;

// Every `error` below ends the sentence “In the vocabulary …, label …: “field” …”; it says what to write instead.
const id = z
  .string({ error: (issue) => wrongType(issue.input, 'text') })
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, {
    error: 'must have 1 to 64 of the characters a-z, 0-9 and “-”, with no “-” at either end',
  });
const kind = oneOf(['exclusive', 'multi']);
const profile = oneOf(['sfx', 'music', 'dj']);

const GROUP = object({ id, name: line(100), kind });

const UCS = object({ catId: line(20), category: line(60), subCategory: line(60) });

const LABEL = object({
  id,
  name: line(100),
  group: id,
  prompts: list(line(PROMPT_CHARACTERS), 1, 2, 'must contain one or two phrases'),
  keywords: list(line(60), 0, 50, 'must contain at most 50 words').default([]),
  ucs: UCS.optional(),
});

/** Unknown fields are refused: a misspelt one would otherwise be lost without a word. */
const VOCABULARY = object({
  id,
  name: line(100),
  version: z
    .number({ error: (issue) => wrongType(issue.input, 'a whole number, 1 or greater') })
    .int({ error: 'must be a whole number, 1 or greater' })
    .min(1, { error: 'must be a whole number, 1 or greater' }),
  language: line(35).regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, {
    error: 'must be a language code such as “en” or “pt-BR”',
  }),
  licence: line(200, 0).default(''),
  description: line(1000, 0).default(''),
  profile,
  groups: list(GROUP, 1, 500, 'must contain 1 to 500 groups'),
  labels: list(LABEL, 1, 5000, 'must contain 1 to 5000 labels'),
});

/** A row of the Universal Category System, as written to the files' CATID, CATEGORY and SUBCATEGORY. */
export type UcsRow = z.infer<typeof UCS>;
/** `exclusive`: at most one label of the group fits a sound. `multi`: any number of them. */
export type LabelGroup = z.infer<typeof GROUP>;
/**
 * One tag. `prompts`: one or two phrases; the label's embedding is the mean of theirs. `keywords`: words and short
 * phrases that in a file name or an existing tag are evidence for the label. `ucs`: only where the profile is sfx,
 * and there for all labels of the vocabulary or for none.
 */
export type Label = z.infer<typeof LABEL>;
/** `profile`: which fields accepted tags are written to. `language`: BCP 47, of the names and prompts. */
export type Vocabulary = z.infer<typeof VOCABULARY>;

/**
 * Reads and checks the text of a vocabulary file.
 * @param text JSON
 * @param source the file's name or path, for the sentences
 * @returns the vocabulary, texts trimmed, defaults filled in; or everything that is wrong, one sentence each, that
 *   names the file, the label and what to do
 */
export function checkVocabulary(text: string, source: string): { vocabulary: Vocabulary } | { problems: string[] } {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    // The reason names or shows the place, and may quote several lines.
    const reason = (error as SyntaxError).message.replace(/\s+/gu, ' ');
    return {
      problems: [`The vocabulary “${source}” is not valid JSON (${reason}). Correct it in a text editor.`],
    };
  }
  const result = VOCABULARY.safeParse(raw);
  const says = (where: string, what: string): string => `In the vocabulary “${source}”, ${where}: ${what}.`;
  if (!result.success) {
    return { problems: result.error.issues.map((issue) => says(placeOf(issue.path, raw), whatIsWrong(issue))) };
  }
  const problems = [...contradictions(result.data)].map(([where, what]) => says(where, what));
  return problems.length > 0 ? { problems } : { vocabulary: result.data };
}

/**
 * {@link checkVocabulary} for one who can do nothing without the vocabulary.
 * @throws UserError 'vocabulary-damaged' with the first problem and the number of the others
 */
export function parseVocabulary(text: string, source: string): Vocabulary {
  const checked = checkVocabulary(text, source);
  if ('vocabulary' in checked) return checked.vocabulary;
  const [first = '', ...others] = checked.problems;
  const more =
    others.length > 0 ? ` (${String(others.length)} more ${others.length === 1 ? 'problem' : 'problems'}.)` : '';
  throw new UserError('vocabulary-damaged', first + more, checked.problems.join('\n'));
}

/**
 * What calibration statistics belong to: equal for vocabularies that give equal scores to equal labels.
 * @returns SHA-256 (hex) over the label ids and their prompts, whatever their order; names, keywords, groups and
 *   version do not count
 */
export function vocabularyHash(vocabulary: Pick<Vocabulary, 'labels'>): string {
  const labels = vocabulary.labels.map((label) => JSON.stringify([label.id, ...label.prompts.toSorted()]));
  return createHash('sha256').update(labels.sort().join('\n')).digest('hex');
}

/** What the fields cannot say one by one, as [place, what is wrong and what to do]. */
function* contradictions({ groups, labels, profile }: Vocabulary): Generator<[string, string]> {
  yield* repeated('group', groups);
  yield* repeated('label', labels);
  const groupIds = new Set(groups.map((group) => group.id));
  const labelOfPrompt = new Map<string, string>();
  const rowOfCatId = new Map<string, UcsRow>();
  const withUcs = labels.find((label) => label.ucs);
  for (const label of labels) {
    const where = `label “${label.id}”`;
    if (!groupIds.has(label.group)) {
      yield [where, `there is no group “${label.group}”; add it to “groups” or use another`];
    }
    for (const prompt of label.prompts) {
      const other = labelOfPrompt.get(folded(prompt));
      if (other !== undefined) {
        const whose = other === label.id ? 'is used twice' : `is also a prompt of “${other}”`;
        yield [where, `the prompt “${prompt}” ${whose}; reword or remove it`];
      }
      labelOfPrompt.set(folded(prompt), label.id);
    }
    if (label.ucs && profile !== 'sfx') {
      yield [where, `“ucs” is only valid in a vocabulary of the profile “sfx”; remove it`];
    }
    if (!label.ucs && withUcs && profile === 'sfx') {
      yield [where, `“ucs” is missing, but “${withUcs.id}” has it; add it, or remove it from all labels`];
    }
    if (!label.ucs) continue;
    const first = rowOfCatId.get(label.ucs.catId) ?? label.ucs;
    rowOfCatId.set(label.ucs.catId, first);
    if (first.category !== label.ucs.category || first.subCategory !== label.ucs.subCategory) {
      const rows = `“${first.category}, ${first.subCategory}” and “${label.ucs.category}, ${label.ucs.subCategory}”`;
      yield [where, `the CatID “${label.ucs.catId}” is used for both ${rows}; correct one of them`];
    }
  }
}

/** Ids that occur twice, and names that differ in nothing but case. */
function* repeated(what: string, all: readonly { id: string; name: string }[]): Generator<[string, string]> {
  const ids = new Set<string>();
  const names = new Map<string, string>();
  for (const { id, name } of all) {
    if (ids.has(id)) yield [`${what} “${id}”`, `another ${what} has the same id; change one of them`];
    const other = names.get(folded(name));
    if (other !== undefined) {
      yield [`${what} “${id}”`, `“${other}” has the same name “${name}”; rename one of them`];
    }
    ids.add(id);
    names.set(folded(name), id);
  }
}

/** Two texts that a person would read as the same one. */
function folded(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ');
}

/** ['labels', 3, 'prompts', 1] → “label “door-slam”: entry 2 of “prompts”” */
function placeOf(path: readonly PropertyKey[], raw: unknown): string {
  const [list, index, ...rest] = path;
  if ((list === 'labels' || list === 'groups') && typeof index === 'number') {
    const what = list === 'labels' ? 'label' : 'group';
    const { id, name } = Object((raw as Record<string, unknown[]>)[list]?.[index]) as { id?: unknown; name?: unknown };
    const called = [id, name].find((one) => typeof one === 'string' && one.trim() !== '');
    const which = typeof called === 'string' ? `${what} “${called}”` : `${what} no. ${String(index + 1)}`;
    return rest.length > 0 ? `${which}, ${fieldOf(rest)}` : which;
  }
  return path.length > 0 ? fieldOf(path) : 'the top level';
}

function fieldOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (typeof last === 'number') return `entry ${String(last + 1)} of ${fieldOf(path.slice(0, -1))}`;
  return `“${path.map(String).join('.')}”`;
}

function whatIsWrong(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const fields = issue.keys.map((key) => `“${key}”`).join(', ');
  return `unknown field ${fields}; remove it or correct its spelling`;
}

function object<T extends z.core.$ZodLooseShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, {
    // Returning nothing leaves the other kinds of issue to whatIsWrong().
    error: (issue) => (issue.code === 'invalid_type' ? wrongType(issue.input, 'an object, in { }') : undefined),
  });
}

function list<T extends z.core.$ZodType>(of: T, least: number, most: number, error: string): z.ZodArray<T> {
  return z
    .array(of, { error: (issue) => wrongType(issue.input, 'a list, in [ ]') })
    .min(least, { error })
    .max(most, { error });
}

/** Text on one line: it ends up in file tags, some of which end at a control character. */
function line(most: number, least = 1): z.ZodString {
  return z
    .string({ error: (issue) => wrongType(issue.input, 'text, in quotes') })
    .trim()
    .min(least, { error: 'must not be empty' })
    .max(most, { error: `must have at most ${String(most)} characters` })
    .regex(/^\P{Cc}*$/u, { error: 'must not contain line breaks or other control characters' });
}

function oneOf<const T extends readonly string[]>(values: T): z.ZodEnum<{ [V in T[number]]: V }> {
  const names = values.map((value) => `“${value}”`).join(', ');
  return z.enum(values, { error: (issue) => wrongType(issue.input, `one of ${names}`) });
}

function wrongType(input: unknown, expected: string): string {
  return input === undefined ? `is missing; it must be ${expected}` : `must be ${expected}`;
}
