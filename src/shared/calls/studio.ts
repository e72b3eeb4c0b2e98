/** A studio: what several people share about the files on shared drives, on a PostgreSQL server. */
import type { FileFailure, JobId } from '../types.ts';

/** viewer: reads. editor: decides, rates and collects, too. admin: names shares and gives roles, too. */
export type StudioRole = 'viewer' | 'editor' | 'admin';

/** A folder that all members have, each at a path of their own. */
export interface StudioShare {
  /** a–z, 0–9, `-` and `_`. */
  name: string;
  /** Where this machine has it, absolute; null: this machine does not have it. */
  path: string | null;
}

export interface StudioMember {
  /** Login on the server. */
  name: string;
  role: StudioRole | null;
  /** Epoch ms, by the server's clock. */
  joinedMs: number;
  lastSeenMs: number;
}

export interface StudioInit {
  name: string;
  /** `host:port/database`; never a password. */
  server: string;
  /** Of the database, before and now; 0: there was none. */
  schemaBefore: number;
  schema: number;
  shares: string[];
  /** Roles of the server to put logins into. */
  roles: Record<StudioRole, string>;
}

export interface StudioFiles {
  analysed: number;
  /** Not yet analysed, those that workers have included. */
  pending: number;
  /** Of these, files that workers have now. */
  inWork: number;
  failed: number;
}

export interface StudioWorker {
  /** Of one run: the machine’s name and a random part. */
  name: string;
  /** Whose login it has. */
  member: string;
  /** Epoch ms, by the server's clock. */
  beganMs: number;
  lastSeenMs: number;
  /** Files that it has now; 0 when it is idle, or has stopped. */
  inWork: number;
  /** Files since it began. */
  analysed: number;
  failed: number;
}

/** What a worker did. Every count is files. */
export interface WorkSummary {
  /** Its name in the studio. */
  worker: string;
  analysed: number;
  /** Copies of what the studio knew. */
  takenOver: number;
  failed: FileFailure[];
  /** In its shares, still to be analysed. */
  left: number;
  audioSeconds: number;
  seconds: number;
  cancelled: boolean;
}

export interface StudioStatus {
  name: string;
  /** `host:port/database`; never a password. */
  server: string;
  /** This library's login. */
  member: string;
  /** null when the server was not reached. */
  role: StudioRole | null;
  /** Why the server was not reached, as a sentence; null when it was. Everything local works all the same. */
  problem: string | null;
  shares: StudioShare[];
  /** By name; empty when the server was not reached. */
  members: StudioMember[];
  /** In all shares, as the server knows them; null when it was not reached. */
  files: StudioFiles | null;
  /** Those that were seen within a day, the last first; empty when the server was not reached. */
  workers: StudioWorker[];
  /** Files that could not be analysed, the first of them; empty when the server was not reached. */
  failures: { share: string; path: string; reason: string }[];
  /** Files of this library in shares that were sent to the studio. */
  sharedFiles: number;
  /** Epoch ms of the last sync that got to its end; null before. */
  syncedMs: number | null;
}

export interface SyncSummary {
  /** Sounds whose analysis came from the studio: not analysed here. */
  takenOver: number;
  /** Sounds whose analysis the studio got from here. */
  analysesSent: number;
  /** Decisions, stars, favourites and members of collections. */
  changesSent: number;
  changesReceived: number;
  /** Changes that stay on this machine, since its role only reads. */
  kept: number;
  /** Files in shares that nobody has analysed yet. */
  pending: number;
  cancelled: boolean;
}

/** Who said what about a sound, and when. */
export interface StudioWord {
  what: 'accepted' | 'rejected' | 'undecided' | 'stars' | 'collected' | 'uncollected';
  /** Of the tag or collection; '' of stars. */
  name: string;
  /** Of stars. */
  stars: number | null;
  author: string;
  /** Epoch ms. */
  atMs: number;
}

export const SHARED_KINDS = ['collection', 'search', 'vocabulary'] as const;
export type SharedKind = (typeof SHARED_KINDS)[number];

/** Something of the user's that may be shared. Collections and vocabularies are unless the user says otherwise, searches are not. */
export interface SharedItem {
  kind: SharedKind;
  /** Of a collection or search its number, of a vocabulary its id. */
  id: string;
  name: string;
  shared: boolean;
  /** Whose version holds, and since when, epoch ms; null for collections, and before the first sync. */
  author: string | null;
  atMs: number | null;
}

/** What one member made of a search or vocabulary. */
export interface SharedVersion {
  author: string;
  /** Epoch ms. */
  atMs: number;
  state: 'shared' | 'removed' | 'unshared';
  /** JSON; null unless it is shared. */
  content: string | null;
  /** It is the latest one. */
  holds: boolean;
}

export interface WorkRequest {
  /** null: of the studio that this library belongs to. */
  url: string | null;
  shares: { name: string; path: string }[];
  untilEmpty: boolean;
  retryFailed: boolean;
  /** How long the worker keeps its files when it stops without a word. */
  leaseSeconds: number;
}

export interface StudioEvents {
  /** This library has joined a studio, left it, or was brought up to date with it. */
  'studio.changed': { joined: boolean };
}

export interface StudioCalls {
  /**
   * Makes a studio in a database, or brings the one in it forward.
   * @throws UserError bad-input, studio-unreachable, studio-refused, studio-outdated
   */
  'studio.init': { input: { url: string; name: string | null; shares: string[] }; output: StudioInit };
  /** @throws UserError bad-input, not-found for a folder that is not there, studio-… */
  'studio.join': { input: { url: string; shares: { name: string; path: string }[] }; output: StudioStatus };
  /** null: this library belongs to no studio. */
  'studio.status': { input: null; output: StudioStatus | null };
  /** Everything here stays as it is. null: it belonged to none. */
  'studio.leave': { input: null; output: { name: string } | null };
  /** Until both sides know the same. @throws UserError no-studio, studio-… */
  'studio.sync': { input: null; output: JobId };
  /**
   * Analyses files of the studio that nobody has analysed yet, until the job is cancelled or, if so asked, none is left.
   * A library that has not joined joins first; `shares` add to those it has.
   * @throws UserError no-studio, bad-input, not-found for a folder that is not there, studio-…, catalogue-busy, model-…
   */
  'studio.work': { input: WorkRequest; output: JobId };
  /** @throws UserError no-studio */
  'studio.shared': { input: null; output: SharedItem[] };
  /**
   * Shares it, or makes it personal: others keep what they have of it as their own then.
   * @throws UserError no-studio, not-found, name-taken, bad-input for a search that others would not understand
   */
  'studio.share': { input: { kind: SharedKind; id: string; shared: boolean }; output: SharedItem[] };
  /** All members' versions, the latest first. @param input.name of a vocabulary: its id @throws UserError no-studio, not-found */
  'studio.versions': { input: { kind: 'search' | 'vocabulary'; name: string }; output: SharedVersion[] };
  /** A member's version holds again. @throws UserError no-studio, not-found, bad-input when this machine cannot use it */
  'studio.restoreVersion': { input: { kind: 'search' | 'vocabulary'; name: string; author: string }; output: null };
  /** What holds of a sound according to the studio, the latest first. Empty without a studio. @throws UserError file-missing */
  'studio.words': { input: number; output: StudioWord[] };
}
