/** What the main process and the engine's process say to each other (process/child.ts carries it). */
import type { CallName, EventName, Events, Reply } from '../../../shared/contract.ts';
import type { AudioFacts } from '../../playback/audio-file.ts';
import type { ReadPlace } from '../../playback/read-part.ts';
import type { ProcessOptions } from '../../process/start-process.ts';

/** Of a process that main holds for the engine; the engine counts them. */
export type RelayedId = number;

/** What the engine answers. */
export type EngineMethods = {
  /** The first of all. @throws UserError what `createEngine` throws */
  open: { input: { dataFolder: string }; output: null };
  /** A question of the contract. */
  call: { input: { name: string; input: unknown }; output: Reply<CallName> };
  /** Ends jobs in order and closes the catalogue; the last of all. */
  close: { input: null; output: null };
  /** Seconds since the user last did anything: the answer to the push `idle`. */
  idle: { input: number; output: null };
  /** @property request of main's counting, for `audio.release` @returns `fixed` as in LocatedAudio */
  'audio.open': {
    input: { request: number; fileId: number; asWav: boolean };
    output: AudioFacts & { fixed: ReadPlace | null };
  };
  /**
   * Where a copy can be read up to `end` (inclusive). It is kept from the first of these until `audio.release`.
   * @throws UserError changed-while-reading when it is not the one with this `etag` any more
   */
  'audio.place': {
    input: { request: number; fileId: number; asWav: boolean; etag: string; end: number };
    output: ReadPlace;
  };
  /** Gives up waiting, and says that the copy is not read any more. */
  'audio.release': { input: number; output: null };
  /** What processes tell that main has started for it. */
  'process.started': { input: { id: RelayedId; pid: number }; output: null };
  'process.bytes': { input: { id: RelayedId; bytes: unknown }; output: null };
  'process.ended': { input: { id: RelayedId; how: string }; output: null };
};

/** What the engine says unasked. */
export type EnginePushes = {
  event: { [E in EventName]: { event: E; payload: Events[E] } }[EventName];
  /** Absolute paths of the folders in use: at the beginning, and when they change. */
  roots: string[];
  /** Wants to know for how long the user has been idle. */
  idle: null;
  /** Only main can start utility processes. @property entry the file URL, as text */
  'process.start': { id: RelayedId; options: Omit<ProcessOptions, 'entry'> & { entry: string } };
  'process.send': { id: RelayedId; bytes: Uint8Array };
  'process.kill': RelayedId;
};
