/**
 * `GET /playlist.m3u8?query=calm+piano&count=20&diversity=0.5`: a playlist for music servers and players, as extended M3U.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Engine } from '../../../shared/contract.ts';
import { m3uList } from '../../export/m3u-list.ts';
import { dispatch } from '../dispatch.ts';
import { HttpError } from './replies.ts';

const DEFAULT_COUNT = 20;
const DEFAULT_DIVERSITY = 0.5;

/** @param query of the address @throws HttpError 400 with the sentence of what is wrong with it */
export async function sendPlaylist(response: ServerResponse, engine: Engine, query: string): Promise<void> {
  const parameters = new URLSearchParams(query);
  const number = (name: string, otherwise: number) => (parameters.has(name) ? Number(parameters.get(name)) : otherwise);
  const reply = await dispatch(engine, 'playlist.make', {
    query: { text: parameters.get('query') ?? '' },
    count: number('count', DEFAULT_COUNT),
    diversity: number('diversity', DEFAULT_DIVERSITY),
  });
  if (!reply.ok) {
    const { code, userMessage } = reply.error;
    throw new HttpError(code === 'internal' ? 500 : 400, code, userMessage);
  }
  let text = '';
  for await (const piece of m3uList(Readable.from(reply.value.entries), { relativeTo: null, leaveOut: () => {} }))
    text += piece;
  response.writeHead(200, {
    'Content-Type': 'application/vnd.apple.mpegurl; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(text);
}
