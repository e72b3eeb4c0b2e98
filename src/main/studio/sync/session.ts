/** What the parts of one sync work with. */
import type { StudioRole, SyncSummary } from '../../../shared/calls/studio.ts';
import type { Catalogue } from '../../catalogue/open.ts';
import type { JobContext } from '../../jobs/runner.ts';
import type { StudioConnection } from '../connection.ts';
import type { DocumentKind } from '../documents/document-kind.ts';
import type { MountedShare } from '../shares.ts';

/** An embedding space, here and on the server. */
export interface SpacePair {
  local: number;
  remote: number;
  dim: number;
}

export interface SyncSession {
  context: JobContext;
  connection: StudioConnection;
  catalogue: Catalogue;
  role: StudioRole;
  shares: readonly MountedShare[];
  /** Names of the shares whose drive is connected, as of the last look. */
  mounted: ReadonlySet<string>;
  spaces: readonly SpacePair[];
  /** Epoch ms of this machine's clock as the server's would have shown it. */
  toServerMs: (ms: number) => number;
  /** Files that are the same here and on the server: they need not be sent. */
  takenOver: Set<number>;
  summary: SyncSummary;
  /** Names of collections that another one in the studio has. */
  taken: string[];
  /** What is shared as a whole. */
  documents: readonly DocumentKind[];
  /** Of these, what stays on this machine, since its role only reads. */
  kept: Set<string>;
  /** Sentences for the user. */
  said: string[];
  changed: ChangedHere;
}

/** What the studio changed here, by id. */
export interface ChangedHere {
  files: Set<number>;
  marks: Set<number>;
  tags: Set<number>;
  /** Kinds of lists: `collection`, `search`, … */
  lists: Set<string>;
  /** Of writing. */
  runs: Set<number>;
}

export function nothingChanged(): ChangedHere {
  return { files: new Set(), marks: new Set(), tags: new Set(), lists: new Set(), runs: new Set() };
}

/** Clocks that differ by less count as equal: what is sent twice is sent with the same time. */
const SAME_CLOCK_MS = 2000;

/** @returns see {@link SyncSession.toServerMs} */
export async function clockOf({ rows }: StudioConnection): Promise<(ms: number) => number> {
  const before = Date.now();
  const [server] = await rows<{ ms: string }>('SELECT earmark.server_ms() AS ms');
  const offset = Number(server!.ms) - (before + Date.now()) / 2;
  return (ms) => Math.round(Math.abs(offset) < SAME_CLOCK_MS ? ms : ms + offset);
}

/** The spaces that both sides know. @param maySend those that the server does not know yet are made there */
export async function spacesOf(
  { rows }: StudioConnection,
  { windows }: Catalogue,
  maySend: boolean,
): Promise<SpacePair[]> {
  const local = windows.spaces();
  const keys = JSON.stringify(local.map(({ modelId, weightHash, preprocessing, dim }) => ({ model_id: modelId, weight_hash: weightHash, preprocessing, dim }))); // prettier-ignore
  const given = 'jsonb_to_recordset($1) AS given (model_id text, weight_hash text, preprocessing integer, dim integer)';
  if (maySend) {
    await rows(
      `INSERT INTO earmark.space (model_id, weight_hash, preprocessing, dim)
         SELECT model_id, weight_hash, preprocessing, dim FROM ${given} ON CONFLICT DO NOTHING`,
      [keys],
    );
  }
  const known = await rows<{ id: number; modelId: string; weightHash: string; preprocessing: number; dim: number }>(
    `SELECT id, model_id AS "modelId", weight_hash AS "weightHash", preprocessing, dim
       FROM earmark.space JOIN ${given} USING (model_id, weight_hash, preprocessing, dim)`,
    [keys],
  );
  return known.map(({ id: remote, dim, ...key }) => {
    const here = local.find((space) => space.modelId === key.modelId && space.weightHash === key.weightHash && space.preprocessing === key.preprocessing); // prettier-ignore
    return { local: here!.id, remote, dim };
  });
}
