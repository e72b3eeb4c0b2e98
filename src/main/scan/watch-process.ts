/**
 * Entry point of the watching process: the system tells it what changes below the roots. Its parent is watch.ts.
 * Links to folders are followed by a walk and not by a watch: what changes behind them is found by the next walk.
 */
import { stat } from 'node:fs/promises';
import type { AsyncSubscription } from '@parcel/watcher';
import { serveParent } from '../process/child.ts';
import { isInside } from './roots.ts';
import { IGNORED_FOLDERS } from './walk.ts';
import type { WatchMethods, WatchProblem, WatchPushes } from './watch-protocol.ts';

interface Watched {
  /** null until the system has been told, and after it could not be. */
  subscription: AsyncSubscription | null;
}

/** What a walk passes over needs no watch: hidden files and folders, and those that programs put beside audio files. */
const IGNORED = ['**/.*', '**/.*/**', ...[...IGNORED_FOLDERS].flatMap((name) => [`**/${name}`, `**/${name}/**`])];

const watched = new Map<number, Watched>();

const push = serveParent<WatchMethods, WatchPushes>({
  async watch({ rootId, path, ignore }) {
    await end(rootId);
    const mine: Watched = { subscription: null };
    watched.set(rootId, mine);
    try {
      // Asked first: the watcher's own words for a missing folder are about a file descriptor.
      if (!(await stat(path)).isDirectory()) return gone(path);
      // Loaded here and not at the top: a machine without it gets a sentence, and the process lives.
      const { subscribe } = await import('@parcel/watcher');
      const subscription = await subscribe(
        path,
        (error, events) => {
          if (watched.get(rootId) !== mine) return;
          if (error) stop(rootId, describe(error, path));
          else if (events.some((event) => event.path === path && event.type === 'delete')) stop(rootId, gone(path));
          else if (events.some((event) => !ignore.some((folder) => isInside(event.path, folder))))
            push('changed', { rootId });
        },
        // A folder with brackets in its name would be taken for a pattern here, so events are checked as well.
        { ignore: [...IGNORED, ...ignore] },
      );
      if (watched.get(rootId) !== mine) await leave(subscription);
      else mine.subscription = subscription;
      return null;
    } catch (error) {
      if (watched.get(rootId) === mine) watched.delete(rootId);
      return describe(error, path);
    }
  },
  async unwatch({ rootId }) {
    await end(rootId);
    return null;
  },
});

async function end(rootId: number): Promise<void> {
  const old = watched.get(rootId);
  watched.delete(rootId);
  if (old?.subscription) await leave(old.subscription);
}

function stop(rootId: number, problem: WatchProblem): void {
  void end(rootId);
  push('stopped', { rootId, problem });
}

async function leave(subscription: AsyncSubscription): Promise<void> {
  try {
    await subscription.unsubscribe();
  } catch {
    // The folder is gone, and the system has taken the watch away with it: that is what was wanted.
  }
}

function gone(path: string): WatchProblem {
  return { kind: 'gone', message: `“${path}” is not available. Watching resumes when it is available again.` };
}

/** The watcher throws the system's words ("inotify_add_watch on … failed: No space left on device"). */
function describe(error: unknown, path: string): WatchProblem {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return gone(path);
  const words = error instanceof Error ? error.message : String(error);
  if (/inotify.*(No space left|Too many open files)/.test(words)) {
    const message = `The system limit of watched folders is reached, so changes in “${path}” are detected only when Earmark starts. Raise fs.inotify.max_user_watches and max_user_instances, or watch fewer folders.`;
    return { kind: 'limit', message };
  }
  if (code === 'ERR_MODULE_NOT_FOUND' || /^Cannot find module|^No prebuild|dlopen|\.node\b/.test(words)) {
    const message = `Folders cannot be watched on this machine (${process.platform} ${process.arch}): the file watcher is not available. Changes are detected when Earmark starts.`;
    return { kind: 'unable', message };
  }
  const message = `“${path}” cannot be watched (${words.trim().split('\n')[0] ?? ''}). Changes are detected when Earmark starts.`;
  return { kind: 'unable', message };
}
