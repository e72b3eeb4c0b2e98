/**
 * The write journal: what members have written into files of the shares, and all that is needed to make the files what they were.
 * A row is its run's author's; that it was undone may be said by any editor.
 */
import type { StudioConnection } from '../connection.ts';

export async function up({ rows }: Pick<StudioConnection, 'rows'>): Promise<void> {
  await rows(`
    CREATE TABLE earmark.write_run (
      id         uuid PRIMARY KEY,
      profile_id text   NOT NULL CHECK (length(profile_id) <= 200),
      machine    text   NOT NULL CHECK (length(machine) <= 200),
      started_ms bigint NOT NULL, -- by the server's clock
      author     text   NOT NULL DEFAULT '',
      at_ms      bigint NOT NULL
    );
    CREATE TABLE earmark.written_file (
      run_id          uuid    NOT NULL REFERENCES earmark.write_run (id),
      number          bigint  NOT NULL,
      share_id        integer NOT NULL REFERENCES earmark.share (id),
      path            text    NOT NULL CHECK (octet_length(path) <= 2400 AND path !~ '(^|/)\\.{0,2}(/|$)' AND path !~ '[\\\\[:cntrl:]]'),
      state           text    NOT NULL CHECK (state IN ('written', 'undone', 'not-restored')),
      before_hash     text    NOT NULL CHECK (before_hash ~ '^[0-9a-f]{64}$'), -- SHA-256 of the whole file
      after_hash      text    NOT NULL CHECK (after_hash ~ '^[0-9a-f]{64}$'),
      before_size     bigint  NOT NULL CHECK (before_size >= 0),
      after_size      bigint  NOT NULL CHECK (after_size >= 0),
      before_mtime_ms float8  NOT NULL,
      before_mtime_ns text    CHECK (before_mtime_ns ~ '^-?[0-9]{1,20}$'),
      changes         text    NOT NULL CHECK (octet_length(changes) <= 1024 * 1024), -- JSON FieldChange[]
      author          text    NOT NULL DEFAULT '', -- of the state
      at_ms           bigint  NOT NULL,
      xid             xid8    NOT NULL DEFAULT '0',
      seq             bigint  NOT NULL DEFAULT 0,
      PRIMARY KEY (run_id, number)
    );
    CREATE INDEX written_file_feed ON earmark.written_file (xid, seq);
    -- Parts of old versions of files: for those who may undo.
    CREATE TABLE earmark.written_undo (
      run_id uuid   NOT NULL,
      number bigint NOT NULL,
      undo   bytea  NOT NULL CHECK (length(undo) <= 4 * 1024 * 1024), -- as writeback/splice.ts encodes it
      PRIMARY KEY (run_id, number),
      FOREIGN KEY (run_id, number) REFERENCES earmark.written_file (run_id, number)
    );

    CREATE FUNCTION earmark.check_writer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM earmark.write_run WHERE id = NEW.run_id AND author = session_user) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this run is of somebody else';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER sign BEFORE INSERT ON earmark.write_run FOR EACH ROW EXECUTE FUNCTION earmark.sign();
    CREATE TRIGGER check_writer BEFORE INSERT ON earmark.written_file FOR EACH ROW EXECUTE FUNCTION earmark.check_writer();
    CREATE TRIGGER check_writer BEFORE INSERT ON earmark.written_undo FOR EACH ROW EXECUTE FUNCTION earmark.check_writer();
    CREATE TRIGGER sign BEFORE INSERT OR UPDATE ON earmark.written_file
      FOR EACH ROW EXECUTE FUNCTION earmark.sign_followed();
    CREATE TRIGGER wake AFTER INSERT OR UPDATE ON earmark.written_file
      FOR EACH ROW WHEN (true) EXECUTE FUNCTION earmark.wake('words');
  `);
}
