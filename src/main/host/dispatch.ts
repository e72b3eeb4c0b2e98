/** Where every host ends: input checked, engine called, errors turned into data. */
import { z, ZodError } from 'zod';
import { toWire, UserError } from '../../shared/errors.ts';
import { EVAL_LAYOUTS } from '../../shared/eval-report.ts';
import { libraryParsers } from './parsers/library.ts';
import { mapParsers } from './parsers/map.ts';
import { modelParsers } from './parsers/models.ts';
import { settingParsers } from './parsers/settings.ts';
import { tagParsers } from './parsers/tags.ts';
import { writeParsers } from './parsers/write.ts';
import type { CallName, Client, Engine, Events, Parsers, Reply } from '../../shared/contract.ts';
import { fileParsers } from './parsers/files.ts';
import { absolutePath, searchQuery } from './parsers/search.ts';

const id = z.number().int().positive();
const jobId = id;

const evalRequest = z.strictObject({
  dataset: absolutePath,
  csv: absolutePath.exactOptional(),
  audioFolder: absolutePath.exactOptional(),
  layout: z.enum(['auto', ...EVAL_LAYOUTS]),
  prompts: z.array(z.string().min(1).max(1000)).max(1000),
  fold: z.string().min(1).exactOptional(),
});

export const parsers: Parsers = {
  ...fileParsers,
  ...libraryParsers,
  ...settingParsers,
  ...modelParsers,
  ...mapParsers,
  ...tagParsers,
  ...writeParsers,
  'index.start': (input) =>
    z.strictObject({ folders: z.array(absolutePath), again: z.boolean().exactOptional() }).parse(input),
  'job.wait': (input) => jobId.parse(input),
  'job.list': (input) => z.null().parse(input),
  'job.pause': (input) => jobId.parse(input),
  'job.resume': (input) => jobId.parse(input),
  'job.cancel': (input) => jobId.parse(input),
  'search.query': (input) => searchQuery.parse(input),
  'search.windows': (input) => z.strictObject({ fileId: id, query: searchQuery }).parse(input),
  'embed.files': (input) => z.strictObject({ paths: z.array(absolutePath), raw: z.boolean() }).parse(input),
  'embed.texts': (input) => z.strictObject({ texts: z.array(z.string()), raw: z.boolean() }).parse(input),
  'failure.list': (input) => z.null().parse(input),
  'failure.retry': (input) => z.null().parse(input),
  'eval.run': (input) => evalRequest.parse(input),
  'eval.cancel': (input) => z.null().parse(input),
  'status.get': (input) => z.null().parse(input),
  'model.list': (input) => z.null().parse(input),
  'doctor.run': (input) => z.null().parse(input),
};

/** Never rejects: a process boundary keeps little but the message of a thrown error. */
export async function dispatch<N extends CallName>(engine: Engine, name: N, input: unknown): Promise<Reply<N>> {
  try {
    if (!Object.hasOwn(parsers, name)) throw new UserError('bad-input', `There is no call named “${name}”.`);
    return { ok: true, value: await engine[name](parse(name, input)) };
  } catch (error) {
    return { ok: false, error: toWire(error) };
  }
}

function parse<N extends CallName>(name: N, input: unknown): ReturnType<Parsers[N]> {
  try {
    return parsers[name](input) as ReturnType<Parsers[N]>;
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [issue] = error.issues;
    const where = issue && issue.path.length > 0 ? `“${issue.path.join('.')}”: ` : '';
    throw new UserError(
      'bad-input',
      `The request ${name} is not understood: ${where}${issue?.message ?? 'wrong shape'}.`,
      error,
    );
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
