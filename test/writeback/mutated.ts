/** Files that are damaged at random, the same way for the same numbers. */

/** Lengths that programs write which do not know better, and their neighbours. */
const LENGTHS = [0, 1, 3, 7, 8, 0x7ffff000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** One to three wounds: bits, lengths, bytes that go, come, or come twice, an end that is missing. */
export function mutated(bytes: Uint8Array, random: (n: number) => number): Buffer {
  let file = Buffer.from(bytes);
  for (let wounds = 1 + random(3); wounds > 0 && file.length > 16; wounds--) {
    // Mostly where structure is: at the beginning and the end, not in the sound.
    const at = [random(Math.min(file.length, 300)), file.length - 1 - random(Math.min(file.length, 300)), random(file.length)][random(3)]!; // prettier-ignore
    const to = Math.min(file.length, at + 1 + random(12));
    const kind = random(6);
    if (kind === 0) file[at] = file[at]! ^ (1 << random(8));
    else if (kind === 1 && at + 4 <= file.length) {
      const length = random(2) === 0 ? LENGTHS[random(LENGTHS.length)]! : Math.max(0, file.readUInt32LE(at) + random(5) - 2) >>> 0; // prettier-ignore
      if (random(2) === 0) file.writeUInt32LE(length, at);
      else file.writeUInt32BE(length, at);
    } else if (kind === 2) file = Buffer.concat([file.subarray(0, at), file.subarray(to)]);
    else if (kind === 3) file = Buffer.concat([file.subarray(0, to), file.subarray(at)]);
    else if (kind === 4)
      file = Buffer.concat([file.subarray(0, at), Buffer.alloc(1 + random(9), random(256)), file.subarray(at)]); // prettier-ignore
    else file = Buffer.from(file.subarray(0, Math.max(16, file.length - random(200))));
  }
  return file;
}

/** Every length in a file of chunks (`RIFF`, `FORM`) set to one that means nothing, one after the other. */
export function lengthsReplaced(bytes: Uint8Array, length: number): Buffer[] {
  const file = Buffer.from(bytes);
  const bigEndian = file.toString('latin1', 0, 4) === 'FORM';
  const places = [4];
  for (let at = 12; at + 8 <= file.length;) {
    places.push(at + 4);
    const size = bigEndian ? file.readUInt32BE(at + 4) : file.readUInt32LE(at + 4);
    at += 8 + size + (size % 2);
  }
  return places.map((at) => {
    const copy = Buffer.from(file);
    if (bigEndian) copy.writeUInt32BE(length, at);
    else copy.writeUInt32LE(length, at);
    return copy;
  });
}
