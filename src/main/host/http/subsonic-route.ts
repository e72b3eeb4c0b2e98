/**
 * `GET /rest/getSonicSimilarTracks`: similar files for music servers, as the extension sonicSimilarity of OpenSubsonic has it
 * (https://opensubsonic.netlify.app/docs/endpoints/getsonicsimilartracks/). Ids are those of our files; answers are JSON
 * only, and one end point is not a whole Subsonic server.
 */
import { basename, extname } from 'node:path';
import type { ServerResponse } from 'node:http';
import mime from 'mime';
import type { FileRow } from '../../../shared/calls/files.ts';
import type { CallName, Calls, Engine } from '../../../shared/contract.ts';
import { fromWire, toWire, type WireError } from '../../../shared/errors.ts';
import { version } from '../../files/install.ts';
import { dispatch } from '../dispatch.ts';
import { sendJson } from './replies.ts';

const PROTOCOL = '1.16.1';
const DEFAULT_COUNT = 10;
const MAX_COUNT = 500;
/** Of the protocol. */
const GENERIC = 0;
const PARAMETER_MISSING = 10;
const NOT_FOUND = 70;

/** @param query of the address: id, count */
export async function sendSimilarTracks(response: ServerResponse, engine: Engine, query: string): Promise<void> {
  const parameters = new URLSearchParams(query);
  const id = parameters.get('id') ?? '';
  if (id === '') {
    sendFailure(response, PARAMETER_MISSING, 'The parameter “id” is missing.');
    return;
  }
  const count = Number(parameters.get('count') ?? DEFAULT_COUNT);
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    sendFailure(response, GENERIC, `The parameter “count” must be a whole number from 1 to ${MAX_COUNT}.`);
    return;
  }
  try {
    const { path } = await ask(engine, 'file.get', Number(id));
    const { hits } = await ask(engine, 'search.query', {
      likePath: path,
      limit: count,
      includeUnlikely: true,
      grouped: true,
    });
    const rows = await ask(engine, 'file.rows', hits.map(({ fileId }) => fileId)); // prettier-ignore
    const scores = new Map(hits.map(({ fileId, score }) => [fileId, score]));
    const sonicMatch = rows.map((row) => ({ entry: childOf(row), similarity: scores.get(row.fileId) ?? 0 }));
    sendJson(response, 200, envelope({ status: 'ok', sonicMatch }));
  } catch (error) {
    const { code, userMessage } = toWire(error);
    const isUnknown = code === 'file-missing' || code === 'bad-input';
    sendFailure(response, isUnknown ? NOT_FOUND : GENERIC, userMessage);
  }
}

/** Failures have the status 200 in this protocol. */
function sendFailure(response: ServerResponse, code: number, message: string): void {
  sendJson(response, 200, envelope({ status: 'failed', error: { code, message } }));
}

function envelope(answer: object): object {
  const server = { version: PROTOCOL, type: 'earmark', serverVersion: version(), openSubsonic: true };
  return { 'subsonic-response': { ...server, ...answer } };
}

async function ask<N extends CallName>(engine: Engine, name: N, input: unknown): Promise<Calls[N]['output']> {
  const reply: { ok: true; value: Calls[N]['output'] } | { ok: false; error: WireError } = await dispatch(
    engine,
    name,
    input,
  );
  if (reply.ok) return reply.value;
  throw fromWire(reply.error);
}

/** A `Child` of the protocol: the fields that we know. */
function childOf({ fileId, path, durationSeconds, sampleRate, channels, bitDepth }: FileRow): object {
  const suffix = extname(path).slice(1).toLowerCase();
  return {
    id: String(fileId),
    isDir: false,
    isVideo: false,
    type: 'music',
    title: basename(path, extname(path)),
    duration: Math.round(durationSeconds),
    samplingRate: sampleRate,
    channelCount: channels,
    ...(bitDepth === null ? {} : { bitDepth }),
    suffix,
    contentType: mime.getType(suffix) ?? 'application/octet-stream',
    path,
  };
}
