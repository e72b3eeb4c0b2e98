/** Models as the command line speaks of them. */
import { basename } from 'node:path';
import type { ImportProgress, ModelMove } from '../../../shared/calls/models.ts';
import type { ModelStatus } from '../../../shared/types.ts';
import { formatBytes, formatCount, plural, printable } from './format.ts';

/** Two lines of a list. */
export function describeModel({ id, name, folder, license, dim, inUse, heard, problem, bytes }: ModelStatus): string {
  const facts = folder === '' ? [] : [name, `${dim}-d`, formatBytes(bytes), license];
  const state = [problem ?? 'ok', `has heard ${plural(heard, 'sound')}`, ...(folder === '' ? [] : [printable(folder)])];
  return `${inUse ? '*' : ' '} ${id}  ${facts.join(' · ')}\n  ${state.join(' · ')}`;
}

/** Two lines: where it is, and how it is used. */
export function describeInstalled({ id, name, dim, bytes, folder }: ModelStatus): string {
  const where = `${dim}-d, ${formatBytes(bytes)}, in ${printable(folder)}`;
  return `${printable(name)} is installed as “${id}”: ${where}\nTake it into use with: earmark models use ${id}`;
}

const STAGE_WORDS: Record<ImportProgress['stage'], string> = {
  reading: 'Checking',
  building: 'Building',
  checking: 'Trying it out',
};

/** "Building · 42 % · CLAP_weights_2023.pth" */
export function describeImport({ path, stage, share }: ImportProgress): string {
  return [STAGE_WORDS[stage], `${Math.floor(100 * share)} %`, printable(basename(path))].join(' · ');
}

/** How far a library is on its way. */
export function describeMove({ from, to, sounds, remaining, outOfReach }: ModelMove): string {
  const away = outOfReach > 0 ? ` ${plural(outOfReach, 'sound')} of these are on drives that are away, or in paused folders.` : ''; // prettier-ignore
  return (
    `“${printable(to)}” has heard ${formatCount(sounds - remaining)} of ${plural(sounds, 'sound')}; until it has heard all, “${printable(from)}” answers.${away}\n` +
    `Go on with: earmark models use ${to}     Use it as it is: earmark models use ${to} --now`
  );
}
