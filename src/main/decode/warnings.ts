/** Flaws that a file can be used with all the same, each as a sentence. */
import type { AudioFormat, DecodeWarning } from '../../shared/types.ts';
import { extensionOf, nameContradicts } from './extensions.ts';

/** A decoded length may differ from the declared one by this: encoder delay, rounding, headers written early. */
const LENGTH_TOLERANCE_SECONDS = 0.5;
const LENGTH_TOLERANCE = 0.02;
/**
 * MPEG streams may begin or end with a frame that leans on data before the cut, and tag remains look like frames: a
 * few failed packets say nothing about the sound. Everywhere else one is too many.
 */
const MPEG_FAILURES_ALLOWED = 2;
const MPEG_CODECS: ReadonlySet<string> = new Set(['mp1', 'mp2', 'mp3', 'aac']);
/** A file with no sample above it is silent, dBFS. */
export const SILENT_DB = -90;

export interface Findings {
  path: string;
  extensionHint: string | undefined;
  format: AudioFormat;
  codec: string;
  decodedSeconds: number;
  /** null when the container has no word of its own on it. */
  declaredSeconds: number | null;
  /** The container has lost its end (cut-off.ts). */
  cutOff: boolean;
  failedPackets: number;
  invalidSamples: number;
  peakDb: number;
  windowCount: number;
  /** null when all of it was analysed. */
  capped: { analysedSeconds: number; durationSeconds: number } | null;
  /** Of the windows, Hz. */
  windowRate: number;
}

export function describeWarnings(findings: Findings): DecodeWarning[] {
  const { path, extensionHint, format, decodedSeconds, declaredSeconds, capped } = findings;
  const warnings: DecodeWarning[] = [];
  const missing = declaredSeconds === null || capped ? 0 : declaredSeconds - decodedSeconds;
  const allowed = Math.max(LENGTH_TOLERANCE_SECONDS, LENGTH_TOLERANCE * (declaredSeconds ?? 0));
  const failed = findings.failedPackets > (MPEG_CODECS.has(findings.codec) ? MPEG_FAILURES_ALLOWED : 0);
  if (missing > allowed) {
    const message = `Only ${seconds(decodedSeconds)} of the declared ${seconds(declaredSeconds!)} could be decoded and analysed.`;
    warnings.push({ code: 'partial', message });
  } else if (findings.cutOff) {
    warnings.push({
      code: 'partial',
      message: `The file is truncated. The remaining ${seconds(decodedSeconds)} were analysed.`,
    });
  } else if (failed) {
    const message = `${findings.failedPackets} damaged sections were skipped. The rest (${seconds(decodedSeconds)}) was analysed.`;
    warnings.push({ code: 'partial', message });
  }
  if (findings.invalidSamples > 0) {
    const message = `${findings.invalidSamples} samples are invalid (not a number, or far above full scale) and were replaced by silence.`;
    warnings.push({ code: 'invalid-samples', message });
  }
  if (findings.windowCount === 0) {
    const message =
      findings.peakDb > SILENT_DB
        ? `All audio is above ${findings.windowRate / 2000} kHz, outside the frequency range of the model.`
        : 'The file is silent: no sample exceeds −90 dBFS.';
    warnings.push({ code: 'silent', message });
  }
  if (capped) {
    const message = `Only the first ${seconds(capped.analysedSeconds)} of ${seconds(capped.durationSeconds)} were analysed.`;
    warnings.push({ code: 'capped', message });
  }
  if (nameContradicts(path, format, extensionHint)) {
    const message = `The file extension is .${extensionOf(path, extensionHint)}, but the content is ${format === 'other' ? findings.codec : format}.`;
    warnings.push({ code: 'wrong-extension', message });
  }
  return warnings;
}

/** "0.42 s", "12.5 s", "1 h 02 min 03 s". */
function seconds(value: number): string {
  if (value < 10) return `${value.toFixed(2)} s`;
  if (value < 100) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  const minutes = Math.floor(whole / 60) % 60;
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 3600) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(minutes)} min ${two(whole % 60)} s`;
}
