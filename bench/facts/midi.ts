/** Standard MIDI files of one track (RP-001), as a renderer needs them. */

export interface Note {
  /** Beats from the start. */
  at: number;
  /** Beats. */
  beats: number;
  /** MIDI number; on channel 9 a drum of General MIDI. */
  pitch: number;
  /** 1..127 */
  velocity: number;
  /** 0..15; 9 has the drums. */
  channel: number;
}

export interface Score {
  /** Beats a minute. */
  bpm: number;
  /** General MIDI program of each channel in use. */
  programs: Readonly<Record<number, number>>;
  notes: readonly Note[];
}

const TICKS_A_BEAT = 960;

export function midiFile({ bpm, programs, notes }: Score): Buffer {
  const events: { tick: number; order: number; bytes: number[] }[] = [];
  const microseconds = Math.round(60e6 / bpm);
  const tempo = [microseconds >> 16, (microseconds >> 8) & 0xff, microseconds & 0xff];
  events.push({ tick: 0, order: 0, bytes: [0xff, 0x51, 3, ...tempo] });
  for (const [channel, program] of Object.entries(programs)) {
    events.push({ tick: 0, order: 0, bytes: [0xc0 | Number(channel), program] });
  }
  for (const { at, beats, pitch, velocity, channel } of notes) {
    const tick = Math.max(0, Math.round(at * TICKS_A_BEAT));
    const loudness = Math.min(127, Math.max(1, Math.round(velocity)));
    events.push({ tick, order: 2, bytes: [0x90 | channel, pitch, loudness] });
    events.push({ tick: tick + Math.max(1, Math.round(beats * TICKS_A_BEAT)), order: 1, bytes: [0x80 | channel, pitch, 0] }); // prettier-ignore
  }
  events.sort((a, b) => a.tick - b.tick || a.order - b.order);
  const track: number[] = [];
  let last = 0;
  for (const { tick, bytes } of events) {
    track.push(...variableLength(tick - last), ...bytes);
    last = tick;
  }
  track.push(0, 0xff, 0x2f, 0);
  const head = Buffer.from([...Buffer.from('MThd'), 0, 0, 0, 6, 0, 0, 0, 1, TICKS_A_BEAT >> 8, TICKS_A_BEAT & 0xff]);
  const chunk = Buffer.alloc(8);
  chunk.write('MTrk');
  chunk.writeUInt32BE(track.length, 4);
  return Buffer.concat([head, chunk, Buffer.from(track)]);
}

function variableLength(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}
