/**
 * The checksum of an Ogg page (RFC 3533 §6): polynomial 0x04c11db7, most significant bit first, begun at 0 and not
 * inverted. Being linear, it can be brought up to date for a few changed bytes without reading the others.
 */
const POLYNOMIAL = 0x04c1_1db7;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ POLYNOMIAL : value << 1;
  return value;
});

/** @param crc of what came before */
export function oggCrc(bytes: Uint8Array, crc = 0): number {
  let value = crc;
  for (const byte of bytes) value = (value << 8) ^ TABLE[(value >>> 24) ^ byte]!;
  return value >>> 0;
}

/**
 * @param difference four bytes of the old content XOR the new, first byte uppermost
 * @param bytesBehind between them and the end of the page
 * @returns what the old checksum is to be XORed with
 */
export function crcChange(difference: number, bytesBehind: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(difference >>> 0);
  // Zeros behind them shift the remainder: they multiply it by x^8 each.
  return multiply(oggCrc(bytes), powerOfX8(bytesBehind));
}

/** POWERS[n] is x^(8·2^n) modulo the polynomial. */
const POWERS: number[] = [1 << 8];
for (let n = 1; n < 20; n++) POWERS.push(multiply(POWERS[n - 1]!, POWERS[n - 1]!));

function powerOfX8(exponent: number): number {
  let product = 1;
  for (let n = 0; exponent >> n !== 0; n++) if ((exponent >> n) & 1) product = multiply(product, POWERS[n]!);
  return product;
}

/** Of two polynomials over GF(2), modulo the checksum's. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 31; bit >= 0; bit--) {
    product = product < 0 ? (product << 1) ^ POLYNOMIAL : product << 1;
    if ((a >>> bit) & 1) product ^= b;
  }
  return product >>> 0;
}
