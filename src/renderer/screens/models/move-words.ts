/** The library on its way from one model to another, and what a model leaves behind, in words. */
import type { ModelMove } from '../../../shared/calls/models.ts';
import type { ModelStatus } from '../../../shared/types.ts';
import { bytes, count, counted } from '../../words/units.ts';

/** The line under the screen's name. @param used the model in use; null: none is. @param next the one after it, if any */
export function modelsLead(used: string | null, next: string | null): string {
  if (used === null) return 'No model is in use.';
  return next === null ? `${used} listens.` : `${used} answers; the library moves to ${next}.`;
}

/** listening; paused: by the user or for them; stopped: nothing runs; away: all that is left is out of reach. */
export type MoveState = 'listening' | 'paused' | 'stopped' | 'away';

/** @param paused whether the job that listens with the next model waits */
export function moveState({ working, remaining, outOfReach }: ModelMove, paused: boolean): MoveState {
  if (paused) return 'paused';
  if (working) return 'listening';
  return remaining > outOfReach ? 'stopped' : 'away';
}

/** 0..1 */
export function moveShare({ sounds, remaining }: ModelMove): number {
  return sounds === 0 ? 1 : (sounds - remaining) / sounds;
}

/** `Listening: 1,234 of 50,000 sounds; until then Starter answers.` @param from name of the model in use */
export function moveSentence(move: ModelMove, state: MoveState, from: string): string {
  const heard = `${count(move.sounds - move.remaining)} of ${counted(move.sounds, 'sound')}`;
  switch (state) {
    case 'listening':
      return `Listening: ${heard}; until then ${from} answers.`;
    case 'paused':
      return `Paused: ${heard} heard; until all of them are, ${from} answers.`;
    case 'stopped':
      return `Stopped: ${heard} heard, and nothing listens now. ${from} answers.`;
    case 'away':
      return `All that can be reached is heard: ${heard}. Until the rest is, ${from} answers.`;
  }
}

/** The sounds that wait for the user; '' when there are none. */
export function outOfReachSentence({ outOfReach }: Pick<ModelMove, 'outOfReach'>): string {
  if (outOfReach === 0) return '';
  const [verb, wait] = outOfReach === 1 ? ['is', 'it waits'] : ['are', 'they wait'];
  return `${count(outOfReach)} ${verb} on drives that are away or in paused folders; ${wait} until you bring them back.`;
}

/** What comes of taking a model into use before it has heard everything. */
export function useNowSentences({ sounds, remaining }: ModelMove, to: string): string[] {
  return [
    `${to} has heard ${count(sounds - remaining)} of ${counted(sounds, 'sound')}. ` +
      'Until it has heard the others, by sound only those are found; by name and tag everything is.',
    'It goes on listening in the background. You can change back at any time: what was heard stays.',
  ];
}

/** Of a model that is not in use: what it knows of the library; '' when it has heard nothing. */
export function heardBefore({ heard, heardBytes }: Pick<ModelStatus, 'heard' | 'heardBytes'>): string {
  return heard === 0 ? '' : `Heard ${counted(heard, 'sound')} (${bytes(heardBytes)} of the catalogue).`;
}

/** What can go of a pack: the model and what it heard, the model alone, or what it heard alone. */
export type Removal = 'all' | 'model' | 'heard';

/**
 * @param pack neither in use nor on its way to be
 * @returns null when there is nothing to be removed
 */
export function removalOf({ shipped, heard, folder }: ModelStatus): Removal | null {
  // The shipped one comes back with the program; of one that is gone, what it heard is left.
  if (shipped || folder === '') return heard === 0 ? null : 'heard';
  return heard > 0 ? 'all' : 'model';
}

/** What follows from a removal, a sentence each. @param forget whether what it heard goes as well */
export function removalSentences(pack: ModelStatus, removal: Removal, forget: boolean): string[] {
  const { name, heard, heardBytes, shipped, bytes: size } = pack;
  const again = `If you want ${name} back, it has to listen to all of them again.`;
  const room =
    `What it heard of ${counted(heard, 'sound')} goes, with the tags it suggested; what you decided stays. ` +
    `That makes room for ${bytes(heardBytes)} in the catalogue.`;
  if (removal === 'heard') {
    return [room, shipped ? `The model itself comes with Earmark and stays. ${again}` : again];
  }
  const files = `Its files are deleted (${bytes(size)}). To have it back, fetch or import it again.`;
  if (removal === 'model') return [files];
  return forget
    ? [files, `${room} ${again}`]
    : [files, 'What it heard stays: once it is back, it need not listen again.'];
}
