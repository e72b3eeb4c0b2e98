/** What the desktop host decides without Electron: addresses, who may ask, paths, the place of the window. */
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { audioUrl, isOurPage, resourceOf } from '../../../src/main/host/electron/addresses.ts';
import { isOwnFrame, mayNavigate, mayRequest, mayUse } from '../../../src/main/host/electron/boundaries.ts';
import { isInLibrary } from '../../../src/main/host/electron/library-paths.ts';
import {
  placeWindow,
  readWindowState,
  writeWindowState,
  type WindowState,
} from '../../../src/main/host/electron/window-state.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

describe('addresses', () => {
  test.each([
    ['earmark://app/', { kind: 'file', path: '/' }],
    ['earmark://app/assets/index-3f9a.js', { kind: 'file', path: '/assets/index-3f9a.js' }],
    ['earmark://app/index.html#/library', { kind: 'file', path: '/index.html' }],
    ['earmark://app/a/../../etc/passwd', { kind: 'file', path: '/etc/passwd' }], // looked up in a table, never on disk
    ['earmark://app/audio/12', { kind: 'sound', fileId: 12, asWav: false }],
    ['earmark://app/audio/12?as=wav', { kind: 'sound', fileId: 12, asWav: true }],
    ['earmark://app/audio/0', null],
    ['earmark://app/audio/012', null],
    ['earmark://app/audio/1/2', null],
    ['earmark://app/audio/%31', null],
    ['earmark://app/audio/', null],
    ['earmark://app/audio/99999999999999999999', null],
    ['earmark://other/audio/12', null],
    ['earmark://app.evil/audio/12', null],
    ['earmark://me@app/audio/12', null],
    ['earmark://app:1/audio/12', null],
    ['https://app/audio/12', null],
    ['audio/12', null],
  ])('%s', (url, resource) => {
    expect(resourceOf(url)).toEqual(resource);
  });

  test('the address that a player gets leads to the audio', () => {
    expect(resourceOf(audioUrl(7))).toEqual({ kind: 'sound', fileId: 7, asWav: false });
    expect(resourceOf(audioUrl(7, true))).toEqual({ kind: 'sound', fileId: 7, asWav: true });
  });

  test('pages', () => {
    expect(isOurPage('earmark://app/index.html#/search')).toBe(true);
    expect(isOurPage('earmark://app/')).toBe(true);
    expect(isOurPage('earmark://app/audio/1')).toBe(false);
    expect(isOurPage('file:///index.html')).toBe(false);
  });
});

describe('boundaries', () => {
  const page = 'earmark://app/index.html#/search';
  test.each([
    ['the page', { url: page, parent: null }, true],
    ['a frame in the page', { url: page, parent: {} }, false],
    ['another page', { url: 'https://evil.example/index.html', parent: null }, false],
    ['a sound opened as a page', { url: 'earmark://app/audio/1', parent: null }, false],
    ['an empty page', { url: 'about:blank', parent: null }, false],
    ['a frame that is gone', null, false],
  ])('may %s ask the host?', (_, frame, may) => {
    expect(isOwnFrame(frame as Parameters<typeof isOwnFrame>[0])).toBe(may);
  });

  test('a page leads nowhere but to itself', () => {
    expect(mayNavigate(page)).toBe(true);
    for (const url of [
      'https://evil.example',
      'file:///etc/passwd',
      'earmark://app/audio/3',
      'javascript:1',
      'data:text/html,x',
    ]) {
      expect(mayNavigate(url)).toBe(false);
    }
  });

  test('nothing is asked for outside', () => {
    for (const url of ['earmark://app/audio/3', 'blob:earmark://app/x', 'data:image/png;base64,', 'devtools://x']) {
      expect(mayRequest(url)).toBe(true);
    }
    for (const url of [
      'https://a.example',
      'http://127.0.0.1',
      'ws://a.example',
      'file:///etc/passwd',
      'earmark://x/',
      'ftp://a.example',
    ]) {
      expect(mayRequest(url)).toBe(false);
    }
  });

  test('a page may copy, and nothing else', () => {
    expect(mayUse('clipboard-sanitized-write', 'earmark://app/')).toBe(true);
    expect(mayUse('clipboard-sanitized-write', 'https://evil.example')).toBe(false);
    expect(mayUse('media', 'earmark://app/', ['audio'])).toBe(true);
    expect(mayUse('media', 'https://evil.example', ['audio'])).toBe(false);
    for (const media of [[], ['video'], ['audio', 'video'], [undefined], ['unknown']]) {
      expect(mayUse('media', 'earmark://app/', media)).toBe(false);
    }
    for (const permission of [
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'fileSystem',
    ]) {
      expect(mayUse(permission, 'earmark://app/')).toBe(false);
    }
  });
});

describe('paths that may be handed to the system', () => {
  const roots = [join(tmpdir(), 'sounds'), join(tmpdir(), 'more')];
  test.each([
    [join(tmpdir(), 'sounds', 'door.wav'), true],
    [join(tmpdir(), 'sounds', '..doors', 'a.wav'), true],
    [join(tmpdir(), 'more', 'a', 'b.wav'), true],
    [join(tmpdir(), 'sounds'), false],
    [join(tmpdir(), 'sounds2', 'door.wav'), false],
    [`${join(tmpdir(), 'sounds')}/../secret.wav`, false],
    [`${join(tmpdir(), 'sounds')}/a\0.wav`, false],
    ['door.wav', false],
    ['', false],
    ['/etc/passwd', false],
  ])('%j', (path, may) => {
    expect(isInLibrary(path, roots)).toBe(may);
  });
  test('without folders there are none', () => expect(isInLibrary('/a.wav', [])).toBe(false));
});

describe('the place of the window', () => {
  const main = { x: 0, y: 25, width: 1440, height: 875 };
  const second = { x: 1440, y: 0, width: 1920, height: 1040 };
  const state = (x: number, y: number, width: number, height: number): WindowState => ({
    bounds: { x, y, width, height },
    maximised: false,
    fullScreen: false,
  });

  test('the first time: in the middle, and no larger than the display', () => {
    expect(placeWindow(null, [main])).toEqual({ width: 1280, height: 820, maximised: false, fullScreen: false });
    expect(placeWindow(null, [{ ...main, width: 1000, height: 600 }])).toMatchObject({ width: 1000, height: 600 });
  });
  test('where it was, on whatever display', () => {
    expect(placeWindow(state(100, 80, 900, 600), [main, second])).toMatchObject({
      x: 100,
      y: 80,
      width: 900,
      height: 600,
    });
    expect(placeWindow(state(1600, 10, 1800, 1000), [main, second])).toMatchObject({ x: 1600, y: 10, width: 1800 });
  });
  test.each([
    ['on a display that is gone', state(1600, 10, 900, 600)],
    ['above the screen', state(100, -400, 900, 600)],
    ['under the bar at the top', state(100, 0, 900, 600)],
    ['all but out on the left', state(-830, 80, 900, 600)],
    ['below the screen', state(100, 890, 900, 600)],
  ])('%s: back to the middle, in its size', (_, was) => {
    const place = placeWindow(was, [main]);
    expect(place).toMatchObject({ width: 900, height: 600 });
    expect(place).not.toHaveProperty('x');
  });
  test('never too small, never larger than where it is', () => {
    expect(placeWindow(state(0, 25, 100, 100), [main])).toMatchObject({ width: 720, height: 480 });
    expect(placeWindow(state(0, 25, 5000, 5000), [main])).toMatchObject({ width: 1440, height: 875 });
  });
  test('no display at all (a remote session): as it was', () => {
    expect(placeWindow(state(5, 5, 900, 600), [])).toMatchObject({ width: 900, height: 600 });
  });

  describe('kept in a file', () => {
    let folder: string;
    beforeEach(() => (folder = temporaryFolder('el')));

    test('comes back as it was, and leaves nothing beside it', () => {
      const path = join(folder, 'state.json');
      const was = { ...state(-5, 30, 800, 600), maximised: true };
      writeWindowState(path, was);
      expect(readWindowState(path)).toEqual(was);
      expect(readdirSync(folder)).toEqual(['state.json']);
    });
    test.each([
      ['nothing', null],
      ['half a file', '{"bounds": {"x": 1'],
      ['something else', '[]'],
      ['no size', '{"bounds":{"x":1,"y":2,"width":0,"height":5},"maximised":false,"fullScreen":false}'],
      ['absurd numbers', '{"bounds":{"x":1e300,"y":2,"width":9,"height":5},"maximised":false,"fullScreen":false}'],
    ])('%s is like no file', (_, text) => {
      const path = join(folder, 'state.json');
      if (text !== null) writeFileSync(path, text);
      expect(readWindowState(path)).toBeNull();
    });
  });
});
