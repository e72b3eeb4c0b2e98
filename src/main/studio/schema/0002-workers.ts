/**
 * What workers need: which files are gone, which may be copies of each other, who is at work, and a notice of what is new
 * (docs/adr/0013). Table `file` is the list that they take files from, see work/list.ts.
 */
import type { StudioConnection } from '../connection.ts';

/** Tables whose rows are followed; what a follower is woken with. */
const WAKES: readonly [table: string, payload: string, when: string][] = [
  ...['sound', 'collection', 'collection_item', 'decision', 'mark'].map((table): [string, string, string] => [
    table,
    'words',
    'true',
  ]),
  ['analysis', 'analyses', 'true'],
  ['file', 'files', 'NEW.content_id IS NULL AND NEW.failure IS NULL AND NEW.leased_till IS NULL AND NOT NEW.gone'],
];

export async function up({ rows }: Pick<StudioConnection, 'rows'>): Promise<void> {
  await rows(`
    ALTER TABLE earmark.file
      -- Not there at the last look of a machine that has the share, or no audio: kept, but not counted.
      ADD COLUMN gone     boolean NOT NULL DEFAULT false,
      -- Of a file to analyse that may be a copy of another: its content. Only one of them is analysed at a time.
      ADD COLUMN identity text CHECK (length(identity) <= 200);
    DROP INDEX earmark.file_by_size;
    CREATE INDEX file_by_size ON earmark.file (size);
    DROP INDEX earmark.file_waiting;
    -- What was lost with its worker comes last: a file that crashes workers holds up no other.
    CREATE INDEX file_to_analyse ON earmark.file (attempts, share_id, path)
      WHERE content_id IS NULL AND failure IS NULL AND NOT gone;
    CREATE INDEX file_in_work ON earmark.file (worker) WHERE worker IS NOT NULL;
    CREATE INDEX file_by_identity ON earmark.file (identity) WHERE identity IS NOT NULL;
    CREATE INDEX file_by_content ON earmark.file (content_id) WHERE content_id IS NOT NULL;
    CREATE INDEX file_failed ON earmark.file (share_id, path) WHERE failure IS NOT NULL AND NOT gone;

    CREATE TABLE earmark.worker (
      name     text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
      member   text        NOT NULL,
      began_at timestamptz NOT NULL DEFAULT now(),
      seen_at  timestamptz NOT NULL DEFAULT now(),
      analysed bigint      NOT NULL,
      failed   bigint      NOT NULL
    );
    -- Nobody can speak for another one's worker; those that have been away for a day are forgotten.
    CREATE FUNCTION earmark.worker_is_here(worker_name text, analysed bigint, failed bigint) RETURNS void
      LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
      DELETE FROM earmark.worker WHERE seen_at < now() - interval '1 day';
      INSERT INTO earmark.worker AS known (name, member, analysed, failed) VALUES ($1, session_user, $2, $3)
        ON CONFLICT (name) DO UPDATE SET seen_at = now(), analysed = excluded.analysed, failed = excluded.failed
        WHERE known.member = session_user
    $$;

    -- A worker has read what the content of its file is. False: another copy is being analysed, and the file waits for
    -- that. Each statement of a plpgsql function sees what was committed before it, so that of two who ask one waits.
    CREATE FUNCTION earmark.identify_file(share integer, file_path text, worker_name text, content text) RETURNS boolean
      LANGUAGE plpgsql SET search_path = pg_catalog AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(content, 0));
      IF EXISTS (SELECT FROM earmark.file WHERE identity = content AND content_id IS NULL AND worker IS NOT NULL
                    AND leased_till > clock_timestamp() AND (share_id, path) <> (share, file_path)) THEN
        UPDATE earmark.file SET identity = content, worker = NULL, leased_till = NULL, attempts = greatest(attempts - 1, 0)
         WHERE share_id = share AND path = file_path AND worker = worker_name;
        RETURN false;
      END IF;
      UPDATE earmark.file SET identity = content WHERE share_id = share AND path = file_path AND worker = worker_name;
      RETURN FOUND;
    END $$;

    CREATE FUNCTION earmark.wake() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
    BEGIN
      PERFORM pg_notify('earmark', TG_ARGV[0]); -- once a transaction, whatever the number of rows
      RETURN NULL;
    END $$;
  `);
  for (const [table, payload, when] of WAKES) {
    await rows(`CREATE TRIGGER wake AFTER INSERT OR UPDATE ON earmark.${table}
      FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION earmark.wake('${payload}')`);
  }
}
