/**
 * Fits the constants of src/main/tag/calibration.ts and word-evidence.ts, and says how well they do on sources that
 * they were not fitted on: `node bench/tags/fit.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WORD_WEIGHTS } from '../../src/main/tag/word-evidence.ts';
import { CORPUS_FOLDER, corpusIsThere } from './corpus-clips.ts';
import { reliabilityOf } from './cross-validate.ts';
import { heldOut, prepareCalibrating } from './held-out.ts';
import { fitTrust } from './word-trust.ts';

if (!corpusIsThere()) {
  console.error(`There is no corpus in ${CORPUS_FOLDER}.`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'earmark-fit-'));
try {
  const { calibrating, labels } = await prepareCalibrating(folder);
  const curve = calibrating.fitSound(() => true);
  console.log('sound', rounded(curve));
  const words = calibrating.fitWords(() => true, calibrating.sound(curve), WORD_WEIGHTS);
  const { fields: { name, folder: inFolder }, sharedTax, otherwiseNamed } = words; // prettier-ignore
  console.log('words', rounded({ nameWord: name.word, namePhrase: name.phrase, folderWord: inFolder.word, folderPhrase: inFolder.phrase, sharedTax, otherwiseNamed })); // prettier-ignore
  const { judged, sound } = heldOut(calibrating, labels, WORD_WEIGHTS);
  console.log('trust in words', fitTrust(calibrating, sound, WORD_WEIGHTS, labels));
  for (const [what, probabilities] of Object.entries(judged)) {
    const { bins, expectedError, levels } = reliabilityOf(calibrating.clips, probabilities);
    console.log(`\n${what}, sources held out: expected calibration error ${expectedError.toFixed(3)}`);
    console.table(bins.map(({ from, pairs, predicted, right }) => ({ from, pairs, predicted: (predicted / pairs).toFixed(2), right: (right / pairs).toFixed(2) }))); // prettier-ignore
    console.table(levels);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function rounded(values: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Math.round(Number(value) * 100) / 100]),
  );
}
