/** The server for scripts of DAWs: off until it is turned on, for nobody without its token, and the scripts themselves. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../kit/temporary-folder.ts';
import type { ReferenceSound } from '../../../src/shared/types.ts';
import { createEngine, type EngineHandle } from '../../../src/main/engine/engine.ts';
import { DawBridge } from '../../../src/main/host/daw/daw-bridge.ts';
import { TOKEN_FILE } from '../../../src/main/host/daw/daw-server.ts';
import { dispatch } from '../../../src/main/host/dispatch.ts';
import { EngineTrial } from '../../calls/engine-trial.ts';
import { TINY_PACK } from '../../faults/program.ts';
import { until } from '../../kit/until.ts';

const SCRIPTS = join(import.meta.dirname, '../../../resources/daw');
const has = (program: string, flag: string) => spawnSync(program, [flag]).status === 0;
/** Why the scripts cannot run. */
const missing = !has('lua5.4', '-v') ? 'lua5.4 is not installed' : !has('curl', '--version') ? 'curl is not installed' : null; // prettier-ignore
const trial = new EngineTrial();
const found: ReferenceSound[] = [];
const notices: string[] = [];
let handle: EngineHandle;
let bridge: DawBridge;
let windows = 1;
let hum: { fileId: number; path: string };
const tokenFile = join(trial.data, TOKEN_FILE);

beforeAll(async () => {
  const path = trial.addTone('low hum “1”.wav', 110, 4);
  await trial.start();
  await trial.index(trial.sounds);
  const [fileId] = await trial.call('file.list', { of: {}, order: 'name', descending: false });
  hum = { fileId: fileId!, path };
  await trial.close();
  handle = createEngine({ dataFolder: trial.data, load: 'foreground', model: TINY_PACK });
  handle.on('search.wanted', ({ like }) => found.push(...like));
  bridge = new DawBridge({
    dataFolder: trial.data,
    handle,
    notice: (message) => notices.push(message),
    windows: () => windows,
  });
});
afterAll(async () => {
  await bridge.close();
  await handle.close();
  await trial.end();
});

/** Turned on, with what a script reads. */
async function turnedOn(): Promise<{ port: number; token: string }> {
  await handle.engine['setting.set']({ dawBridge: true });
  const port = await until('the bridge listens', () => bridge.port());
  return { port, token: /Bearer ([\w-]+)"/.exec(readFileSync(tokenFile, 'utf8'))![1]! };
}

async function turnedOff(): Promise<void> {
  await handle.engine['setting.set']({ dawBridge: false });
  await until('the bridge is closed', async () => (await bridge.port()) === null);
}

async function ask(port: number, path: string, headers: Record<string, string>, body?: string) {
  const request = body === undefined ? {} : { method: 'POST', body };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers, ...request });
  return [response.status, (await response.text()).split('\n')] as const;
}

test('off at first; on, the token file is the user’s alone; off again, and at the end, it is gone', async () => {
  expect(await bridge.port()).toBeNull();
  expect(existsSync(tokenFile)).toBe(false);
  const { port, token } = await turnedOn();
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  expect(readFileSync(tokenFile, 'utf8')).toBe(
    `# http://127.0.0.1:${port}\nheader = "Authorization: Bearer ${token}"\n`,
  );
  await turnedOff();
  expect(existsSync(tokenFile)).toBe(false);
  await expect(ask(port, '/current', {})).rejects.toThrow();
});

test('what is selected, and sounds like a file: with the token, for no web page, and nothing else', async () => {
  const { port, token } = await turnedOn();
  const authorization = `Bearer ${token}`;
  expect(await ask(port, '/current', {})).toEqual([401, ['error', 'Earmark was restarted. Run the script again.', '']]);
  expect((await ask(port, '/current', { authorization, origin: 'http://evil.example' }))[0]).toBe(403);
  expect((await ask(port, '/current', { authorization, origin: 'null' }))[0]).toBe(403);
  expect((await ask(port, '/call/status.get', { authorization }, 'null'))[0]).toBe(404);
  expect(await ask(port, '/current', { authorization })).toEqual([
    404,
    ['error', 'Nothing is selected in Earmark. Select a sound there first.', ''],
  ]);
  await handle.engine['daw.offer']({ fileId: hum.fileId, startSeconds: 0.5, endSeconds: null });
  expect(await ask(port, '/current', { authorization })).toEqual([200, ['ok', hum.path, '0.5', '', 'low hum “1”', '']]);
  const backwards = { fileId: hum.fileId, startSeconds: 1, endSeconds: 0.5 };
  expect(await dispatch(handle.engine, 'daw.offer', backwards)).toMatchObject({ ok: false });
  found.length = 0;
  expect(await ask(port, '/similar', { authorization }, `${hum.path}\n1.25\n`)).toEqual([200, ['ok', '']]);
  expect(await ask(port, '/similar', { authorization }, '/elsewhere/x.wav\n\n')).toEqual([200, ['ok', '']]);
  expect(found).toEqual([{ path: hum.path, startSeconds: 1.25 }, { path: '/elsewhere/x.wav' }]); // prettier-ignore
  for (const body of ['relative.wav\n', '/x.wav\n-1\n', '/x.wav\nNaN\n', '']) {
    expect((await ask(port, '/similar', { authorization }, body))[0]).toBe(400);
  }
  expect((await ask(port, '/similar', { authorization }, 'x'.repeat(100_000)))[0]).toBe(413);
  expect(found).toHaveLength(2);
  expect(notices).toEqual([]);
});

/** REAPER's functions that the scripts call, each writing down that it was called. */
const REAPER = `
local script, folder = arg[1], arg[2]
local function note(name) return function(...)
  local said = { name }
  for _, value in ipairs({ ... }) do said[#said + 1] = tostring(value) end
  print(table.concat(said, "\\t"))
end end
reaper = setmetatable({
  GetOS = function() return "Other" end,
  GetResourcePath = function() return folder end,
  ExecProcess = function(command)
    local pipe = io.popen(command .. " 2>&1")
    local out = pipe:read("a")
    local _, _, code = pipe:close()
    return code .. "\\n" .. out
  end,
  PCM_Source_CreateFromFile = function(path) print("source", path) return "source" end,
  GetMediaSourceLength = function() return 4, false end,
  GetSelectedTrack = function() return nil end,
  CountTracks = function() return 2 end,
  GetTrack = function(_, number) return "track " .. number end,
  GetCursorPosition = function() return 10 end,
  AddMediaItemToTrack = function(track) print("item on", track) return "item" end,
  AddTakeToMediaItem = function() return "take" end,
  GetSelectedMediaItem = function() return os.getenv("ITEM") and "item" end,
  GetActiveTake = function() return "take" end,
  TakeIsMIDI = function() return false end,
  GetMediaItemTake_Source = function() return "section" end,
  GetMediaSourceParent = function(source) return source == "section" and "file" or nil end,
  GetMediaSourceFileName = function(source) return source == "file" and os.getenv("ITEM") or "" end,
  GetMediaItemTakeInfo_Value = function() return 1.5 end,
}, { __index = function(_, name) return note(name) end })
dofile(script)
`;

async function script(name: string, env: Record<string, string> = {}): Promise<string[]> {
  const folder = temporaryFolder('reaper', trial.folder);
  writeFileSync(join(folder, 'reaper.lua'), REAPER);
  const lua = promisify(execFile)('lua5.4', [join(folder, 'reaper.lua'), join(SCRIPTS, name), folder], {
    env: { ...process.env, EARMARK_DATA: trial.data, ...env },
  });
  return (await lua).stdout.split('\n').slice(0, -1);
}

test('REAPER gets the range at its cursor, on a track, in one step to undo', async ({ skip }) => {
  if (missing !== null) skip(missing);
  await turnedOn();
  await handle.engine['daw.offer']({ fileId: hum.fileId, startSeconds: 0.5, endSeconds: 1.75 });
  expect(await script('earmark_insert.lua')).toEqual([
    `source\t${hum.path}`,
    'Undo_BeginBlock',
    'InsertTrackAtIndex\t2\ttrue',
    'item on\ttrack 2',
    'SetMediaItemTake_Source\ttake\tsource',
    'SetMediaItemTakeInfo_Value\ttake\tD_STARTOFFS\t0.5',
    'GetSetMediaItemTakeInfo_String\ttake\tP_NAME\tlow hum “1”\ttrue',
    'SetMediaItemInfo_Value\titem\tD_POSITION\t10',
    'SetMediaItemInfo_Value\titem\tD_LENGTH\t1.25',
    'SetEditCurPos\t11.25\ttrue\tfalse',
    'Main_OnCommand\t40047\t0',
    'UpdateArrange',
    'Undo_EndBlock\tEarmark: insert low hum “1”\t-1',
  ]);
  await handle.engine['daw.offer']({ fileId: hum.fileId, startSeconds: 1, endSeconds: null });
  expect(await script('earmark_insert.lua')).toContain('SetMediaItemInfo_Value\titem\tD_LENGTH\t3'); // to the end
});

test('the search starts at the beginning of the selected item; refusals are shown as sentences', async () => {
  await turnedOn();
  found.length = 0;
  expect(await script('earmark_find_similar.lua', { ITEM: hum.path })).toEqual([]);
  expect(found).toEqual([{ path: hum.path, startSeconds: 1.5 }]);
  expect(await script('earmark_find_similar.lua')).toEqual(['ShowMessageBox\tSelect an audio item first.\tEarmark\t0']);
  await handle.engine['daw.offer'](null);
  expect((await script('earmark_insert.lua'))[0]).toMatch(/ShowMessageBox\tNothing is selected in Earmark/);
  await turnedOff();
  expect((await script('earmark_insert.lua'))[0]).toMatch(/ShowMessageBox\tEarmark is not running, or .* is off there/);
});

test('where no window is open to show what is found, the script says so', async () => {
  await turnedOn();
  found.length = 0;
  windows = 0;
  const said = await script('earmark_find_similar.lua', { ITEM: hum.path });
  windows = 1;
  expect(said).toEqual([
    expect.stringMatching(/^ShowMessageBox\tNo window of Earmark is open to show what is found\./),
  ]);
  expect(found).toEqual([]);
});

test('at the end nothing of it is left', async () => {
  await turnedOn();
  await bridge.close();
  expect(existsSync(tokenFile)).toBe(false);
});
