/** A studio on a PostgreSQL server of this machine: claiming files, following, and what is stored. */
import { join } from 'node:path';
import { createEngine, type EngineHandle } from '../src/main/engine/engine.ts';
import { connected } from '../src/main/studio/connection.ts';
import { parseAddress } from '../src/main/studio/address.ts';
import { initStudio } from '../src/main/studio/studio.ts';
import { fileList } from '../src/main/studio/work/list.ts';
import { put, tone, wav } from '../test/faults/sounds.ts';
import { NO_POSTGRES, Postgres } from '../test/kit/postgres.ts';
import type { BenchContext } from './context.ts';
import { median, percentile, timed } from './measure.ts';
import { decideAll, enlarge, firstFollow, storedBytes, studioSize } from './studio-library.ts';
import { rangeOf, type Row } from './table.ts';

/** Workers that claim at the same time, and files that each claims at once. */
const WORKERS = 4;
const AT_ONCE = 8;
const PASSWORD = 'a secret of the benchmark';
const SHARE = 'sfx';

export async function studio(context: BenchContext): Promise<Row[]> {
  if (NO_POSTGRES !== null) {
    context.say(`studio: ${NO_POSTGRES}; left out`);
    return [];
  }
  const server = await Postgres.start();
  try {
    return [...(await claiming(context, server)), ...(await following(context, server))];
  } finally {
    await server.stop();
  }
}

/** As workers do, but for the analysis: every file is claimed and told to be analysed. */
async function claiming({ quick, say }: BenchContext, server: Postgres): Promise<Row[]> {
  const files = quick ? 2000 : 50_000;
  say(`claiming ${files.toLocaleString('en-GB')} files by ${WORKERS} connections`);
  server.createDatabase('claims');
  const url = server.url('claims');
  await initStudio(url, 'Claims', [SHARE]);
  server.sql('claims', `INSERT INTO earmark.file (share_id, path, size, mtime_ms, at_ms) SELECT 1, 'folder ' || n / 20 || '/file ' || n || '.wav', n, 0, 0 FROM generate_series(1, ${files}) AS n`); // prettier-ignore
  server.sql('claims', "INSERT INTO earmark.sound (content_id, format, duration_s, sample_rate, channels, warnings, kinds, at_ms) VALUES ('one', 'wav', 1, 48000, 1, '[]', '{}', 0)"); // prettier-ignore
  server.sql('claims', 'ANALYZE');
  const claims: number[] = [];
  let claimed = 0;
  const work = async (worker: number) =>
    connected(parseAddress(url), async (connection) => {
      const list = fileList(connection, `bench-${worker}`, 60);
      for (;;) {
        const { value: places, ms } = await timed(() => list.claim([1], AT_ONCE));
        if (places.length === 0) return;
        claims.push(ms);
        claimed += places.length;
        await connection.rows(
          "UPDATE earmark.file SET content_id = 'one', worker = NULL, leased_till = NULL WHERE share_id = 1 AND path = ANY ($1)",
          [places.map(({ path }) => path)],
        );
      }
    });
  const { ms } = await timed(() => Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker))));
  if (claimed !== files) throw new Error(`${claimed} files were claimed of ${files}`);
  return [
    { what: `claiming, ${files.toLocaleString('en-GB')} files, ${WORKERS} workers`, value: files / (ms / 1000), unit: 'files/s' }, // prettier-ignore
    { what: `    one claim of ${AT_ONCE} files`, value: median(claims), unit: 'ms', range: rangeOf(claims), p95: percentile(claims, 95), note: `99 of 100 below ${percentile(claims, 99).toFixed(1)} ms` }, // prettier-ignore
  ];
}

async function following(context: BenchContext, server: Postgres): Promise<Row[]> {
  const { quick, say, workFolder, pack } = context;
  const size = studioSize(context);
  const changes = quick ? 5 : 100;
  const sounds = quick ? 20 : 200;
  const folder = join(workFolder, 'studio-sounds');
  for (let at = 0; at < sounds; at++) put(join(folder, `tone ${at}.wav`), wav([tone(200 + 10 * at, 1)]));
  server.createDatabase('follow');
  await initStudio(server.url('follow'), 'Follow', [SHARE]);
  const open = (name: string, followOthers: boolean): EngineHandle =>
    createEngine({ dataFolder: join(workFolder, `studio-${name}`), model: pack.folder, load: 'foreground', followOthers }); // prettier-ignore
  const names = ['ana', 'ben'];
  let engines = names.map((name) => open(name, false));
  const sync = async () => {
    for (const { engine } of engines) await engine['job.wait'](await engine['studio.sync'](null));
  };
  try {
    for (const [at, name] of names.entries()) {
      server.createLogin(name, PASSWORD, ['earmark_follow_editor']);
      await engines[at]!.engine['studio.join']({ url: server.url('follow', name, PASSWORD), shares: [{ name: SHARE, path: folder }] }); // prettier-ignore
    }
    await engines[0]!.engine['job.wait'](await engines[0]!.engine['index.start']({ folders: [folder] }));
    await sync();
    say(`a studio of ${size.windows.toLocaleString('en-GB')} windows`);
    enlarge(server, 'follow', size, pack.dim);
    await sync();
    for (const handle of engines) await handle.close();
    engines = names.map((name) => open(name, true)); // from now on they follow
    const [ana, ben] = engines as [EngineHandle, EngineHandle];
    const { vocabularies } = await ana.engine['vocabulary.list'](null);
    const { id: vocabularyId, labels } = await ana.engine['vocabulary.get'](vocabularies[0]!.id);
    const tagId = await ana.engine['tag.ofLabel']({ vocabularyId, labelId: labels[0]!.id });
    const decide = (accepted: boolean, fileIds: number[]) =>
      ana.engine['tag.decide']({ decisions: fileIds.map((fileId) => ({ fileId, tagId, accepted })) });
    const ids = Array.from({ length: sounds }, (_, at) => at + 1);
    say(`${changes} changes, each seen by another engine`);
    const seen: number[] = [];
    for (let at = 0; at < changes; at++) {
      const isSeen = told(ben);
      const { ms } = await timed(async () => {
        await decide(at % 2 === 0, [1]);
        await isSeen;
      });
      seen.push(ms);
    }
    say(`${sounds} changes at once`);
    const isSeen = told(ben, sounds);
    const { ms: many } = await timed(async () => {
      await decide(changes % 2 === 1, ids);
      await isSeen;
    });
    for (const handle of engines) await handle.close();
    decideAll(server, 'follow', size);
    server.createLogin('new', PASSWORD, ['earmark_follow_editor']);
    return [
      { what: 'a tag accepted here is shown elsewhere', value: median(seen), unit: 'ms', range: rangeOf(seen), p95: percentile(seen, 95), note: `99 of 100 below ${percentile(seen, 99).toFixed(0)} ms` }, // prettier-ignore
      { what: `    ${sounds} at once, the last of them`, value: many, unit: 'ms' },
      ...(await firstFollow(context, server.url('follow', 'new', PASSWORD), SHARE, size)),
      ...storedBytes(server, 'follow', size),
    ];
  } finally {
    for (const handle of engines) await handle.close();
  }
}

/** Resolves when so many decisions of others have reached the window of this engine. */
function told({ on, engine }: EngineHandle, decisions = 1): Promise<void> {
  return new Promise((resolve, reject) => {
    const off = on('tag.changed', ({ decided }) => {
      if (!decided) return;
      if (decisions === 1) {
        off();
        resolve();
        return;
      }
      engine['studio.words'](decisions).then(
        (words) => {
          if (words.length === 0) return;
          off();
          resolve();
        },
        (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
      );
    });
  });
}
