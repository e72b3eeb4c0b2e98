/** Sounds of known tempo, key and root, rendered with fluidsynth and a General MIDI soundfont where both are there. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniform } from '../../test/kit/uniform.ts';
import { wavHead } from '../../test/kit/wav.ts';
import { midiFile, type Score } from './midi.ts';
import { drumNotes, NOTE_PROGRAMS, pick, programs, repeated, STYLES, tonalNotes, type Key } from './scores.ts';

/** What is known of a rendered sound. */
export interface Known {
  path: string;
  set: 'drum loop' | 'melodic loop' | 'full loop' | 'song' | 'note' | 'drum hit';
  bpm: number | null;
  key: Key | null;
  /** MIDI number. */
  root: number | null;
}

export interface Sizes {
  drumLoops: number;
  melodicLoops: number;
  fullLoops: number;
  songs: number;
  notes: number;
}

const RATE = 44_100;
const FADE = 64;
const SOUNDFONTS = ['/usr/share/sounds/sf2/FluidR3_GM.sf2', '/usr/share/sounds/sf2/default-GM.sf2'];

/** The first of the usual ones that is installed. */
export function usualSoundfont(): string | undefined {
  return SOUNDFONTS.find((path) => existsSync(path));
}

/**
 * @param seed another one gives other music
 * @returns null where it cannot be rendered here
 */
export function renderMaterial(
  folder: string,
  sizes: Sizes,
  seed: number,
  soundfont = usualSoundfont(),
): Known[] | null {
  if (soundfont === undefined || spawnSync('fluidsynth', ['--version']).status !== 0) return null;
  mkdirSync(folder, { recursive: true });
  const render = (name: string, score: Score, fromBeat: number, beats: number, seamless: boolean): string => {
    const path = join(folder, `${name}.wav`);
    if (existsSync(path)) return path;
    const scale = (RATE * 60) / score.bpm;
    const whole = rendered(folder, soundfont, score);
    const [from, to] = [Math.round(fromBeat * scale), Math.round((fromBeat + beats) * scale)];
    writeFileSync(path, wav(whole.subarray(4 * from, 4 * to), seamless));
    return path;
  };
  const known: Known[] = [];
  const loop = (set: Known['set'], number: number, offset: number) => {
    const random = uniform(seed + offset + number);
    const style = pick(STYLES, random);
    const bpm = Math.round(style.bpm[0] + random() * (style.bpm[1] - style.bpm[0]));
    const bars = pick([1, 2, 2, 4, 4, 8], random);
    const tonal = set === 'drum loop' ? null : anyKey(random);
    const alone = pick(['chords', 'bass', 'lead'], random);
    const parts = set === 'full loop' ? { chords: true, bass: true, lead: random() < 0.5 } : { chords: alone !== 'bass', bass: random() < 0.3 || alone === 'bass', lead: alone === 'lead' }; // prettier-ignore
    const drums = set === 'melodic loop' ? [] : drumNotes(style, bars, 3, random);
    const tones = tonal ? repeated(tonalNotes(tonal, bars, parts, random), 4 * bars, 3) : [];
    const score = { bpm, programs: programs(random), notes: [...drums, ...tones] };
    const path = render(`${set.replace(' ', '-')}-${number}`, score, 4 * bars, 4 * bars, true);
    known.push({ path, set, bpm, key: tonal, root: null });
  };
  for (let i = 0; i < sizes.drumLoops; i++) loop('drum loop', i, 0);
  for (let i = 0; i < sizes.melodicLoops; i++) loop('melodic loop', i, 1000);
  for (let i = 0; i < sizes.fullLoops; i++) loop('full loop', i, 2000);
  for (let i = 0; i < sizes.songs; i++) {
    const random = uniform(seed + 3000 + i);
    const style = pick(STYLES, random);
    const bpm = Math.round(10 * (style.bpm[0] + random() * (style.bpm[1] - style.bpm[0]))) / 10;
    const key = anyKey(random);
    const bars = Math.round((75 * bpm) / 240);
    const parts = { chords: true, bass: true, lead: true };
    const tones = tonalNotes(key, bars, parts, random);
    const drums = drumNotes(style, 4, Math.ceil(bars / 4), random).filter(({ at }) => at >= 16 && at < 4 * bars);
    // From any moment on: a song does not begin at its first sample.
    const path = render(`song-${i}`, { bpm, programs: programs(random), notes: [...drums, ...tones] }, random(), 4 * bars - 1, false); // prettier-ignore
    known.push({ path, set: 'song', bpm, key, root: null });
  }
  for (let i = 0; i < sizes.notes; i++) {
    const random = uniform(seed + 4000 + i);
    const program = NOTE_PROGRAMS[i % NOTE_PROGRAMS.length]!;
    const low = program >= 32 && program <= 43 ? 28 : 45;
    const root = low + Math.floor(random() * 34);
    const notes = [{ at: 0, beats: pick([0.5, 1, 2, 4], random), pitch: root, velocity: 60 + 60 * random(), channel: 0 }]; // prettier-ignore
    const path = render(`note-${i}`, { bpm: 120, programs: { 0: program }, notes }, 0, 6, false);
    known.push({ path, set: 'note', bpm: null, key: null, root });
  }
  return known;
}

function anyKey(random: () => number): Key {
  return { tonic: Math.floor(random() * 12), mode: random() < 0.5 ? 'major' : 'minor' };
}

/** Stereo PCM, 16 bits. */
function rendered(folder: string, soundfont: string, score: Score): Buffer {
  const [midi, raw] = [join(folder, 'score.mid'), join(folder, 'score.raw')];
  writeFileSync(midi, midiFile(score));
  const result = spawnSync('fluidsynth', ['-ni', '-q', '-T', 'raw', '-O', 's16', '-E', 'little', '-r', String(RATE), '-g', '0.5', '-F', raw, soundfont, midi]); // prettier-ignore
  if (result.status !== 0) throw new Error(`fluidsynth: ${result.stderr.toString()}`);
  const pcm = readFileSync(raw);
  rmSync(midi);
  rmSync(raw);
  return pcm;
}

function wav(pcm: Buffer, seamless: boolean): Buffer {
  const samples = Buffer.from(pcm);
  // A cut through a sounding song clicks; a loop continues where it began.
  if (!seamless) {
    for (let i = 0; i < FADE && 4 * i < samples.length; i++) {
      for (const at of [4 * i, 4 * i + 2]) {
        samples.writeInt16LE(Math.round((samples.readInt16LE(at) * i) / FADE), at);
        const end = samples.length - 2 - at;
        if (end > at) samples.writeInt16LE(Math.round((samples.readInt16LE(end) * i) / FADE), end);
      }
    }
  }
  return Buffer.concat([wavHead(2, samples.length, { sampleRate: RATE }), samples]);
}
