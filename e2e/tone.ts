/** Sounds made here, small and quick. */

/** Three seconds of a quiet tone: 8 kHz, 16 bit, mono. */
export function tone(hertz: number): Uint8Array {
  const samples = 24_000;
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.set(header(samples));
  for (let index = 0; index < samples; index++) {
    wav.writeInt16LE(Math.round(3000 * Math.sin((2 * Math.PI * hertz * index) / 8000)), 44 + 2 * index);
  }
  return wav;
}

/** Hiss that comes and goes, another one for each seed: 8 kHz, 16 bit, mono. */
export function hiss(seconds: number, seed: number): Uint8Array {
  const samples = 8000 * seconds;
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.set(header(samples));
  let state = seed;
  for (let index = 0; index < samples; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    const loudness = 2000 + 1500 * Math.sin((index / 8000) * (0.2 + seed / 40));
    wav.writeInt16LE(Math.round((state / 2 ** 31) * loudness), 44 + 2 * index);
  }
  return wav;
}

/** RIFF and `fmt ` of a WAV file with 8 kHz, 16 bit, mono. */
function header(samples: number): Uint8Array {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + 2 * samples, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(2 * samples, 40);
  return head;
}
