/** What is embedded for the words that a person typed. */
import type { ModelPack } from './pack.ts';

/** A tag label in the words that the model was trained to expect around it. */
export function zeroShotPrompt(label: string, pack: Pick<ModelPack, 'promptTemplate'>): string {
  // A function, so that "$&" in a label stays "$&".
  return pack.promptTemplate.replace('{label}', () => label.trim());
}

/**
 * Search text is embedded as typed and inside the pack's template; the two normalised embeddings are averaged
 * ({@link ../embed/normalise.ts} `meanDirection`). Free sentences are what captions look like, the template helps
 * single words.
 * @returns one or two texts, without duplicates
 */
export function queryTexts(text: string, pack: Pick<ModelPack, 'promptTemplate'>): string[] {
  const typed = text.trim();
  return [...new Set([typed, zeroShotPrompt(typed, pack)])];
}
