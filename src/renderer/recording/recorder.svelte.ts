/**
 * A sound from the microphone as the query. It is recorded without the browser's processing, at its own rate, and lent to
 * the engine until that ends; nothing of it is kept elsewhere, and the microphone is open only while it is recorded.
 */
import { SvelteMap } from 'svelte/reactivity';
import { MOST_LENT_BYTES } from '../../shared/calls/sounds.ts';
import type { Client } from '../../shared/contract.ts';
import type { App } from '../stores/app.svelte.ts';
import type { Notices } from '../stores/notices.svelte.ts';
import { perApp } from '../stores/per-app.ts';
import moduleUrl from './capture-worklet.ts?worker&url';
import { base64Of, wavOf } from './wav.ts';

/** A hum, a knock, a bar of beatbox. */
export const LONGEST_SECONDS = 30;
/** Below it nothing was said: −60 dBFS. */
const QUIETEST = 1e-3;
/** The meter falls by so much a block, so that a short knock is seen. */
const FALL = 0.85;

interface Open {
  context: AudioContext;
  stream: MediaStream;
  blocks: Float32Array[];
}

export class Recorder {
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #found: (path: string) => void;
  #state = $state<'idle' | 'asking' | 'recording' | 'sending'>('idle');
  /** Peak of what was heard last, 0..1. */
  #level = $state(0);
  #seconds = $state(0);
  #open: Open | null = null;
  /** Raised by each start and end: what was asked for before is no longer wanted. */
  #turn = 0;
  #number = 0;
  /** How long what was recorded is, s, by its absolute path. */
  readonly #recorded = new SvelteMap<string, number>();

  /** @param found is given the absolute path of a recording, to search by it */
  constructor(client: Client, notices: Notices, found: (path: string) => void) {
    this.#client = client;
    this.#notices = notices;
    this.#found = found;
  }

  get state() {
    return this.#state;
  }
  get level(): number {
    return this.#level;
  }
  get seconds(): number {
    return this.#seconds;
  }
  /** How long the recording at a path is, s; null for any other file. */
  recordedSeconds(path: string): number | null {
    return this.#recorded.get(path) ?? null;
  }

  /** Records until {@link stop}, {@link cancel}, or the longest time. Why it cannot is said in a sentence. */
  async start(): Promise<void> {
    if (this.#state !== 'idle') return;
    const mine = ++this.#turn;
    this.#state = 'asking';
    let stream: MediaStream | null = null;
    try {
      const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      stream = await navigator.mediaDevices.getUserMedia({ audio: raw });
      const context = new AudioContext();
      await context.audioWorklet.addModule(moduleUrl);
      if (mine !== this.#turn) {
        end({ context, stream });
        return;
      }
      this.#listen({ context, stream, blocks: [] });
    } catch (error) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      if (mine !== this.#turn) return;
      this.#state = 'idle';
      this.#notices.say(whyNot(error));
    }
  }

  /** Ends it and searches by it. */
  async stop(): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    const seconds = this.#seconds;
    this.#finish('sending');
    const peak = open.blocks.reduce((most, block) => Math.max(most, peakOf(block)), 0);
    if (peak < QUIETEST) {
      this.#state = 'idle';
      this.#notices.say('The recording is silent. Check which microphone the system uses, and its level.');
      return;
    }
    const name = `Recording ${++this.#number}.wav`;
    const data = base64Of(wavOf(open.blocks, open.context.sampleRate));
    const lent = await this.#notices.attempt(() => this.#client.call('sound.lend', { name, data }));
    this.#state = 'idle';
    if (lent === null) return;
    this.#recorded.set(lent.path, seconds);
    this.#found(lent.path);
  }

  /** Ends it, and nothing is left of it. */
  cancel(): void {
    this.#finish('idle');
  }

  #listen(open: Open): void {
    const { context, stream, blocks } = open;
    this.#open = open;
    this.#seconds = this.#level = 0;
    const capture = new AudioWorkletNode(context, 'earmark-capture', { numberOfOutputs: 0 });
    capture.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (this.#open !== open) return;
      blocks.push(data);
      this.#level = Math.max(peakOf(data), FALL * this.#level);
      this.#seconds += data.length / context.sampleRate;
      if (this.#seconds >= LONGEST_SECONDS) void this.stop();
    };
    context.createMediaStreamSource(stream).connect(capture);
    // Unplugged.
    stream.getAudioTracks()[0]?.addEventListener('ended', () => {
      if (this.#open === open) void this.stop();
    });
    this.#state = 'recording';
  }

  #finish(state: 'idle' | 'sending'): void {
    this.#turn++;
    if (this.#open !== null) end(this.#open);
    this.#open = null;
    this.#state = state;
    this.#level = 0;
  }
}

export const recorderOf = perApp(
  (app: App) =>
    new Recorder(app.client, app.notices, (path) => {
      app.search.bySounds({ ...app.search.sounds, like: [{ path, startSeconds: null }] });
      app.goTo('search');
    }),
);

/**
 * A file that was dropped where its path is not known, lent to the engine to search by.
 * @returns its absolute path; null where it could not be lent, which has been said
 */
export async function lendFile(
  { client, notices }: Pick<App, 'client' | 'notices'>,
  file: File,
): Promise<string | null> {
  if (file.size > MOST_LENT_BYTES) {
    const megabytes = Math.floor(MOST_LENT_BYTES / 1e6);
    notices.say(
      `“${file.name}” is larger than ${megabytes} MB. Add its folder to the library, or use the desktop app.`,
    );
    return null;
  }
  const lent = await notices.attempt(async () => {
    const data = base64Of(new Uint8Array(await file.arrayBuffer()));
    return client.call('sound.lend', { name: file.name.slice(-200), data });
  });
  return lent?.path ?? null;
}

function end({ context, stream }: Pick<Open, 'context' | 'stream'>): void {
  for (const track of stream.getTracks()) track.stop();
  void context.close();
}

function peakOf(block: Float32Array): number {
  return block.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

function whyNot(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') {
    return 'Earmark may not use the microphone. Allow it in the settings of the system or the browser, then record again.';
  }
  if (name === 'NotFoundError') return 'No microphone was found. Connect one, then record again.';
  return 'The microphone could not be opened. Check that no other program uses it, then record again.';
}
