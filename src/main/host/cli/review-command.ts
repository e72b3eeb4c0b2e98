/** `earmark review`: what is suggested, by tag or by file; accept and reject, at the keyboard or by number. */
import type { Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import type { Decision, FileTag, TagRow, TagScope } from '../../../shared/calls/tags.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatTime, plural, printable } from './format.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { reviewAtKeyboard, type ReviewItem } from './review-keyboard.ts';
import { idOfFile, pages, wholePath } from './selection.ts';
import { probability, SHOWN_FROM, tagTable } from './tag-command.ts';

const HELP = `
Without --tag or --file: a table of the tags that wait. With one of them, on a terminal: one suggestion after the other,
  a accept   r reject   s or ↓ skip   u undo   ? why   q or Esc end
and a plain list elsewhere, with --json, and with --accept or --reject. Decisions are kept at once; nothing is written
to any file by them.

Examples:
  earmark review
  earmark review --tag "footsteps gravel"
  earmark review --tag sfx/door-slam --json
  earmark review --tag sfx/door-slam --reject 1204,1310 --accept all
  earmark review --file ~/Sounds/door_03.wav
  earmark review --undo

Numbers are those in the first column: of files with --tag, of tags with --file. \`all\` means every one that is shown
and not named elsewhere.

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
    .description('look through suggested tags: accept, reject, undo')
    .option('--tag <name>', 'one tag: its name, or vocabulary/label; the surest files first')
    .option('--file <path>', 'all tags of one file')
    .option('--vocabulary <id>', 'only its tags')
    .option('--folder <folder>', 'only files below it')
    .option('--name <part>', 'only files with this in their name')
    .option('--min <probability>', 'only suggestions at least so sure', probability, SHOWN_FROM)
    .option('--accept <numbers>', 'these numbers of the list, with commas between, or all')
    .option('--reject <numbers>', 'as --accept')
    .option('--undo', 'take the last step of deciding back')
    .addHelpText('after', HELP)
    .action((options: ReviewOptions) => run((context) => runReview(context, options)));
}

async function runReview(context: CommandContext, options: ReviewOptions): Promise<number> {
  const { client, json } = context;
  if (options.undo) {
    const { restored } = await client.call('tag.undo', { stepId: null });
    if (json) await printJson({ restored });
    else await printOut(restored === 0 ? 'There is nothing to take back.' : `${plural(restored, 'decision')} as before.`); // prettier-ignore
    return EXIT.ok;
  }
  const scope = scopeOf(options);
  if (options.tag === undefined && options.file === undefined) {
    if (options.accept !== undefined || options.reject !== undefined) {
      throw new UserError('bad-input', 'Say of which tag or file: --accept and --reject need --tag or --file.');
    }
    return listTags(context, scope);
  }
  if (options.tag !== undefined && options.file !== undefined) {
    throw new UserError('bad-input', 'Give --tag or --file, not both.');
  }
  const { title, json: head, items } =
    options.tag === undefined ? await itemsOfFile(context, options.file!, options) : await itemsOfTag(context, options.tag, scope); // prettier-ignore
  if (options.accept !== undefined || options.reject !== undefined) return decide(context, items, options);
  if (json) await printJson({ ...head, items: items.map(({ number: _, ...item }) => item) });
  else if (items.length === 0) await printOut(`${title}: nothing waits.`);
  else if (process.stdin.isTTY && process.stdout.isTTY) return reviewAtKeyboard(context, title, items);
  else await printOut([title, ...itemTable(items)].join('\n'));
  return EXIT.ok;
}

function scopeOf({ vocabulary, folder, name, min }: ReviewOptions): TagScope & { minProbability: number } {
  return {
    minProbability: min,
    ...(vocabulary === undefined ? {} : { vocabularyId: vocabulary }),
    ...(folder === undefined ? {} : { folder: wholePath(folder) }),
    ...(name === undefined ? {} : { name }),
  };
}

async function listTags({ client, json }: CommandContext, scope: TagScope): Promise<number> {
  const tags = await client.call('tag.list', scope);
  if (json) await printJson({ tags });
  else if (tags.length === 0) await printOut('No tags wait here. Suggest some with: earmark tag --vocabulary sfx');
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
  if (found.length === 0) throw new UserError('not-found', `No file has the tag “${wanted}”, suggested or decided. \`earmark review\` lists those there are.`); // prettier-ignore
  const ways = found.map(({ vocabularyId, labelId }) => `${vocabularyId}/${labelId}`);
  throw new UserError('bad-input', `Several tags are called “${wanted}”. Say which: ${ways.join(', ')}.`);
}

async function decide(
  { client, json }: CommandContext,
  items: readonly ReviewItem[],
  { accept, reject }: ReviewOptions,
): Promise<number> {
  const accepted = numbers(accept, items);
  const rejected = numbers(reject, items);
  if (accepted === 'all' && rejected === 'all') {
    throw new UserError('bad-input', 'All can be accepted or rejected, not both.');
  }
  const decisions: Decision[] = [];
  for (const { number, fileId, tagId } of items) {
    const yes = accepted !== 'all' && accepted.has(number);
    const no = rejected !== 'all' && rejected.has(number);
    if (yes && no) throw new UserError('bad-input', `The number ${number} is to be accepted and rejected. Say one of them.`); // prettier-ignore
    if (yes || (!no && accepted === 'all')) decisions.push({ fileId, tagId, accepted: true });
    else if (no || rejected === 'all') decisions.push({ fileId, tagId, accepted: false });
  }
  const { stepId, changed } = decisions.length > 0 ? await client.call('tag.decide', { decisions }) : { stepId: null, changed: 0 }; // prettier-ignore
  if (json) await printJson({ changed, stepId });
  else await printOut(`${plural(changed, 'decision')}. Take it back: earmark review --undo`);
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
      throw new UserError('bad-input', `“${part.trim()}” is not a number of this list. Show it again without --accept and --reject.`); // prettier-ignore
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
