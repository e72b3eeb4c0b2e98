/** A recording as a file: mono WAV, 16-bit PCM. Spec: Microsoft/IBM "Multimedia Programming Interface", RIFF WAVE. */

const HEADER_BYTES = 44;

/**
 * @param blocks −1..1, beyond that clipped
 * @param sampleRate Hz
 */
export function wavOf(blocks: readonly Float32Array[], sampleRate: number): Uint8Array {
  const dataBytes = 2 * blocks.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(HEADER_BYTES + dataBytes);
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string) => {
    bytes.set(new TextEncoder().encode(letters), at);
  };
  text(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);
  let at = HEADER_BYTES;
  for (const block of blocks) {
    for (const sample of block) {
      view.setInt16(at, Math.round(32767 * Math.max(-1, Math.min(1, sample))), true);
      at += 2;
    }
  }
  return bytes;
}

/** Base64; in parts, since a call takes only so many arguments. */
export function base64Of(bytes: Uint8Array): string {
  const PART = 0x8000;
  let binary = '';
  for (let at = 0; at < bytes.length; at += PART) binary += String.fromCharCode(...bytes.subarray(at, at + PART));
  return btoa(binary);
}
