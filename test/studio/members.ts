/** Members of a studio without an engine: catalogues whose files were analysed by arithmetic, and syncs between them. */
import type { StudioRole, SyncSummary } from '../../src/shared/calls/studio.ts';
import type { JobContext } from '../../src/main/jobs/runner.ts';
import { parseAddress } from '../../src/main/studio/address.ts';
import type { Membership } from '../../src/main/studio/membership.ts';
import { initStudio } from '../../src/main/studio/studio.ts';
import { runSync } from '../../src/main/studio/sync/sync-job.ts';
import { addAnalysed, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';
import type { Postgres } from '../kit/postgres.ts';
import { sharedOf } from './shared-of.ts';

export const PASSWORD = 'a secret of theirs';
/** Where each member has the share; nothing is read there. */
const MOUNTS = '/mounts/of';

export class Studio {
  readonly server: Postgres;
  readonly database: string;
  readonly members: Member[] = [];
  /** Of an address: how its server is connected to. */
  readonly tls: string;

  private constructor(server: Postgres, database: string) {
    this.server = server;
    this.database = database;
    this.tls = server.tls ? 'sslmode=require' : '';
  }

  static async make(server: Postgres, database: string): Promise<Studio> {
    server.createDatabase(database);
    const studio = new Studio(server, database);
    await initStudio(studio.url(), 'A studio', ['sfx']);
    return studio;
  }

  /** @param files paths below the share, that this member has analysed */
  member(name: string, files: readonly string[] = [], role: StudioRole = 'editor'): Member {
    const login = `${name}_${this.database}`;
    this.server.createLogin(login, PASSWORD, [`earmark_${this.database}_${role}`]);
    const member = new Member(this, login, this.url(login), files);
    this.members.push(member);
    return member;
  }

  /** @default the owner's */
  url(login?: string): string {
    return this.server.url(this.database, login, login && PASSWORD, this.tls);
  }

  sql(text: string): string {
    return this.server.sql(this.database, text);
  }

  end(): void {
    for (const { temporary } of this.members) temporary.remove();
  }
}

export class Member {
  readonly temporary: TemporaryCatalogue = temporaryCatalogue();
  readonly login: string;
  readonly notices: string[] = [];
  readonly rootId: number;
  /** How far this machine's clock is ahead, ms. */
  skewMs = 0;
  #membership: Membership;

  constructor(studio: Studio, login: string, url: string, files: readonly string[]) {
    this.login = login;
    const path = `${MOUNTS}/${login}`;
    this.rootId = this.temporary.catalogue.roots.add(path).id;
    this.#membership = {
      version: 1,
      studioId: '',
      name: studio.database,
      address: parseAddress(url),
      shares: { sfx: path },
    };
    files.forEach((file, at) => addAnalysed(this.temporary, this.rootId, file, at));
  }

  get catalogue() {
    return this.temporary.catalogue;
  }

  /** Over another way. */
  goOver(url: string): void {
    this.#membership = { ...this.#membership, address: parseAddress(url) };
  }

  sync(signal = new AbortController().signal): Promise<SyncSummary> {
    const context: JobContext = {
      id: 1,
      signal,
      whileNotPaused: () => Promise.resolve(),
      report: () => {},
      elapsedSeconds: () => 0,
    };
    return runSync(context, {
      catalogue: this.catalogue,
      membership: this.#membership,
      spaceId: this.temporary.spaceId,
      pool: () => {
        throw new Error('nothing is to be read');
      },
      walk: () => Promise.resolve(),
      syncIndex: () => Promise.resolve(),
      changed: () => {},
      notice: (message) => this.notices.push(message),
    });
  }

  file(path: string): number {
    return this.catalogue.files.byPath(this.rootId, path)!.id;
  }

  tag(name: string): number {
    return this.catalogue.tagRows.idOf('sounds', name, name);
  }

  decide(path: string, tag: string, accepted: boolean | null): void {
    this.catalogue.decisions.decide(
      [{ fileId: this.file(path), tagId: this.tag(tag), accepted }],
      this.temporary.spaceId,
    );
  }

  /** `door+`, `rain-` */
  decisions(path: string): string[] {
    return this.temporary.db
      .prepare<[number], string>(
        `SELECT name || CASE accepted WHEN 1 THEN '+' ELSE '-' END FROM decision JOIN tag ON tag.id = tag_id
          WHERE file_id = ? ORDER BY 1`,
      )
      .pluck()
      .all(this.file(path));
  }

  stars(path: string): number {
    return this.catalogue.ratings.starred().get(this.file(path)) ?? 0;
  }

  /** Collection → paths. */
  collections(): Record<string, string[]> {
    const rows = this.temporary.db
      .prepare<[], { name: string; path: string | null }>(
        `SELECT name, relative_path AS path FROM collection LEFT JOIN collection_file ON collection_id = collection.id
           LEFT JOIN file ON file.id = file_id WHERE removed_ms IS NULL ORDER BY name, path`,
      )
      .all();
    return Object.fromEntries(
      rows.map(({ name }) => [
        name,
        rows.filter((row) => row.name === name && row.path !== null).map(({ path }) => path!),
      ]),
    );
  }

  /** See {@link sharedOf}. */
  shared(): unknown {
    return sharedOf(this.temporary.db);
  }
}
