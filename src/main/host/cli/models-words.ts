/** Models as the command line speaks of them. */
import { basename } from 'node:path';
import type { DownloadProgress, ImportProgress, ModelMove } from '../../../shared/calls/models.ts';
import type { ModelStatus } from '../../../shared/types.ts';
import { formatBytes, formatCount, plural, printable } from './format.ts';

/** Two lines of a list. */
export function describeModel({
  id,
  name,
  folder,
  license,
  dim,
  inUse,
  analysedFiles,
  problem,
  bytes,
}: ModelStatus): string {
  const facts = folder === '' ? [] : [name, `${dim}-d`, formatBytes(bytes), license];
  const state = [
    problem ?? 'ok',
    `${plural(analysedFiles, 'file')} analysed`,
    ...(folder === '' ? [] : [printable(folder)]),
  ];
  return `${inUse ? '*' : ' '} ${id}  ${facts.join(' · ')}\n  ${state.join(' · ')}`;
}

/** Two lines: where it is, and how it is used. */
export function describeInstalled({ id, name, dim, bytes, folder }: ModelStatus): string {
  const where = `${dim}-d, ${formatBytes(bytes)}, in ${printable(folder)}`;
  return `${printable(name)} is installed as “${id}”: ${where}\nSelect it with: earmark models use ${id}`;
}

const IMPORT_STAGES: Record<ImportProgress['stage'], string> = {
  reading: 'Checking',
  building: 'Building',
  checking: 'Testing',
};

/** "Building · 42 % · CLAP_weights_2023.pth" */
export function describeImport({ path, stage, share }: ImportProgress): string {
  return [IMPORT_STAGES[stage], `${Math.floor(100 * share)} %`, printable(basename(path))].join(' · ');
}

const DOWNLOAD_STAGES: Record<DownloadProgress['stage'], string> = {
  connecting: 'Connecting',
  fetching: 'Downloading',
  verifying: 'Verifying',
  importing: 'Installing',
};

/** "Downloading · 42 % · 290.1 MB of 690.0 MB · 12.3 MB/s · msclap-2023" */
export function describeDownload({ modelId, stage, bytes, total, bytesPerSecond }: DownloadProgress): string {
  const parts = [DOWNLOAD_STAGES[stage]];
  if (stage === 'fetching') {
    parts.push(`${Math.floor((100 * bytes) / total)} %`, `${formatBytes(bytes)} of ${formatBytes(total)}`);
    if (bytesPerSecond !== null) parts.push(`${formatBytes(Math.round(bytesPerSecond))}/s`);
  }
  return [...parts, printable(modelId)].join(' · ');
}

/** How far a library is on its way. */
export function describeMove({ from, to, sounds, remaining, outOfReach }: ModelMove): string {
  const away = outOfReach > 0 ? ` ${plural(outOfReach, 'file')} are on offline drives or in paused folders.` : ''; // prettier-ignore
  return (
    `“${printable(to)}” has analysed ${formatCount(sounds - remaining)} of ${plural(sounds, 'file')}; searches use “${printable(from)}” until then.${away}\n` +
    `Continue with: earmark models use ${to}     Switch now: earmark models use ${to} --now`
  );
}
