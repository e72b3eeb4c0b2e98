/** What is found about a signal, in words for the window and the command line; what is as usual is left out. */
import type { FactsOf } from './analysis.ts';

export type SignalFigures = { [F in keyof FactsOf<'signal'>]?: number | null } & { loudnessRange?: number | null };

/** Two channels that differ by less are the same, % of their power (see queries/issues.ts). */
const SAME = 0.001;
const SLIGHT_OFFSET = 0.1;
const SHORT_SILENCE = 0.05;

/** `unsure`: it may be otherwise, and is drawn muted. */
export interface SignalLine {
  name: string;
  value: string;
  unsure?: true;
}

export function signalInWords(file: SignalFigures): SignalLine[] {
  const { truePeakDb, loudnessRange, stereoWidth, correlation, dcOffset, deadChannels, bandwidthHz, cutoffHz } = file;
  const lines: SignalLine[] = [];
  const say = (name: string, value: string) => void lines.push({ name, value });
  if (isNumber(truePeakDb)) say('True peak', `${signed(truePeakDb, 1)} dBTP`);
  if (isNumber(loudnessRange)) say('Range', `${loudnessRange.toFixed(1)} LU`);
  if (isNumber(deadChannels) && deadChannels > 0) {
    say('Channels', `${deadChannels} ${deadChannels === 1 ? 'is' : 'are'} silent`);
  } else if (isNumber(stereoWidth)) {
    const together = isNumber(correlation) ? `, correlation ${signed(correlation, 2)}` : '';
    say('Stereo', stereoWidth < SAME ? 'the same in both channels' : `${percent(stereoWidth)} wide${together}`);
  }
  if (isNumber(dcOffset) && Math.abs(dcOffset) >= SLIGHT_OFFSET) say('DC offset', `${signed(dcOffset, 1)} %`);
  const silences = [silence(file.silentHead, 'start'), silence(file.silentTail, 'end')].filter((one) => one !== '');
  if (silences.length > 0) say('Silence', silences.join(', '));
  if (isNumber(bandwidthHz) && bandwidthHz > 0) {
    const value = `${(bandwidthHz / 1000).toFixed(1)} kHz`;
    const isCutOff = isNumber(cutoffHz) && cutoffHz > 0;
    // Instruments and microphones can end as suddenly (docs/adr/0017).
    if (isCutOff)
      lines.push({ name: 'Bandwidth', value: `${value}, cut off: perhaps upsampled or once lossy`, unsure: true }); // prettier-ignore
    else say('Bandwidth', value);
  }
  return lines;
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

function silence(seconds: number | null | undefined, where: string): string {
  return isNumber(seconds) && seconds >= SHORT_SILENCE ? `${seconds.toFixed(2)} s at the ${where}` : '';
}

function percent(value: number): string {
  return `${value < 1 ? '< 1' : value.toFixed(0)} %`;
}

/** With a minus sign, not a hyphen. */
function signed(value: number, digits: number): string {
  return value.toFixed(digits).replace('-', '−');
}
