/** What a page may do and who may ask the host: decisions without side effects, and where they are applied. */
import type { Session, WebContents, WebFrameMain } from 'electron';
import { isOurPage, isOurScheme } from './addresses.ts';

/** Copying paths; everything else that a page can ask for (location, notifications, …) is refused. */
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** Whether a message comes from the page of our own window: its top frame, and nothing loaded into it. */
export function isOwnFrame(frame: Pick<WebFrameMain, 'url' | 'parent'> | null): boolean {
  return frame !== null && frame.parent === null && isOurPage(frame.url);
}

/** Pages stay where they are; only a reload leads anywhere. */
export function mayNavigate(url: string): boolean {
  return isOurPage(url);
}

/** Nothing leaves the machine: a page asks our own scheme and memory of its own, and nothing else. */
export function mayRequest(url: string): boolean {
  return isOurScheme(url) || /^(blob|data|devtools):/.test(url);
}

/** @param media what of a `media` permission is asked for: the microphone may be used, to search by a recording; no camera */
export function mayUse(
  permission: string,
  requestingUrl: string,
  media: readonly (string | undefined)[] = [],
): boolean {
  if (!isOurScheme(requestingUrl)) return false;
  if (permission === 'media') return media.length > 0 && media.every((kind) => kind === 'audio');
  return PERMISSIONS.has(permission);
}

export type GuardedSession = Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setSpellCheckerEnabled' | 'on'
> & { webRequest: Pick<Session['webRequest'], 'onBeforeRequest'> };

/** For the session of every window, before the first one opens. */
export function guardSession(session: GuardedSession): void {
  session.setPermissionRequestHandler((contents, permission, callback, details) => {
    const media = 'mediaTypes' in details ? details.mediaTypes : [];
    callback(details.isMainFrame && mayUse(permission, contents.getURL(), media));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, { mediaType }) =>
    mayUse(permission, origin, [mediaType]),
  );
  // The window offers nothing to download, and a page that was taken over must not put files on the disk.
  session.on('will-download', (event) => event.preventDefault());
  session.setSpellCheckerEnabled(false); // it would download dictionaries
  session.webRequest.onBeforeRequest(({ url }, callback) => callback({ cancel: !mayRequest(url) }));
}

/** For every page as it is made, whoever made it. */
export function guardContents(contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
