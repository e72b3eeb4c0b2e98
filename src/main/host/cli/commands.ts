/** What each command asks of the engine and how its answer looks to a human. Each returns the exit code. */
import { inWords } from '../../../shared/analysis.ts';
import type { Band, HitGroup, IndexSummary, SearchHit, SearchQuery } from '../../../shared/types.ts';
import { hasReference } from '../../../shared/query/references.ts';
import { UserError } from '../../../shared/errors.ts';
import type { CommandContext } from './command.ts';
import {
  columns,
  formatBytes,
  formatCount,
  formatDuration,
  formatMoment,
  formatTime,
  plural,
  printable,
} from './format.ts';
import { followJob } from './job.ts';
import { continueMove } from './models-use-command.ts';
import { describeModel, describeMove } from './models-words.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';

/** Failures shown after an index run; the rest are in `earmark failures`. */
const FAILURES_SHOWN = 20;

export async function runIndex(context: CommandContext, folders: string[], again: boolean): Promise<number> {
  const { client, json } = context;
  const summary = await followJob(context, () => client.call('index.start', { folders, again }), 'index');
  if (summary === null) return EXIT.interrupted;
  if (!json) await printOut(describeSummary(summary).join('\n'));
  const next = summary.cancelled ? null : await continueMove(context);
  if (json) await printJson(next === null ? summary : { ...summary, next });
  else if (next !== null) await printOut(await describeNext(context, next));
  return context.stop.aborted ? EXIT.interrupted : EXIT.ok;
}

/** Describes what the model that the library moves to has analysed, after the model in use. */
async function describeNext({ client }: CommandContext, summary: IndexSummary): Promise<string> {
  const move = await client.call('model.move', null);
  const { model } = await client.call('setting.get', null);
  return [
    ...describeSummary(summary),
    move === null ? `“${printable(model)}” has analysed all files and is in use.` : describeMove(move),
  ].join('\n');
}

/** The result of an index run in sentences. */
export function describeSummary(summary: IndexSummary): string[] {
  const lines: string[] = [];
  const speed = summary.seconds > 0 && summary.audioSeconds > 0 ? `, ${formatCount(Math.round(summary.audioSeconds / summary.seconds))} x real time` : ''; // prettier-ignore
  lines.push(
    `${summary.cancelled ? 'Stopped. ' : ''}${plural(summary.files, 'file')}: ${formatCount(summary.indexed)} analysed ` +
      `(${formatDuration(summary.audioSeconds)} of audio in ${formatDuration(summary.seconds)}${speed}), ${formatCount(summary.unchanged)} unchanged` +
      `${summary.failed.length > 0 ? `, ${formatCount(summary.failed.length)} could not be analysed` : ''}.`,
  );
  const others = [
    [summary.moved, 'moved or renamed'],
    [summary.retagged, 'with new tags'],
    [summary.refreshed, 'analysed again by a newer version'],
    [summary.returned, 'back online'],
    [summary.offline, 'now offline (kept in the catalogue)'],
    [summary.skipped, 'skipped (not audio)'],
  ] as const;
  const told = others.filter(([count]) => count > 0).map(([count, words]) => `${formatCount(count)} ${words}`);
  if (told.length > 0) lines.push(`Also: ${told.join(', ')}.`);
  for (const { path, message } of summary.warnings.slice(0, FAILURES_SHOWN))
    lines.push(`  note    ${printable(path)}: ${printable(message)}`);
  if (summary.warnings.length > FAILURES_SHOWN)
    lines.push(`  … and ${formatCount(summary.warnings.length - FAILURES_SHOWN)} more notes (--json lists all)`);
  for (const failure of summary.failed.slice(0, FAILURES_SHOWN)) lines.push(`  failed  ${printable(failure.message)}`);
  if (summary.failed.length > FAILURES_SHOWN)
    lines.push(`  … and ${formatCount(summary.failed.length - FAILURES_SHOWN)} more: earmark failures`);
  return lines;
}

export async function runSearch({ client, json }: CommandContext, query: SearchQuery): Promise<number> {
  const notices: string[] = [];
  const quiet = client.on('engine.notice', ({ message }) => notices.push(message));
  const result = await client.call('search.query', query).finally(quiet);
  const told = [...notices, ...result.notices];
  if (json) {
    await printJson({ ...result, notices: told });
    return EXIT.ok;
  }
  for (const notice of told) printAside(notice);
  const byFilterAlone = result.query.text === undefined && !hasReference(result.query);
  if (result.hits.length === 0) {
    await printOut(`No results. ${byFilterAlone ? 'Try fewer filters.' : 'Try other words, fewer filters, or --all to see unlikely results.'}`); // prettier-ignore
  } else {
    const lines = byFilterAlone ? fileLines(result.hits) : hitLines(result.hits);
    const { model, alsoModel } = result;
    const answeredBy = alsoModel === undefined ? `model: ${model}` : `models: ${model}, ${alsoModel}`;
    await printOut([...lines, '', answeredBy].join('\n'));
  }
  return EXIT.ok;
}

const DOTS: Record<Band, string> = { strong: '●●●', likely: '●●○', maybe: '●○○', unlikely: '○○○' };

/** Hits as lines: dots, score, place, path, and below it why; a rule above the less likely ones. */
export function hitLines(hits: readonly SearchHit[]): string[] {
  const lines: string[] = [];
  let maybeBegan = false;
  for (const hit of hits) {
    const unsure = hit.band === 'maybe' || hit.band === 'unlikely';
    if (unsure && !maybeBegan) {
      maybeBegan = true;
      lines.push('┄┄┄ less likely ┄┄┄');
    }
    const place = `${formatTime(hit.startSeconds)}–${formatTime(hit.endSeconds)}`;
    lines.push(
      `${DOTS[hit.band]}  ${hit.score.toFixed(2)}  ${place.padEnd(15)} ${printable(hit.path)}${hit.offline ? '  (offline)' : ''}`,
    );
    if (hit.why.length > 0) lines.push(`           ${hit.why.map((why) => why.text).join(', ')}`);
    if (hit.group) lines.push(`           and ${describeGroup(hit.group)} (--flat lists them)`);
  }
  return lines;
}

/** "29 variants, 2 copies" */
export function describeGroup({ variants, copies }: HitGroup): string {
  const parts = [variants > 0 ? plural(variants, 'variant') : '', copies > 0 ? plural(copies, 'copy', 'copies') : ''];
  return parts.filter((part) => part !== '').join(', ');
}

/** What filters alone have found, as lines: length and path. None fits better than another, and none at some place. */
export function fileLines(hits: readonly SearchHit[]): string[] {
  return hits.flatMap((hit) => [
    `${formatTime(hit.durationSeconds).padStart(9)}  ${printable(hit.path)}${hit.offline ? '  (offline)' : ''}`,
    ...(hit.group ? [`           and ${describeGroup(hit.group)} (--flat lists them)`] : []),
  ]);
}

export async function runStatus({ client, json }: CommandContext): Promise<number> {
  const status = await client.call('status.get', null);
  if (json) {
    await printJson(status);
    return EXIT.ok;
  }
  const lines = [
    `${plural(status.files, 'file')} in ${plural(status.roots.length, 'folder')}: ${formatCount(status.ready)} analysed by ${status.model}, ` +
      `${formatCount(status.failed)} failed, ${formatCount(status.offline)} offline · ${formatDuration(status.audioSeconds)} of audio`,
    `catalogue ${status.dataFolder} · ${formatBytes(status.catalogueBytes)} + index ${formatBytes(status.indexBytes)} · ${plural(status.windows, 'window')}`,
  ];
  const { outdated } = status;
  if (outdated.files > 0) {
    const files = plural(outdated.files, 'file');
    lines.push(`The next run updates ${inWords(outdated.kinds)} of ${files}: earmark index`);
  }
  if (status.readOnly) {
    lines.push(
      'The data folder cannot be written. Search works, but nothing new is saved. Change its permissions or free disk space.',
    );
  }
  if (status.lastJob) {
    lines.push(`last job: ${status.lastJob.state}, started ${formatMoment(status.lastJob.startedMs)}`);
  }
  lines.push('', ...columns([['files', 'analysed', 'failed', 'offline', 'folder'], ...status.roots.map((root) => [formatCount(root.files), formatCount(root.ready), formatCount(root.failed), formatCount(root.offline), printable(root.path) + (root.online ? '' : '  (not connected)')])], [0, 1, 2, 3])); // prettier-ignore
  await printOut(lines.join('\n'));
  return EXIT.ok;
}

export async function runFailures(context: CommandContext, retry: boolean): Promise<number> {
  const { client, json } = context;
  if (retry) {
    const count = await client.call('failure.retry', null);
    if (!json) printAside(`Trying ${plural(count, 'file')} again.`);
    return runIndex(context, [], false);
  }
  const failures = await client.call('failure.list', null);
  if (json) await printJson({ failures });
  else if (failures.length === 0) await printOut('No failed files.');
  else await printOut(failures.map((failure) => `${failure.code.padEnd(20)}  ${printable(failure.message)}\n${' '.repeat(22)}${printable(failure.path)}`).join('\n')); // prettier-ignore
  return EXIT.ok;
}

export async function runModels({ client, json }: CommandContext): Promise<number> {
  const models = await client.call('model.list', null);
  const move = await client.call('model.move', null);
  if (json) await printJson({ models, move });
  else await printOut([...models.map(describeModel), ...(move === null ? [] : ['', describeMove(move)])].join('\n'));
  return EXIT.ok;
}

export async function runEmbed(
  { client, json }: CommandContext,
  paths: string[],
  texts: string[],
  raw: boolean,
): Promise<number> {
  if (paths.length === 0 && texts.length === 0)
    throw new UserError('bad-input', 'Specify files, or a text with --text "a dog barks".');
  const results = [];
  if (paths.length > 0) results.push(await client.call('embed.files', { paths, raw }));
  if (texts.length > 0) results.push(await client.call('embed.texts', { texts, raw }));
  const { model, dim } = results[0]!;
  const items = results.flatMap((result) => result.items);
  const failed = results.flatMap((result) => result.failed);
  for (const failure of failed) printAside(`earmark: ${failure.message}`);
  if (json) await printJson({ model, dim, items, failed });
  else {
    const lines = [`# ${model}, ${dim} dimensions${raw ? ', raw' : ', L2 norm 1'}`];
    for (const item of items) {
      for (const window of item.windows) {
        const name =
          item.path === undefined
            ? JSON.stringify(item.text)
            : `${printable(item.path)} @ ${formatTime(window.startSeconds)}`;
        lines.push(`${name}\t${window.embedding.map((value) => value.toPrecision(7)).join(' ')}`);
      }
    }
    await printOut(lines.join('\n'));
  }
  return failed.length > 0 ? EXIT.partly : EXIT.ok;
}

export async function runDoctor({ client, json }: CommandContext): Promise<number> {
  const lines = await client.call('doctor.run', null);
  if (json) await printJson({ checks: lines });
  else await printOut(columns(lines.map((line) => [line.ok ? 'ok' : 'FIX', line.what, line.message])).join('\n'));
  return lines.every((line) => line.ok) ? EXIT.ok : EXIT.partly;
}
