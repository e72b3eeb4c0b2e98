/** What the strip says about how a file is auditioned. */
import { figure, loudness } from '../words/units.ts';
import type { MatchedGain } from './levels.ts';
import type { KeyMatch, TempoMatch } from './rates.ts';
import { keyWords, semitoneWords, speedWords, tempoWords } from './rates.ts';

const CHANNELS = ['Left', 'Right'];

/** `Left` */
export function channelName(channel: number): string {
  return CHANNELS[channel] ?? `Channel ${channel + 1}`;
}

/** `+4.2 dB`, `−3.0 dB`, `0.0 dB` */
export function gainWords(gainDb: number): string {
  return `${gainDb >= 0.05 ? '+' : ''}${figure(gainDb, 'dB', 1)}`;
}

/** Why a file plays at its level. @param gain null: its loudness is not known */
export function levelSentence(gain: MatchedGain | null, targetLufs: number): string {
  if (gain === null) return 'Loudness unknown: plays at its own level';
  const level = `${gainWords(gain.gainDb)}, plays at ${loudness(targetLufs - gain.shortDb)}`;
  return gain.shortDb < 0.05 ? level : `${level}: ${figure(gain.shortDb, 'dB', 1)} short, its peaks allow no more`;
}

/** What the project changes about a file. */
export function projectSentence(tempo: TempoMatch | null, key: KeyMatch | null): string {
  const parts = [
    ...(tempo === null ? [] : [tempoWords(tempo)]),
    ...(key === null ? [] : [`${keyWords(key)} (${semitoneWords(key.semitones)})`]),
  ];
  return parts.length === 0 ? 'Plays as it is: no tempo or key to match' : parts.join(', ');
}

export interface Altered {
  speed: number;
  semitones: number;
  reversed: boolean;
  channel: number | null;
  tempo: TempoMatch | null;
  key: KeyMatch | null;
}

/** What is not as the file has it, shortest first: `124 → 120 BPM`, `75 %`, `+3 st`. */
export function alterations({ speed, semitones, reversed, channel, tempo, key }: Altered): string[] {
  return [
    ...(tempo === null ? [] : [tempoWords(tempo)]),
    ...(key === null || key.semitones === 0 ? [] : [keyWords(key)]),
    ...(speed === 1 ? [] : [speedWords(speed)]),
    ...(semitones === 0 ? [] : [semitoneWords(semitones)]),
    ...(reversed ? ['backwards'] : []),
    ...(channel === null ? [] : [channelName(channel)]),
  ];
}
