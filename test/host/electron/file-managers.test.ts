/** Entries of file managers (resources/file-managers, resources/installer.nsh), as far as a machine without them can tell. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { INSTALL_FOLDER } from '../../../src/main/files/install.ts';
import { skipFor } from '../../faults/trial.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const RESOURCES = join(INSTALL_FOLDER, 'resources');
const LINUX = join(RESOURCES, 'file-managers', 'linux');
const WORKFLOW = join(RESOURCES, 'file-managers', 'macos', 'Find Similar in Earmark.workflow', 'Contents');
const isThere = (program: string) => spawnSync(program, ['--version']).error === undefined;

/** Of an .ini-like file: `key=value` lines of one group. */
function group(file: string, name: string): Record<string, string> {
  const lines = readFileSync(join(LINUX, file), 'utf8').split('\n');
  const from = lines.indexOf(`[${name}]`) + 1;
  expect(from, `[${name}] in ${file}`).toBeGreaterThan(0);
  const after = lines.slice(from);
  const to = after.findIndex((line) => line.startsWith('['));
  const own = after.slice(0, to === -1 ? undefined : to).filter((line) => line.includes('='));
  return Object.fromEntries(own.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

describe('Linux', () => {
  test.each([
    ['earmark-kde.desktop', 'Desktop Action findSimilar'],
    ['earmark.nemo_action', 'Nemo Action'],
    ['earmark-sendto.desktop', 'Desktop Entry'],
  ])('%s starts Earmark with the selected files', (file, name) => {
    expect(group(file, name)).toMatchObject({ Name: 'Find similar in Earmark', Exec: 'earmark %F' });
  });

  test('KDE shows its action for audio', () => {
    const { Actions: actions, MimeType: types, Type: type } = group('earmark-kde.desktop', 'Desktop Entry');
    expect([actions, types, type]).toEqual(['findSimilar;', 'audio/*;', 'Service']);
  });

  test.skipIf(
    skipFor(isThere('desktop-file-validate') ? null : 'no desktop-file-validate', 'desktop entry by its validator'),
  )('the desktop entry is valid', () => {
    expect(execFileSync('desktop-file-validate', [join(LINUX, 'earmark-sendto.desktop')], { encoding: 'utf8' })).toBe(
      '',
    );
  });

  test.skipIf(process.platform === 'win32')(
    'the script of GNOME Files passes names on as they are, or says what is missing',
    () => {
      const folder = temporaryFolder('fm');
      const programs = join(folder, 'bin');
      mkdirSync(programs);
      const script = join(LINUX, 'Find similar in Earmark');
      const names = ['a b.wav', '“quoted” $HOME.wav', '-dash.wav'];
      // The shell alone, and what it is told to find.
      const run = () =>
        spawnSync('/bin/sh', [script, ...names], { cwd: folder, encoding: 'utf8', env: { PATH: programs } });
      const missing = run();
      expect(missing.status).toBe(1);
      expect(missing.stderr).toMatch(/^Earmark was not found\. Install its package/);
      writeFileSync(join(programs, 'earmark'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
      chmodSync(join(programs, 'earmark'), 0o755);
      expect(run()).toMatchObject({ status: 0, stdout: names.join('\n') + '\n' });
      expect(programs.split(delimiter)).toHaveLength(1);
    },
  );
});

test.skipIf(skipFor(isThere('python3') ? null : 'no python3', 'Quick Action by a reader of property lists'))(
  'macOS: a Quick Action of Finder for audio that opens the selected files',
  () => {
    const read = `import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))`;
    const plist = (name: string): unknown =>
      JSON.parse(execFileSync('python3', ['-c', read, join(WORKFLOW, name)], { encoding: 'utf8' }));
    expect(plist('Info.plist')).toMatchObject({
      NSServices: [
        {
          NSMenuItem: { default: 'Find Similar in Earmark' },
          NSMessage: 'runWorkflowAsService',
          NSSendFileTypes: ['public.audio'],
        },
      ],
    });
    const appId = /^appId: (.*)$/m.exec(readFileSync(join(INSTALL_FOLDER, 'electron-builder.yml'), 'utf8'))![1]!;
    expect(plist('document.wflow')).toMatchObject({
      actions: [{ action: { ActionParameters: { COMMAND_STRING: `open -b ${appId} "$@"`, inputMethod: 1 } } }],
    });
  },
);

describe('Windows', () => {
  const include = readFileSync(join(RESOURCES, 'installer.nsh'), 'utf8');

  test('what the installer adds, the uninstaller removes', () => {
    const key = /!define EARMARK_ENTRY "(.*)"/.exec(include)![1]!;
    expect(key).toBe('Software\\Classes\\SystemFileAssociations\\audio\\shell\\Earmark.FindSimilar');
    expect(include).toMatch(/!macro customUnInstall\s+DeleteRegKey SHELL_CONTEXT "\$\{EARMARK_ENTRY\}"\s+!macroend/);
    expect(include).toContain(`'"$INSTDIR\\\${APP_EXECUTABLE_FILENAME}" "%1"'`);
  });

  test.skipIf(skipFor(isThere('makensis') ? null : 'no makensis', 'the installer’s include by NSIS'))(
    'NSIS compiles it',
    () => {
      const folder = temporaryFolder('ns');
      const file = join(folder, 'try.nsi');
      writeFileSync(
        file,
        `Unicode true
!define APP_EXECUTABLE_FILENAME "Earmark.exe"
Name try
OutFile "${join(folder, 'try.exe')}"
InstallDir "$LOCALAPPDATA\\try"
!include "${join(RESOURCES, 'installer.nsh')}"
Section
  !insertmacro customInstall
  WriteUninstaller "$INSTDIR\\gone.exe"
SectionEnd
Section Uninstall
  !insertmacro customUnInstall
SectionEnd
`,
      );
      const { status, stdout } = spawnSync('makensis', ['-WX', '-V2', file], { encoding: 'utf8' });
      expect([status, stdout]).toEqual([0, '']);
    },
  );
});
