/** What comes of searching with two models, in words. */
import type { SearchCost } from '../../../shared/calls/models.ts';
import { bytes, count, counted } from '../../words/units.ts';

/**
 * What is asked before it begins, a sentence each.
 * @param second name of the model that is added @param used name of the one in use
 */
export function costSentences(cost: SearchCost, second: string, used: string): string[] {
  const { loadSeconds, aloneMs, bothMs, memoryBytes, diskBytes, analysedFiles, files } = cost;
  const sentences = [
    `A file then counts by the mean of ${used} and ${second}. This finds more where both are about as good, and less where one is clearly weaker.`,
    `Measured on this machine: ${loadSeconds.toFixed(1)} s to load ${second} at the first search, then ${milliseconds(bothMs)} a search instead of ${milliseconds(aloneMs)}.`,
    `It takes ${bytes(memoryBytes)} of memory while it is loaded, and ${bytes(diskBytes)} on disk for its analysis.`,
  ];
  const missing = files - analysedFiles;
  if (missing > 0) {
    const verb = missing === 1 ? 'has' : 'have';
    sentences.push(`${count(missing)} of ${counted(files, 'file')} ${verb} not been analysed with ${second}; ${used} alone ranks them.`); // prettier-ignore
  }
  return sentences;
}

function milliseconds(value: number): string {
  return `${value >= 10 ? count(Math.round(value)) : value.toFixed(1)} ms`;
}
