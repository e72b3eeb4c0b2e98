/**
 * Signed addresses of audio files on the local server. An <audio> element cannot send the token in a header, and a cookie
 * would travel to every other server on 127.0.0.1, as cookies do not look at the port. A signed address opens one file
 * for a short time, and whoever sees it does not learn the token.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** An address lasts between this and twice as long. */
export const AUDIO_ADDRESS_MS = 15 * 60_000;

export interface AudioAddress {
  fileId: number;
  /** A copy that every player plays. */
  asWav: boolean;
  /** Time at which the address stops working, ms since 1970. */
  untilMs: number;
}

/** @returns HMAC-SHA256 over everything in the address, 64 hexadecimal digits. @param token the key */
export function signAudioAddress(token: string, { fileId, asWav, untilMs }: AudioAddress): string {
  const message = `earmark audio\n${fileId}\n${asWav ? 'wav' : 'as it is'}\n${untilMs}`;
  return bytesToHex(hmac(sha256, utf8ToBytes(token), utf8ToBytes(message)));
}

/**
 * @param nowMs the same address comes back until the next multiple of {@link AUDIO_ADDRESS_MS}, so that the browser's
 *   cache knows it again
 * @returns path and query: `/audio/12?until=…&signature=…`
 */
export function audioPath(token: string, fileId: number, asWav: boolean, nowMs: number): string {
  const untilMs = (Math.floor(nowMs / AUDIO_ADDRESS_MS) + 2) * AUDIO_ADDRESS_MS;
  const signature = signAudioAddress(token, { fileId, asWav, untilMs });
  return `/audio/${fileId}?${asWav ? 'as=wav&' : ''}until=${untilMs}&signature=${signature}`;
}
