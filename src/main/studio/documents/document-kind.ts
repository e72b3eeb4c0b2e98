/** What a kind of document has to say for itself, so that one exchange (exchange.ts) serves all of them. */
import type { DocumentKindName } from '../../catalogue/stores/studio/documents.ts';

/** Something that is shared, as it is here. */
export interface LocalDocument {
  /** Another one when it was changed. */
  mark: string;
  /** Epoch ms, by this machine's clock. */
  changedMs: number;
  /** JSON, as others read it. */
  content: () => string;
}

export interface DocumentKind {
  readonly kind: DocumentKindName;
  /** What is missing here was removed by the user, who means all members; not so: it went by itself, and comes back. */
  readonly tellsRemoval: boolean;
  /** Who changed it is told to the one whose version it was. Called with the key. */
  readonly nameOf: ((key: string) => string) | null;
  /** By key. null: it is here, and cannot be said in a way that others understand; nothing is done about it then. */
  local(): Promise<Map<string, LocalDocument | null>>;
  /**
   * The studio's version takes the place of what is shared here under the key.
   * @param content of the server: not to be trusted
   * @returns the mark of what the studio has; null: it could not, and it is tried again with each sync
   */
  apply(key: string, content: string): Promise<string | null>;
  /** Somebody has removed it. */
  remove(key: string): Promise<void>;
  /** Somebody has made it personal: what is here is the user's own from now on. */
  keep(key: string): void;
}
