/** A large studio: what its server stores, and how long a new member takes to follow it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { cataloguePath } from '../src/main/catalogue/connection.ts';
import { openCatalogue } from '../src/main/catalogue/open.ts';
import { spaceOf } from '../src/main/packs/pack.ts';
import { parseAddress } from '../src/main/studio/address.ts';
import { runSync } from '../src/main/studio/sync/sync-job.ts';
import type { Postgres } from '../test/kit/postgres.ts';
import type { BenchContext } from './context.ts';
import { timed } from './measure.ts';
import type { Row } from './table.ts';

export const WINDOWS_PER_FILE = 10;
const TABLES = { file: 'file', sound: 'sound', analysis: 'analysis', decision: 'decision' } as const;

export interface StudioSize {
  files: number;
  windows: number;
}

export function studioSize({ quick }: BenchContext): StudioSize {
  const files = quick ? 1000 : 100_000;
  return { files, windows: files * WINDOWS_PER_FILE };
}

/**
 * Adds sounds, files and analyses to a studio that has some from a real analysis: facts, tags and embeddings are copied from those,
 * with ten windows a file. The server does not compress embeddings, so that it does not matter which ones they are.
 * @param dim of the embeddings
 */
export function enlarge(server: Postgres, database: string, { files }: StudioSize, dim: number): void {
  const sql = (text: string) => server.sql(database, text);
  const bytes = 2 * dim;
  sql(`CREATE TABLE public.pool AS SELECT row_number() OVER () - 1 AS id, substr(embeddings, 1 + at * ${bytes}, ${bytes}) AS embedding
         FROM earmark.analysis, generate_series(0, length(embeddings) / ${bytes} - 1) AS at;
       ALTER TABLE public.pool ADD PRIMARY KEY (id);
       CREATE TABLE public.model AS SELECT row_number() OVER (ORDER BY path) - 1 AS id, file.share_id, file.tags, sound.*
         FROM earmark.file JOIN earmark.sound USING (content_id);
       ALTER TABLE public.model ADD PRIMARY KEY (id);
       ANALYZE`);
  const [models, pool] = ['model', 'pool'].map((table) => Number(sql(`SELECT count(*) FROM public.${table}`)));
  const names = `md5('content ' || n) AS content_id FROM generate_series(1, ${files}) AS n`;
  sql(`INSERT INTO earmark.sound (content_id, format, codec, duration_s, sample_rate, channels, bit_depth, warnings, kinds, at_ms)
         SELECT made.content_id, format, codec, duration_s, sample_rate, channels, bit_depth, warnings, kinds, 0
           FROM (SELECT n, ${names}) AS made JOIN public.model ON model.id = n % ${models}`);
  sql(`INSERT INTO earmark.analysis (content_id, space_id, places, embeddings, at_ms)
         SELECT content_id, (SELECT min(id) FROM earmark.space),
                (SELECT jsonb_agg(CASE part % 2 WHEN 0 THEN 2.5 * part ELSE 5 END ORDER BY part) FROM generate_series(0, ${2 * WINDOWS_PER_FILE - 1}) AS part),
                (SELECT string_agg(embedding, '' ORDER BY part) FROM generate_series(1, ${WINDOWS_PER_FILE}) AS part
                   JOIN public.pool ON pool.id = (n::bigint * 7919 + part * 977) % ${pool}), 0
           FROM (SELECT n, ${names}) AS made`);
  sql(`INSERT INTO earmark.file (share_id, path, size, mtime_ms, content_id, tags, at_ms)
         SELECT share_id, ${PATH}, 1000000 + n, 0, made.content_id, tags, 0
           FROM (SELECT n, ${names}) AS made JOIN public.model ON model.id = n % ${models}`);
  sql('DROP TABLE public.pool, public.model');
  sql('VACUUM ANALYZE');
}

/** Of file n, in SQL and as below. */
const PATH = "'Library/Folder ' || n / 50 || '/Recording of something ' || n || '.wav'";
const pathOf = (n: number) => `Library/Folder ${Math.floor(n / 50)}/Recording of something ${n}.wav`;

/** Each of those files gets a tag from the member who connects. */
export function decideAll(server: Postgres, database: string, { files }: StudioSize): void {
  server.sql(database, `INSERT INTO earmark.decision (content_id, tag_id, accepted, bulk, at_ms)
    SELECT md5('content ' || n), (SELECT min(id) FROM earmark.tag), true, true, 0 FROM generate_series(1, ${files}) AS n`); // prettier-ignore
  server.sql(database, 'VACUUM ANALYZE');
}

/** Bytes on the server, indexes included; the database's own some megabytes are in none of them. */
export function storedBytes(server: Postgres, database: string, { files }: StudioSize): Row[] {
  const bytesOf = (table: string) =>
    Number(server.sql(database, `SELECT pg_total_relation_size('earmark.${table}')`)) / files;
  const rows = Object.entries(TABLES).map(([table]) => ({ table, bytes: bytesOf(table) }));
  const sum = rows.reduce((total, { bytes }) => total + bytes, 0);
  return [
    { what: `database, ${count(files)} files of ${WINDOWS_PER_FILE} windows and one decision`, value: sum, unit: 'bytes/file' }, // prettier-ignore
    ...rows.map(({ table, bytes }) => ({
      what: `    table ${table} and its indexes`,
      value: bytes,
      unit: 'bytes/file',
    })),
  ];
}

/**
 * A new member that has met all files in a scan takes over their analyses and receives what was decided. Not included: the scan,
 * and building the index, which are as without a studio.
 * @param url of a member
 */
export async function firstFollow(context: BenchContext, url: string, share: string, size: StudioSize): Promise<Row[]> {
  const { workFolder, pack, say } = context;
  const dataFolder = join(workFolder, 'studio-new');
  const catalogue = openCatalogue(dataFolder);
  try {
    const mount = join(workFolder, 'mount');
    const rootId = catalogue.roots.add(mount).id;
    const spaceId = catalogue.windows.ensureSpace(spaceOf(pack));
    catalogue.transaction(() => {
      for (let n = 1; n <= size.files; n++) {
        catalogue.files.insertPending({ rootId, relativePath: pathOf(n), size: 1_000_000 + n, mtimeMs: 0 });
      }
    });
    say(`a new member follows ${count(size.files)} files`);
    const before = process.cpuUsage();
    const { value: summary, ms } = await timed(() =>
      runSync(
        { id: 1, signal: new AbortController().signal, whileNotPaused: () => Promise.resolve(), report: () => {}, elapsedSeconds: () => 0 }, // prettier-ignore
        {
          ...{ catalogue, spaceId, notice: say, changed: () => {} },
          membership: { version: 1, studioId: '', name: 'studio', address: parseAddress(url), shares: { [share]: mount } }, // prettier-ignore
          pool: () => {
            throw new Error('no file is to be read');
          },
          walk: () => Promise.resolve(),
          syncIndex: () => Promise.resolve(),
        },
      ),
    );
    const { user, system } = process.cpuUsage(before);
    if (summary.takenOver !== size.files)
      throw new Error(`${summary.takenOver} files were taken over of ${size.files}`);
    return [
      { what: `first sync of a new member, ${count(size.files)} files`, value: ms / 1000, unit: 's', note: `${((user + system) / 1e6).toFixed(1)} s of CPU time in the member; ${count(summary.changesReceived)} changes received, too` }, // prettier-ignore
      { what: '    files taken over', value: size.files / (ms / 1000), unit: 'files/s' },
      { what: '    its catalogue', value: statSync(cataloguePath(dataFolder)).size / size.files, unit: 'bytes/file' },
    ];
  } finally {
    catalogue.close();
  }
}

function count(n: number): string {
  return n.toLocaleString('en-GB');
}
