/**
 * What a studio shares (docs/adr/0013). Sounds are known by their content, never by a machine’s path; who said something,
 * and its place in the feed, is written by triggers, so that no client can say it in another one’s name.
 */
import type { StudioConnection } from '../connection.ts';

export async function up({ rows }: Pick<StudioConnection, 'rows'>): Promise<void> {
  await rows(TABLES);
  await rows(TRIGGERS);
}

/** `at_ms`: epoch ms of the server’s clock. `xid`, `seq`: place in the feed, see feed.ts. */
const SIGNED = `
  author text   NOT NULL DEFAULT '',
  at_ms  bigint NOT NULL,
  xid    xid8   NOT NULL DEFAULT '0',
  seq    bigint NOT NULL DEFAULT 0`;

const TABLES = `
  CREATE TABLE earmark.studio (
    singleton     boolean PRIMARY KEY DEFAULT true CHECK (singleton), -- one row
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at    timestamptz NOT NULL DEFAULT now(),
    -- Another one after a restore: places in the feed are of the server that wrote them.
    feed_id       uuid NOT NULL DEFAULT gen_random_uuid(),
    cluster       text NOT NULL, -- server, database and table that it is of
    -- The oldest protocol that still may take part.
    oldest_client integer NOT NULL
  );
  CREATE TABLE earmark.member (
    name         text PRIMARY KEY,
    joined_at    timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    client       text NOT NULL CHECK (length(client) <= 100)
  );
  CREATE TABLE earmark.share (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    created_at timestamptz NOT NULL DEFAULT now()
  );

  -- Where embeddings live; as in the catalogue.
  CREATE TABLE earmark.space (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id      text    NOT NULL CHECK (length(model_id) <= 200),
    weight_hash   text    NOT NULL CHECK (length(weight_hash) <= 200),
    preprocessing integer NOT NULL,
    dim           integer NOT NULL CHECK (dim BETWEEN 1 AND 100000),
    UNIQUE (model_id, weight_hash, preprocessing)
  );
  -- What is known of a sound, whatever its files are called.
  CREATE TABLE earmark.sound (
    content_id  text PRIMARY KEY CHECK (length(content_id) BETWEEN 1 AND 200),
    format      text    NOT NULL,
    codec       text,
    duration_s  float8  NOT NULL,
    sample_rate integer NOT NULL,
    channels    integer NOT NULL,
    bit_depth   integer,
    warnings    jsonb   NOT NULL,
    kinds       jsonb   NOT NULL CHECK (jsonb_typeof(kinds) = 'object'), -- kind of analysis -> {"v": its version, column: value, …}; bytes as base64
    ${SIGNED}
  );
  -- Never changed: the first one to analyse a sound in a space is right.
  CREATE TABLE earmark.analysis (
    content_id text    NOT NULL REFERENCES earmark.sound (content_id),
    space_id   integer NOT NULL REFERENCES earmark.space (id),
    places     jsonb   NOT NULL, -- start and length of each window, s, one after the other
    embeddings bytea   NOT NULL, -- float16le[windows][dim]
    digest     bytea   NOT NULL GENERATED ALWAYS AS (sha256(embeddings)) STORED,
    author     text    NOT NULL DEFAULT '',
    at_ms      bigint  NOT NULL,
    PRIMARY KEY (content_id, space_id)
  );
  ALTER TABLE earmark.analysis ALTER COLUMN embeddings SET STORAGE EXTERNAL; -- nothing to be gained by compressing it
  CREATE TABLE earmark.file (
    share_id    integer NOT NULL REFERENCES earmark.share (id),
    -- Below the share, '/' between folders. No way out of it, and nothing that one system takes for more than a name.
    path        text    NOT NULL CHECK (octet_length(path) <= 2400 AND path !~ '(^|/)\\.{0,2}(/|$)' AND path !~ '[\\\\[:cntrl:]]'),
    size        bigint  NOT NULL CHECK (size >= 0),
    mtime_ms    float8  NOT NULL,
    content_id  text    REFERENCES earmark.sound (content_id), -- NULL: waits to be analysed
    tags        jsonb, -- as read: {"v": version of the reading, "fields": [[native id, field, value]…]}
    attempts    integer NOT NULL DEFAULT 0,
    failure     text    CHECK (length(failure) <= 2000),
    worker      text    CHECK (length(worker) <= 200),
    leased_till timestamptz,
    author      text    NOT NULL DEFAULT '',
    at_ms       bigint  NOT NULL,
    PRIMARY KEY (share_id, path)
  );
  CREATE INDEX file_by_size ON earmark.file (size) WHERE content_id IS NOT NULL;
  CREATE INDEX file_waiting ON earmark.file (share_id, path) WHERE content_id IS NULL AND failure IS NULL;

  CREATE TABLE earmark.tag (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vocabulary_id text NOT NULL CHECK (length(vocabulary_id) <= 200),
    label_id      text NOT NULL CHECK (length(label_id) <= 200),
    name          text NOT NULL CHECK (length(name) <= 500),
    UNIQUE (vocabulary_id, label_id)
  );
  -- One row a person: what holds is the latest, and nobody’s word is lost.
  CREATE TABLE earmark.decision (
    content_id  text    NOT NULL CHECK (length(content_id) BETWEEN 1 AND 200),
    tag_id      integer NOT NULL REFERENCES earmark.tag (id),
    accepted    boolean, -- NULL: taken back
    bulk        boolean NOT NULL,
    probability float8,
    ${SIGNED},
    PRIMARY KEY (content_id, tag_id, author)
  );
  CREATE TABLE earmark.mark (
    content_id text     NOT NULL CHECK (length(content_id) BETWEEN 1 AND 200),
    kind       text     NOT NULL CHECK (kind IN ('stars', 'favourite')),
    value      smallint NOT NULL CHECK (value BETWEEN 0 AND CASE kind WHEN 'stars' THEN 5 ELSE 1 END),
    ${SIGNED},
    PRIMARY KEY (content_id, kind, author)
  );
  CREATE TABLE earmark.collection (
    id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name     text    NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    name_key text    NOT NULL,
    removed  boolean NOT NULL DEFAULT false,
    ${SIGNED}
  );
  CREATE UNIQUE INDEX collection_by_name ON earmark.collection (name_key) WHERE NOT removed;
  CREATE TABLE earmark.collection_item (
    collection_id uuid    NOT NULL REFERENCES earmark.collection (id),
    content_id    text    NOT NULL CHECK (length(content_id) BETWEEN 1 AND 200),
    held          boolean NOT NULL, -- false: taken out
    ${SIGNED},
    PRIMARY KEY (collection_id, content_id, author)
  );
`;

/** Tables that are followed, in the order of their feeds. */
const FOLLOWED = ['sound', 'collection', 'collection_item', 'decision', 'mark'];
/** A row belongs to the person who wrote it. */
const OWN = ['collection_item', 'decision', 'mark'];

const TRIGGERS = `
  CREATE SEQUENCE earmark.feed_seq;

  CREATE FUNCTION earmark.server_ms() RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog
    RETURN (extract(epoch FROM clock_timestamp()) * 1000)::bigint;

  -- Argument 'own': only the author may change a row. SECURITY DEFINER: nobody else may use the sequence.
  CREATE FUNCTION earmark.sign_followed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
  BEGIN
    IF TG_NARGS > 0 AND TG_OP = 'UPDATE' AND OLD.author <> session_user THEN
      RAISE insufficient_privilege USING MESSAGE = 'this was said by somebody else';
    END IF;
    NEW.author := session_user;
    NEW.at_ms := least(NEW.at_ms, earmark.server_ms());
    NEW.xid := pg_current_xact_id();
    NEW.seq := nextval('earmark.feed_seq');
    RETURN NEW;
  END $$;
  CREATE FUNCTION earmark.sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
  BEGIN
    NEW.author := session_user;
    NEW.at_ms := earmark.server_ms();
    RETURN NEW;
  END $$;
  CREATE FUNCTION earmark.is_here(client text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO earmark.member (name, client) VALUES (session_user, client)
      ON CONFLICT (name) DO UPDATE SET last_seen_at = now(), client = excluded.client
  $$;
  -- 0 for what is none.
  CREATE FUNCTION earmark.version_of(kind jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT CASE jsonb_typeof(kind -> 'v') WHEN 'number' THEN (kind -> 'v')::numeric ELSE 0 END
  $$;
  -- Of each kind the newer version; of two alike the one that is there.
  CREATE FUNCTION earmark.newer_kinds(there jsonb, given jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT there || coalesce(jsonb_object_agg(key, value), '{}')
      FROM jsonb_each(given) WHERE earmark.version_of(there -> key) < earmark.version_of(value)
  $$;

  ${FOLLOWED.map(
    (table) => `
  CREATE INDEX ${table}_feed ON earmark.${table} (xid, seq);
  CREATE TRIGGER sign BEFORE INSERT OR UPDATE ON earmark.${table}
    FOR EACH ROW EXECUTE FUNCTION earmark.sign_followed(${OWN.includes(table) ? "'own'" : ''});
`,
  ).join('')}
  CREATE TRIGGER sign BEFORE INSERT OR UPDATE ON earmark.analysis FOR EACH ROW EXECUTE FUNCTION earmark.sign();
  CREATE TRIGGER sign BEFORE INSERT OR UPDATE ON earmark.file FOR EACH ROW EXECUTE FUNCTION earmark.sign();
`;
