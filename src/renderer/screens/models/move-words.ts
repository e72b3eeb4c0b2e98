/** The library on its way from one model to another, and what a model leaves behind, in words. */
import type { ModelMove } from '../../../shared/calls/models.ts';
import type { ModelStatus } from '../../../shared/types.ts';
import { bytes, count, counted } from '../../words/units.ts';

/** The line under the screen's name. @param used the model in use; null: none is. @param next the one after it, if any */
export function modelsLead(used: string | null, next: string | null): string {
  if (used === null) return 'No model is in use.';
  return next === null ? `In use: ${used}.` : `In use: ${used}. Switching to ${next}.`;
}

/** paused: by the user or on their behalf; stopped: no job runs; away: all remaining files are out of reach. */
export type MoveState = 'analysing' | 'paused' | 'stopped' | 'away';

/** @param paused whether the job that analyses with the next model is paused */
export function moveState({ working, remaining, outOfReach }: ModelMove, paused: boolean): MoveState {
  if (paused) return 'paused';
  if (working) return 'analysing';
  return remaining > outOfReach ? 'stopped' : 'away';
}

/** 0..1 */
export function moveShare({ sounds, remaining }: ModelMove): number {
  return sounds === 0 ? 1 : (sounds - remaining) / sounds;
}

/** `Analysing: 1,234 of 50,000 files. Searches use Starter until then.` @param from name of the model in use */
export function moveSentence(move: ModelMove, state: MoveState, from: string): string {
  const analysedFiles = `${count(move.sounds - move.remaining)} of ${counted(move.sounds, 'file')}`;
  switch (state) {
    case 'analysing':
      return `Analysing: ${analysedFiles}. Searches use ${from} until then.`;
    case 'paused':
      return `Paused: ${analysedFiles} analysed. Searches use ${from} until all are.`;
    case 'stopped':
      return `Stopped: ${analysedFiles} analysed. Searches use ${from}.`;
    case 'away':
      return `All available files are analysed: ${analysedFiles}. Searches use ${from} until the rest are.`;
  }
}

/** The sounds that wait for the user; '' when there are none. */
export function outOfReachSentence({ outOfReach }: Pick<ModelMove, 'outOfReach'>): string {
  if (outOfReach === 0) return '';
  return `${counted(outOfReach, 'file')} on offline drives or in paused folders. Connect the drives or resume the folders to continue.`;
}

/** What comes of taking a model into use before it has analysed all files. */
export function useNowSentences({ sounds, remaining }: ModelMove, to: string): string[] {
  return [
    `${to} has analysed ${count(sounds - remaining)} of ${counted(sounds, 'file')}. ` +
      'Until it has analysed the rest, search by sound finds only these. Search by name and tag finds all files.',
    'Analysis continues in the background. You can switch back at any time; all results are kept.',
  ];
}

/** Of a model that is not in use: what it knows of the library; '' when it has analysed no file. */
export function analysedBefore({
  analysedFiles,
  analysisBytes,
}: Pick<ModelStatus, 'analysedFiles' | 'analysisBytes'>): string {
  return analysedFiles === 0
    ? ''
    : `${counted(analysedFiles, 'file')} analysed (${bytes(analysisBytes)} in the catalogue).`;
}

/** What can go of a pack: the model and its analysis, the model alone, or its analysis alone. */
export type Removal = 'all' | 'model' | 'analysis';

/**
 * @param pack neither in use nor on its way to be
 * @returns null when there is nothing to be removed
 */
export function removalOf({ shipped, analysedFiles, folder }: ModelStatus): Removal | null {
  // The shipped one comes back with the program; of one that is gone, its analysis is left.
  if (shipped || folder === '') return analysedFiles === 0 ? null : 'analysis';
  return analysedFiles > 0 ? 'all' : 'model';
}

/** What follows from a removal, a sentence each. @param forget whether its analysis goes as well */
export function removalSentences(pack: ModelStatus, removal: Removal, forget: boolean): string[] {
  const { name, analysedFiles, analysisBytes, shipped, bytes: size } = pack;
  const again = `To use ${name} again, all files must be analysed again.`;
  const room =
    `This deletes its analysis of ${counted(analysedFiles, 'file')} and the tags it suggested. Your decisions are kept. ` +
    `It frees ${bytes(analysisBytes)} in the catalogue.`;
  if (removal === 'analysis') {
    return [room, shipped ? `The model itself is part of Earmark and stays installed. ${again}` : again];
  }
  const files = `This deletes its files (${bytes(size)}). To restore the model, download or import it again.`;
  if (removal === 'model') return [files];
  return forget
    ? [files, `${room} ${again}`]
    : [files, 'Its analysis results are kept: after you reinstall it, files need not be analysed again.'];
}
