/** Sounds lent to search by. */
import type { SoundCalls } from '../../shared/calls/sounds.ts';
import type { Engine } from '../../shared/contract.ts';
import type { LentSounds } from '../files/lent-sounds.ts';

export function soundCalls(lent: Pick<LentSounds, 'add'>): Pick<Engine, keyof SoundCalls> {
  return { 'sound.lend': async ({ name, data }) => ({ path: await lent.add(name, Buffer.from(data, 'base64')) }) };
}
