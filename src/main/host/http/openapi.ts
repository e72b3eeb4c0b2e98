/** The calls as an OpenAPI 3.1 document, from the very checks that their inputs pass. Spec: https://spec.openapis.org/oas/v3.1 */
import { z } from 'zod';
import type { CallName } from '../../../shared/contract.ts';
import { MAX_PLAYLIST } from '../../../shared/calls/playlists.ts';
import { version } from '../../files/install.ts';
import { parsers } from '../dispatch.ts';
import { SCOPE_OF, SCOPES } from './scopes.ts';

export type Schema = Record<string, unknown>;

/** What the source says of the calls: neither comments nor types are left when the program runs. */
export interface FromSource {
  /** What a call does; '' where nothing is said. */
  summaries: Partial<Record<CallName, string>>;
  /** What each call answers with; what it refers to is at `#/components/schemas/`. */
  answers: Record<string, Schema>;
  types: Record<string, Schema>;
}

const REFUSED = { $ref: '#/components/responses/Refused' };
const ERROR = {
  type: 'object',
  required: ['code', 'userMessage', 'detail'],
  properties: {
    code: { type: 'string', description: 'stable; for programs' },
    userMessage: { type: 'string', description: 'what happened and what to do, for people' },
    detail: { type: 'string', description: 'for the log' },
  },
};

export function openApi({ summaries, answers, types }: FromSource): object {
  const names = (Object.keys(SCOPE_OF) as CallName[]).filter((name) => SCOPE_OF[name] !== null);
  const scopes = Object.entries(SCOPES).map(([scope, meaning]) => `\`${scope}\`: ${meaning}`);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Earmark local server',
      version: version(),
      description: `Calls of \`earmark serve\`. Make a token with \`earmark token create\`. Scopes: ${scopes.join('; ')}.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:{port}', variables: { port: { default: '4000', description: 'as given to earmark serve --port' } } }], // prettier-ignore
    security: [{ token: [] }],
    paths: {
      ...Object.fromEntries(
        names.map((name) => [`/call/${name}`, { post: operation(name, summaries[name], answers[name]!) }]),
      ),
      '/audio/{fileId}': { get: audio() },
      '/playlist.m3u8': { get: playlist() },
      '/rest/getSonicSimilarTracks': { get: similarTracks() },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'a token of earmark token create' } },
      schemas: {
        Error: ERROR,
        ...onlyUsed(
          types,
          names.map((name) => answers[name]!),
        ),
      },
      responses: {
        Refused: {
          description:
            '400 invalid JSON; 401 no valid token; 403 not in the scopes of the token; 413 more than 1 MiB; 415 not JSON',
          content: { 'application/json': { schema: failure() } },
        },
      },
    },
  };
}

/** What is referred to, directly or by something that is. */
function onlyUsed(types: FromSource['types'], by: readonly Schema[]): FromSource['types'] {
  const used = new Set<string>();
  const follow = (schema: Schema) => {
    for (const [, name] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name!)) continue;
      used.add(name!);
      follow(types[name!]!);
    }
  };
  by.forEach(follow);
  return Object.fromEntries(Object.entries(types).filter(([name]) => used.has(name)));
}

function operation(name: CallName, summary: string | undefined, answer: Schema): object {
  const schema = inputSchema(name);
  const isNull = schema['type'] === 'null';
  const reply = { oneOf: [success(answer), failure()] };
  return {
    operationId: name,
    tags: [name.split('.')[0]],
    ...(summary ? { summary } : {}),
    'x-scope': SCOPE_OF[name],
    ...(isNull ? {} : { requestBody: { required: true, content: { 'application/json': { schema } } } }),
    responses: {
      200: { description: 'the answer, or why there is none', content: { 'application/json': { schema: reply } } },
      '4XX': REFUSED,
    },
  };
}

/** As the check takes it, before paths and such are brought into their form. */
export function inputSchema(name: CallName): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(parsers[name] as unknown as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
  });
  return schema;
}

function success(value: Schema): object {
  return {
    type: 'object',
    required: ['ok', 'value'],
    properties: { ok: { const: true }, value },
  };
}

function failure(): object {
  return {
    type: 'object',
    required: ['ok', 'error'],
    properties: { ok: { const: false }, error: { $ref: '#/components/schemas/Error' } },
  };
}

function playlist(): object {
  const share = { type: 'number', minimum: 0, maximum: 1, default: 0.5 };
  return {
    operationId: 'playlist',
    tags: ['playlist'],
    summary: 'Files that fit a description and differ from each other, as extended M3U.',
    'x-scope': 'read',
    parameters: [
      {
        name: 'query',
        in: 'query',
        required: true,
        schema: { type: 'string' },
        description: 'with filters: calm piano dur:>60',
      },
      { name: 'count', in: 'query', schema: { type: 'integer', minimum: 1, maximum: MAX_PLAYLIST, default: 20 } },
      { name: 'diversity', in: 'query', schema: share, description: '0: the best ones; 1: those that differ most' },
    ],
    responses: {
      200: { description: 'the playlist', content: { 'application/vnd.apple.mpegurl': {} } },
      '4XX': REFUSED,
    },
  };
}

function similarTracks(): object {
  return {
    operationId: 'getSonicSimilarTracks',
    tags: ['playlist'],
    summary: 'Similar files, as the extension sonicSimilarity of OpenSubsonic has it; JSON only.',
    'x-scope': 'read',
    parameters: [
      { name: 'id', in: 'query', required: true, schema: { type: 'string' }, description: 'id of a file' },
      { name: 'count', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 500, default: 10 } },
      { name: 'apiKey', in: 'query', schema: { type: 'string' }, description: 'a token, where no header can be sent' },
    ],
    responses: { 200: { description: 'subsonic-response', content: { 'application/json': {} } }, '4XX': REFUSED },
  };
}

function audio(): object {
  return {
    operationId: 'audio',
    tags: ['audio'],
    summary: 'The sound of a file, with ranges.',
    'x-scope': 'read',
    parameters: [
      { name: 'fileId', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
      { name: 'as', in: 'query', schema: { const: 'wav' }, description: 'a copy that every browser plays' },
    ],
    responses: {
      200: { description: 'the whole file', content: { 'audio/*': {} } },
      206: { description: 'the range asked for', content: { 'audio/*': {} } },
      '4XX': REFUSED,
    },
  };
}
