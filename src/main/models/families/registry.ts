/** Every family there is. The first one that recognises a place imports it. */
import type { ModelFamily } from './family.ts';
import { huggingFace } from './hugging-face/family.ts';
import { msclap } from './msclap/family.ts';
import { pack } from './pack/family.ts';
import { transformers } from './transformers/family.ts';

export const FAMILIES: readonly ModelFamily[] = [msclap, pack, huggingFace, transformers];

/** @throws TypeError for a name that no family has */
export function familyOf(name: string): ModelFamily {
  const family = FAMILIES.find((one) => one.name === name);
  if (!family) throw new TypeError(`unknown model family “${name}”`);
  return family;
}
