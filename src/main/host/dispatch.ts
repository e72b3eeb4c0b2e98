/** Where every host ends: input checked, engine called, errors turned into data. */
import { z, ZodError } from 'zod';
import { toWire, UserError } from '../../shared/errors.ts';
import { EVAL_LAYOUTS } from '../../shared/eval-report.ts';
import { cutParsers } from './parsers/cut.ts';
import { dawParsers } from './parsers/daw.ts';
import { facetParsers } from './parsers/facets.ts';
import { factParsers } from './parsers/facts.ts';
import { folderParsers } from './parsers/folders.ts';
import { duplicateParsers } from './parsers/duplicates.ts';
import { healthParsers } from './parsers/health.ts';
import { libraryParsers } from './parsers/library.ts';
import { mapParsers } from './parsers/map.ts';
import { markerParsers } from './parsers/markers.ts';
import { modelParsers } from './parsers/models.ts';
import { outputParsers } from './parsers/outputs.ts';
import { playlistParsers } from './parsers/playlists.ts';
import { playbackParsers } from './parsers/playback.ts';
import { settingParsers } from './parsers/settings.ts';
import { soundParsers } from './parsers/sounds.ts';
import { studioParsers } from './parsers/studio.ts';
import { tagParsers } from './parsers/tags.ts';
import { writeRequestParsers } from './parsers/write-requests.ts';
import { writeParsers } from './parsers/write.ts';
import type { CallName, Calls, Client, Engine, Events, Parsers, Reply } from '../../shared/contract.ts';
import { fileParsers } from './parsers/files.ts';
import { seconds } from '../../shared/query/search-checks.ts';
import { absolutePath, searchQuery } from './parsers/search.ts';
import { wrongShape } from '../text/wrong-shape.ts';

const id = z.number().int().positive();
const jobId = z.number().int();

const evalRequest = z.strictObject({
  dataset: absolutePath,
  csv: absolutePath.exactOptional(),
  audioFolder: absolutePath.exactOptional(),
  layout: z.enum(['auto', ...EVAL_LAYOUTS]),
  prompts: z.array(z.string().min(1).max(1000)).max(1000),
  fold: z.string().min(1).exactOptional(),
  classPart: z
    .number()
    .int()
    .min(-100)
    .max(100)
    .refine((part) => part !== 0, 'must not be 0')
    .exactOptional(),
  classes: z.record(z.string().min(1).max(1000), z.string().min(1).max(1000)).exactOptional(),
  compare: z.tuple([z.string().min(1), z.string().min(1)]).exactOptional(),
});

export const parsers: Parsers = {
  ...cutParsers,
  ...dawParsers,
  ...facetParsers,
  ...factParsers,
  ...fileParsers,
  ...folderParsers,
  ...duplicateParsers,
  ...healthParsers,
  ...libraryParsers,
  ...settingParsers,
  ...modelParsers,
  ...mapParsers,
  ...markerParsers,
  ...outputParsers,
  ...playbackParsers,
  ...playlistParsers,
  ...soundParsers,
  ...studioParsers,
  ...tagParsers,
  ...writeParsers,
  ...writeRequestParsers,
  'index.start': z.strictObject({ folders: z.array(absolutePath), again: z.boolean().exactOptional() }),
  'job.wait': jobId,
  'job.list': z.null(),
  'job.pause': jobId,
  'job.resume': jobId,
  'job.cancel': jobId,
  'search.query': searchQuery,
  'search.windows': z.strictObject({ fileId: id, query: searchQuery }),
  'search.matches': z.strictObject({ fileIds: z.array(id).max(200), query: searchQuery }),
  'search.match': z.strictObject({ fileId: id, query: searchQuery, startSeconds: seconds, endSeconds: seconds }),
  'embed.files': z.strictObject({ paths: z.array(absolutePath), raw: z.boolean() }),
  'embed.texts': z.strictObject({ texts: z.array(z.string()), raw: z.boolean() }),
  'failure.list': z.null(),
  'failure.retry': z.null(),
  'eval.start': evalRequest,
  'status.get': z.null(),
  'model.list': z.null(),
  'doctor.run': z.null(),
};

/** Never rejects: a process boundary keeps little but the message of a thrown error. */
export async function dispatch<N extends CallName>(engine: Engine, name: N, input: unknown): Promise<Reply<N>> {
  try {
    if (!Object.hasOwn(parsers, name)) throw new UserError('bad-input', `Unknown call “${name}”.`);
    return { ok: true, value: await engine[name](parse(name, input)) };
  } catch (error) {
    return { ok: false, error: toWire(error) };
  }
}

function parse<N extends CallName>(name: N, input: unknown): Calls[N]['input'] {
  try {
    return parsers[name].parse(input);
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    throw new UserError('bad-input', `Invalid input for ${name}: ${wrongShape(error)}.`, error);
  }
}

/** A client in the engine's own process: the command line's. Inputs are checked as on any other host. */
export function directClient(
  engine: Engine,
  on: <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) => () => void,
): Client {
  return {
    call: (name, input) => engine[name](parse(name, input)),
    on,
  };
}
