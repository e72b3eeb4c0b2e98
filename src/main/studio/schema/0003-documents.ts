/**
 * What is shared as a whole: saved searches, vocabularies, what tags have learned. One table for all of them, a row a person, so
 * that of two versions none is lost (docs/adr/0013). And collections that were made personal again.
 */
import type { StudioConnection } from '../connection.ts';

export async function up({ rows }: Pick<StudioConnection, 'rows'>): Promise<void> {
  await rows(`
    -- Made personal again: everybody keeps what they have of it, as their own. Older programs take it for removed.
    ALTER TABLE earmark.collection ADD COLUMN unshared boolean NOT NULL DEFAULT false;

    CREATE TABLE earmark.document (
      kind    text NOT NULL CHECK (kind IN ('search', 'vocabulary', 'head')),
      key     text NOT NULL CHECK (length(key) BETWEEN 1 AND 600),
      state   text NOT NULL CHECK (state IN ('shared', 'removed', 'unshared')),
      content text CHECK (octet_length(content) <= 16 * 1024 * 1024), -- JSON, see documents/
      author  text   NOT NULL DEFAULT '',
      at_ms   bigint NOT NULL,
      xid     xid8   NOT NULL DEFAULT '0',
      seq     bigint NOT NULL DEFAULT 0,
      CHECK ((content IS NOT NULL) = (state = 'shared')),
      PRIMARY KEY (kind, key, author)
    );
    CREATE INDEX document_feed ON earmark.document (xid, seq);
    CREATE TRIGGER sign BEFORE INSERT OR UPDATE ON earmark.document
      FOR EACH ROW EXECUTE FUNCTION earmark.sign_followed('own');
    CREATE TRIGGER wake AFTER INSERT OR UPDATE ON earmark.document
      FOR EACH ROW WHEN (true) EXECUTE FUNCTION earmark.wake('words');
  `);
}
