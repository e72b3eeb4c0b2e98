/** What a host answers when a player asks for a sound: status, headers, bytes. Nothing here knows a kind of server. */
import type { AudioFile } from '../playback/audio-file.ts';
import { parseByteRange } from './byte-range.ts';

/** Header values as they came; undefined when absent. */
export interface AudioRequest {
  method: 'GET' | 'HEAD';
  range?: string | undefined;
  ifRange?: string | undefined;
  ifNoneMatch?: string | undefined;
}

export interface AudioResponse {
  status: 200 | 206 | 304 | 416;
  headers: Record<string, string>;
  /** null: nothing follows. */
  body: AsyncGenerator<Buffer, void, undefined> | null;
}

/** RFC 9110: Range counts for GET alone, and only when If-Range names the file as it is. */
export function respondWithAudio(file: AudioFile, request: AudioRequest): AudioResponse {
  const headers: Record<string, string> = {
    'Accept-Ranges': 'bytes',
    ETag: file.etag,
    // Kept by the browser while it is useful, asked about before it is used again.
    'Cache-Control': 'private, no-cache',
  };
  if (request.ifNoneMatch !== undefined && matches(request.ifNoneMatch, file.etag)) {
    return { status: 304, headers, body: null };
  }
  headers['Content-Type'] = file.mimeType;
  const rangeCounts = request.method === 'GET' && (request.ifRange === undefined || request.ifRange === file.etag);
  const range = parseByteRange(rangeCounts ? request.range : undefined, file.bytes);
  switch (range.kind) {
    case 'unsatisfiable':
      return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${file.bytes}`, 'Content-Length': '0' }, body: null }; // prettier-ignore
    case 'part': {
      const { start, end } = range;
      headers['Content-Range'] = `bytes ${start}-${end}/${file.bytes}`;
      headers['Content-Length'] = String(end - start + 1);
      return { status: 206, headers, body: file.read(start, end) };
    }
    case 'whole':
      headers['Content-Length'] = String(file.bytes);
      return { status: 200, headers, body: request.method === 'HEAD' ? null : file.read(0, file.bytes - 1) };
  }
}

function matches(ifNoneMatch: string, etag: string): boolean {
  const named = ifNoneMatch.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return named.includes('*') || named.includes(etag);
}
