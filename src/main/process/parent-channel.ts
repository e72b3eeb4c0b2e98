/** A child's way to its parent, whichever way it was started; the other end of {@link StartProcess}. */
import { deserialize, serialize } from 'node:v8';

export interface ParentChannel {
  /** Nothing happens when the parent is gone. */
  send: (message: unknown) => void;
  onMessage: (listener: (message: unknown) => void) => void;
}

/** What Electron puts into a utility process: https://www.electronjs.org/docs/latest/api/parent-port */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

/**
 * To be called once, at the beginning. The process exits when the parent is gone, also after a kill -9 of the parent.
 * @throws Error in a process that is nobody's child
 */
export function openParentChannel(): ParentChannel {
  const { parentPort } = process as { parentPort?: ParentPort };
  if (parentPort) return overPort(parentPort);
  if (!process.send) throw new Error('this file is the entry point of a child process and cannot be run directly');
  process.on('disconnect', () => process.exit(0));
  // The parent may have gone while this file was being loaded; no event would follow.
  if (!process.connected) process.exit(0);
  return {
    send: (message) => {
      // A parent that went away shows as an error here and as 'disconnect' above; one of them is enough.
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    },
    onMessage: (listener) => process.on('message', listener),
  };
}

/** Chromium ends a utility process whose browser process has gone. Messages are bytes: see {@link toPortBytes}. */
function overPort(port: ParentPort): ParentChannel {
  return {
    send: (message) => port.postMessage(toPortBytes(message)),
    onMessage: (listener) => port.on('message', ({ data }) => listener(fromPortBytes(data))),
  };
}

/**
 * A port's own structured clone sends the whole memory behind a view of a part of it, and makes a Buffer a plain
 * Uint8Array. Node's serializer does neither, and is what `serialization: 'advanced'` of a fork uses.
 * @returns bytes in memory of their own
 */
export function toPortBytes(message: unknown): Uint8Array {
  return new Uint8Array(serialize(message));
}

/** The opposite of {@link toPortBytes}. @throws TypeError for anything that it has not made */
export function fromPortBytes(data: unknown): unknown {
  if (!(data instanceof Uint8Array)) throw new TypeError('messages between processes must be bytes');
  return deserialize(data);
}
