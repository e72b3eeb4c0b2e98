/** `earmark tag`: suggests tags, and accepts the most probable ones on request. */
import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import type { BulkForecast, ScoreSummary, TagRow, TagScope } from '../../../shared/calls/tags.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatCount, formatDuration, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { indexedFolders } from './selection.ts';

/** Tags shown after scoring; the rest are in `earmark review`. */
const TAGS_SHOWN = 20;
/** Suggestions below this are kept and not shown unless asked for. */
export const SHOWN_FROM = 0.5;

const HELP = `
No file is changed. Review the suggestions with \`earmark review\`; write accepted tags with \`earmark write\`.

Examples:
  earmark tag --vocabulary sfx
  earmark tag --vocabulary sfx --accept-above 0.9 ~/Sounds/Doors

JSON: {"files", "vocabularies", "suggestions", "unknown", "seconds", "cancelled",
       "accepted": null | {"suggestions", "files", "expectedWrong", "stepIds"}, "tags": [{"tagId", "name", "suggested", …}]}`;

interface TagOptions {
  vocabulary: string[];
  acceptAbove?: number;
  again?: true;
}

export function registerTag(program: Command, run: RunCommand): void {
  program
    .command('tag')
    .description('suggest tags for analysed files; --accept-above accepts the most certain ones')
    .argument('[folders...]', 'only files in these folders (default: the whole library)')
    .option('--vocabulary <id>', 'which tags: see `earmark vocabularies` (repeatable)', collect, [])
    .option('--accept-above <probability>', 'accept suggestions with at least this probability, 0 to 1', probability)
    .option('--again', 'also score files that are up to date')
    .addHelpText('after', HELP)
    .action((folders: string[], options: TagOptions) =>
      run((context) => runTag(context, folders, options), 'winds-up'),
    );
}

async function runTag(context: CommandContext, folders: string[], options: TagOptions): Promise<number> {
  const { client, json } = context;
  const vocabularyIds = await chosenVocabularies(context, options.vocabulary);
  const whole = await indexedFolders(client, folders);
  const summary = await followJob(
    context,
    () => client.call('tag.score', { vocabularyIds, folders: whole, again: options.again ?? false }),
    'tag',
  );
  if (!summary) return EXIT.interrupted;
  const scopes = vocabularyIds.flatMap((vocabularyId) =>
    whole.length === 0 ? [{ vocabularyId }] : whole.map((folder) => ({ vocabularyId, folder })),
  );
  const minProbability = options.acceptAbove;
  const accepted =
    minProbability === undefined || summary.cancelled
      ? null
      : await acceptAll(context, scopes.map((scope) => ({ ...scope, minProbability }))); // prettier-ignore
  const tags = (
    await Promise.all(scopes.map((scope) => client.call('tag.list', { ...scope, minProbability: SHOWN_FROM })))
  ).flat();
  if (json) await printJson({ ...summary, accepted, tags });
  else await printOut(described(summary, accepted, tags, minProbability).join('\n'));
  return summary.cancelled ? EXIT.interrupted : EXIT.ok;
}

/** @throws UserError bad-input that names those there are */
async function chosenVocabularies({ client }: CommandContext, wanted: string[]): Promise<string[]> {
  const { vocabularies } = await client.call('vocabulary.list', null);
  const ids = vocabularies.map(({ id }) => id);
  const unknown = wanted.find((id) => !ids.includes(id));
  if (wanted.length > 0 && unknown === undefined) return [...new Set(wanted)];
  const which = unknown === undefined ? 'Choose the vocabularies' : `There is no vocabulary “${unknown}”`;
  throw new UserError('bad-input', `${which}: --vocabulary with one of ${ids.join(', ')}.`);
}

interface Accepted extends BulkForecast {
  stepIds: number[];
}

async function acceptAll(
  { client }: CommandContext,
  scopes: (TagScope & { minProbability: number })[],
): Promise<Accepted> {
  const all: Accepted = { suggestions: 0, files: 0, expectedWrong: 0, stepIds: [] };
  for (const scope of scopes) {
    const { stepId, forecast } = await client.call('tag.acceptAll', scope);
    all.suggestions += forecast.suggestions;
    all.files += forecast.files;
    all.expectedWrong += forecast.expectedWrong;
    all.stepIds.push(stepId);
  }
  return all;
}

function described(
  summary: ScoreSummary,
  accepted: Accepted | null,
  tags: TagRow[],
  acceptAbove: number | undefined,
): string[] {
  const lines = [
    `${summary.cancelled ? 'Stopped. ' : ''}${plural(summary.files, 'file')} scored with ${summary.vocabularies.join(', ')} in ${formatDuration(summary.seconds)}: ` +
      `${plural(summary.suggestions, 'suggestion')} kept, no tag fits ${plural(summary.unknown, 'file')}.`,
  ];
  if (accepted) {
    lines.push(
      `Accepted ${plural(accepted.suggestions, 'suggestion')} from ${acceptAbove} on in ${plural(accepted.files, 'file')}; ` +
        `about ${formatCount(Math.round(accepted.expectedWrong))} expected errors. Undo with: earmark review --undo`,
    );
  }
  return [
    ...lines,
    ...tagTable(tags.filter(({ suggested, accepted: yes }) => suggested + yes > 0).slice(0, TAGS_SHOWN)),
  ];
}

/** Tags with their counts, an empty line before; nothing for none. */
export function tagTable(tags: readonly TagRow[]): string[] {
  if (tags.length === 0) return [];
  const rows = tags.map(({ suggested, accepted, rejected, name, vocabularyId, ucs, taught }) => [
    formatCount(suggested),
    formatCount(accepted),
    formatCount(rejected),
    `${printable(name)}${taught?.inUse ? ' *' : ''}`,
    vocabularyId,
    ucs?.catId ?? '',
  ]);
  const taught = tags.some((tag) => tag.taught?.inUse) ? ['* learned from your decisions'] : [];
  return ['', ...columns([['to review', 'accepted', 'rejected', 'tag', 'vocabulary', 'CatID'], ...rows], [0, 1, 2]), ...taught]; // prettier-ignore
}

export function collect(value: string, sofar: string[]): string[] {
  return [...sofar, value];
}

export function probability(value: string): number {
  const number = Number(value);
  if (!(number >= 0 && number <= 1) || value.trim() === '') {
    throw new InvalidArgumentError('It must be a number from 0 to 1, such as 0.9.');
  }
  return number;
}
