/** Three seconds of a quiet tone: 8 kHz, 16 bit, mono. */
export function tone(hertz: number): Uint8Array {
  const samples = 24_000;
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + 2 * samples, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(16_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(2 * samples, 40);
  for (let index = 0; index < samples; index++) {
    wav.writeInt16LE(Math.round(3000 * Math.sin((2 * Math.PI * hertz * index) / 8000)), 44 + 2 * index);
  }
  return wav;
}
