/** What may import what; run by `npm run lint`. */
import { readFileSync } from 'node:fs';

/** The folders of src/main from the ground floor up: each may import those before it, none after it. */
const LAYERS = JSON.parse(readFileSync(new URL('scripts/layers.json', import.meta.url), 'utf8'));

/** Embeddings of data sets, write plans, the lock of a download: SQLite files beside the catalogue, with one owner each. */
const PRIVATE_DATABASES = ['eval/embedding-cache', 'writeback/plans', 'models/download/download-lock'];
/** Who may speak SQL: the catalogue, its own tests, and the one way past it for the others. */
const SPEAKS_SQL = [
  'src/main/catalogue/',
  ...PRIVATE_DATABASES.map((file) => `src/main/${file}\\.ts$`),
  'test/catalogue/',
  'test/kit/catalogue\\.ts$',
];

/** One rule a folder: none of those that are built on it. */
const layers = LAYERS.slice(0, -1).map((folder, at) => ({
  name: `${folder}-knows-nothing-above-it`,
  comment: 'Layers are listed in scripts/layers.json. Move what both need further down, or hand it in as a dependency.',
  severity: 'error',
  from: { path: `^src/main/${folder}/` },
  to: { path: `^src/main/(${LAYERS.slice(at + 1).join('|')})/` },
}));

export default {
  forbidden: [
    {
      name: 'declared-packages-only',
      comment: 'A package that another one happens to bring is gone with its next version: name it in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'app-without-development-packages',
      comment:
        'A packaged app has production dependencies only. The window is bundled, and Electron is there by itself.',
      severity: 'error',
      from: { path: '^src/(main|shared)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/electron/' },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere. Vite answers those that ask for the address of a file (?url).',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '[?]url$' },
    },
    {
      name: 'every-folder-has-its-layer',
      comment: 'A new folder of src/main is put into scripts/layers.json.',
      severity: 'error',
      from: {},
      to: { path: '^src/main/', pathNot: `^src/main/(${LAYERS.join('|')})/` },
    },
    {
      name: 'shared-knows-nobody',
      comment: 'Window, hosts and engine share it; it imports none of them.',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: '^src/(main|renderer|preload|demo)/' },
    },
    {
      name: 'window-without-engine',
      comment: 'The window knows the contract only.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: '^src/(main|demo)/' },
    },
    {
      name: 'sqlite-behind-the-catalogue',
      comment:
        'SQL on catalogue tables stands in src/main/catalogue; those of PRIVATE_DATABASES open files of their own.',
      severity: 'error',
      from: { pathNot: `^(${SPEAKS_SQL.join('|')})` },
      to: { path: '^node_modules/(@types/)?better-sqlite3/' },
    },
    {
      name: 'no-circles',
      comment: 'Files that import each other are one file, or miss a third one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...layers,
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.main.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types', 'svelte'],
    },
  },
};
