/** `earmark review`: what is suggested, by tag or by file; accept and reject, at the keyboard or by number. */
import type { Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import { vocabularyMissing } from '../../../shared/refusals.ts';
import type { Client } from '../../../shared/contract.ts';
import type { Decision, FileTag, TagRow, TagScope } from '../../../shared/calls/tags.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatTime, plural, printable } from './format.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { reviewAtKeyboard, type ReviewItem } from './review-keyboard.ts';
import { idOfFile, indexedFolders, pages } from './selection.ts';
import { probability, SHOWN_FROM, tagTable } from './tag-command.ts';

const HELP = `
Without --tag or --file: a table of tags with suggestions to review. With one of them, in a terminal: one suggestion
after the other,
  a accept   r reject   s or ↓ skip   u undo   ? why   q or Esc quit
and a plain list otherwise, with --json, and with --accept or --reject. Decisions are saved at once; they do not change
your files.

Examples:
  earmark review
  earmark review --tag "footsteps gravel"
  earmark review --tag sfx/door-slam --json
  earmark review --tag sfx/door-slam --reject 1204,1310 --accept all
  earmark review --file ~/Sounds/door_03.wav
  earmark review --undo

Numbers are those in the first column: files with --tag, tags with --file. \`all\` means all listed ones that the other
option does not name.

JSON: {"tags": […]} | {"tag", "items": [{"fileId", "tagId", "name", "path", "probability", "startSeconds", "endSeconds"}]}
      | {"path", "items": […]}, with decisions: {"changed", "stepId"}; --undo: {"restored"}`;

interface ReviewOptions {
  tag?: string;
  file?: string;
  vocabulary?: string;
  folder?: string;
  name?: string;
  min: number;
  accept?: string;
  reject?: string;
  undo?: true;
}

export function registerReview(program: Command, run: RunCommand): void {
  program
    .command('review')
    .description('review suggested tags: accept, reject, undo')
    .option('--tag <name>', 'one tag, by name or vocabulary/label; most likely files first')
    .option('--file <path>', 'all tags of one file')
    .option('--vocabulary <id>', 'only tags of this vocabulary')
    .option('--folder <folder>', 'only files in this folder')
    .option('--name <part>', 'only files with this text in the name')
    .option('--min <probability>', 'minimum probability of suggestions', probability, SHOWN_FROM)
    .option('--accept <numbers>', 'numbers from the list, comma-separated, or all')
    .option('--reject <numbers>', 'as --accept')
    .option('--undo', 'undo the last decisions')
    .addHelpText('after', HELP)
    .action((options: ReviewOptions) => run((context) => runReview(context, options)));
}

async function runReview(context: CommandContext, options: ReviewOptions): Promise<number> {
  const { client, json } = context;
  if (options.undo) {
    const { restored } = await client.call('tag.undo', { stepId: null });
    if (json) await printJson({ restored });
    else await printOut(restored === 0 ? 'Nothing to undo.' : `${plural(restored, 'decision')} undone.`); // prettier-ignore
    return EXIT.ok;
  }
  await checkVocabulary(client, options.vocabulary);
  const scope = await scopeOf(client, options);
  if (options.tag === undefined && options.file === undefined) {
    if (options.accept !== undefined || options.reject !== undefined) {
      throw new UserError('bad-input', '--accept and --reject need --tag or --file.');
    }
    return listTags(context, scope);
  }
  if (options.tag !== undefined && options.file !== undefined) {
    throw new UserError('bad-input', 'Use --tag or --file, not both.');
  }
  const { title, json: head, items } =
    options.tag === undefined ? await itemsOfFile(context, options.file!, options) : await itemsOfTag(context, options.tag, scope); // prettier-ignore
  if (options.accept !== undefined || options.reject !== undefined) return decide(context, items, options);
  if (json) await printJson({ ...head, items: items.map(({ number: _, ...item }) => item) });
  else if (items.length === 0) await printOut(`${title}: no suggestions to review.`);
  else if (process.stdin.isTTY && process.stdout.isTTY) return reviewAtKeyboard(context, title, items);
  else await printOut([title, ...itemTable(items)].join('\n'));
  return EXIT.ok;
}

/** One that is gone may be named as long as there are decisions about its tags. @throws UserError not-found */
async function checkVocabulary(client: Client, wanted: string | undefined): Promise<void> {
  if (wanted === undefined) return;
  const { vocabularies } = await client.call('vocabulary.list', null);
  const known = vocabularies.map(({ id }) => id);
  if (known.includes(wanted)) return;
  const decided = await client.call('tag.list', { vocabularyId: wanted, minProbability: 0 });
  if (decided.length === 0) throw vocabularyMissing(wanted, known);
}

async function scopeOf(
  client: Client,
  { vocabulary, folder, name, min }: ReviewOptions,
): Promise<TagScope & { minProbability: number }> {
  const [below] = folder === undefined ? [] : await indexedFolders(client, [folder]);
  return {
    minProbability: min,
    ...(vocabulary === undefined ? {} : { vocabularyId: vocabulary }),
    ...(below === undefined ? {} : { folder: below }),
    ...(name === undefined ? {} : { name }),
  };
}

async function listTags({ client, json }: CommandContext, scope: TagScope): Promise<number> {
  const tags = await client.call('tag.list', scope);
  if (json) await printJson({ tags });
  else if (tags.length === 0)
    await printOut('No suggestions to review. Create some with: earmark tag --vocabulary sfx');
  else await printOut(tagTable(tags).slice(1).join('\n'));
  return EXIT.ok;
}

interface Items {
  /** For people, and the same for programs. */
  title: string;
  json: object;
  items: ReviewItem[];
}

async function itemsOfTag(
  { client }: CommandContext,
  wanted: string,
  scope: TagScope & { minProbability: number },
): Promise<Items> {
  const tag = findTag(await client.call('tag.list', { ...scope, minProbability: 0 }), wanted);
  const narrowed = { ...scope, tagId: tag.tagId };
  const found = await client.call('tag.files', { scope: narrowed, state: 'suggested', order: 'sure' });
  const items: ReviewItem[] = [];
  for (const page of pages(found.map(({ fileId }) => fileId))) {
    const paths = new Map((await client.call('file.rows', page)).map((row) => [row.fileId, row.path]));
    const tags = await client.call('tag.ofFiles', { fileIds: page, minProbability: scope.minProbability });
    for (const file of tags) {
      const own = file.tags.find(({ tagId }) => tagId === tag.tagId);
      const path = paths.get(file.fileId);
      if (own && path !== undefined) items.push(itemOf(file.fileId, file.fileId, path, own));
    }
  }
  return { title: `${tag.name} (${tag.vocabularyId}): ${plural(items.length, 'suggestion')} from ${scope.minProbability} on`, json: { tag }, items }; // prettier-ignore
}

async function itemsOfFile({ client }: CommandContext, file: string, options: ReviewOptions): Promise<Items> {
  const fileId = await idOfFile(client, file);
  const [of] = await client.call('tag.ofFiles', { fileIds: [fileId], minProbability: options.min });
  const { path } = await client.call('file.get', fileId);
  const wanted = (of?.tags ?? []).filter(
    ({ state, vocabularyId }) =>
      state === 'suggested' && (options.vocabulary === undefined || vocabularyId === options.vocabulary),
  );
  const decided = (of?.tags ?? []).filter(({ state }) => state === 'accepted').map(({ name }) => name);
  const title = `${path}${decided.length > 0 ? ` · accepted: ${decided.join(', ')}` : ''}`;
  return { title, json: { path, fileId }, items: wanted.map((tag) => itemOf(tag.tagId, fileId, path, tag)) };
}

function itemOf(number: number, fileId: number, path: string, tag: FileTag): ReviewItem {
  const { tagId, name, probability: sure, startSeconds, endSeconds } = tag;
  return { number, fileId, tagId, name, path, probability: sure, startSeconds, endSeconds };
}

/** @throws UserError not-found; bad-input with the ways to say it when several are called so */
function findTag(tags: readonly TagRow[], wanted: string): TagRow {
  const folded = wanted.trim().toLowerCase();
  const found = tags.filter(({ name, vocabularyId, labelId }) =>
    [name.toLowerCase(), labelId, `${vocabularyId}/${labelId}`].includes(folded),
  );
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new UserError('not-found', `No file has the tag “${wanted}”, suggested or decided. \`earmark review\` lists all tags.`); // prettier-ignore
  const ways = found.map(({ vocabularyId, labelId }) => `${vocabularyId}/${labelId}`);
  throw new UserError('bad-input', `Several tags are named “${wanted}”. Choose one of: ${ways.join(', ')}.`);
}

async function decide(
  { client, json }: CommandContext,
  items: readonly ReviewItem[],
  { accept, reject }: ReviewOptions,
): Promise<number> {
  const accepted = numbers(accept, items);
  const rejected = numbers(reject, items);
  if (accepted === 'all' && rejected === 'all') {
    throw new UserError('bad-input', 'Use “all” with --accept or --reject, not with both.');
  }
  const decisions: Decision[] = [];
  for (const { number, fileId, tagId } of items) {
    const yes = accepted !== 'all' && accepted.has(number);
    const no = rejected !== 'all' && rejected.has(number);
    if (yes && no) throw new UserError('bad-input', `Number ${number} is in both --accept and --reject. Use one of them.`); // prettier-ignore
    if (yes || (!no && accepted === 'all')) decisions.push({ fileId, tagId, accepted: true });
    else if (no || rejected === 'all') decisions.push({ fileId, tagId, accepted: false });
  }
  const { stepId, changed } = decisions.length > 0 ? await client.call('tag.decide', { decisions }) : { stepId: null, changed: 0 }; // prettier-ignore
  if (json) await printJson({ changed, stepId });
  else await printOut(`${plural(changed, 'decision')} saved. Undo with: earmark review --undo`);
  return EXIT.ok;
}

/** @throws UserError bad-input for what is no number of the list */
function numbers(text: string | undefined, items: readonly ReviewItem[]): Set<number> | 'all' {
  if (text === undefined) return new Set();
  if (text.trim() === 'all') return 'all';
  const shown = new Set(items.map(({ number }) => number));
  return new Set(
    text.split(',').map((part) => {
      const number = Number(part);
      if (part.trim() !== '' && shown.has(number)) return number;
      throw new UserError('bad-input', `“${part.trim()}” is not a number in this list. Run the command without --accept and --reject to see the list.`); // prettier-ignore
    }),
  );
}

function itemTable(items: readonly ReviewItem[]): string[] {
  return columns(
    items.map(({ number, probability: sure, startSeconds, endSeconds, name, path }) => [
      String(number),
      sure?.toFixed(2) ?? '',
      startSeconds === null || endSeconds === null ? '' : `${formatTime(startSeconds)}–${formatTime(endSeconds)}`,
      printable(name),
      printable(path),
    ]),
    [0],
  );
}
