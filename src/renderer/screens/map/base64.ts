/** Numbers as the contract carries them. */

/** @param text base64 of bytes */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** @param text base64 of int32, little-endian as every platform of ours is */
export function int32Of(text: string): Int32Array {
  return new Int32Array(bytesOf(text).buffer);
}

/** @param text base64 of float32, little-endian */
export function float32Of(text: string): Float32Array {
  return new Float32Array(bytesOf(text).buffer);
}
