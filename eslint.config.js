import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import svelteParser from 'svelte-eslint-parser';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const onlyElectronHost = {
  paths: [{ name: 'electron', message: 'Only src/main/host/electron and src/preload may import electron.' }],
};

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'out/', 'release/', 'training/', 'demo-sounds/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.main.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes `!` after a bounds check the honest form
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$', argsIgnorePattern: '^_' }],
      'no-console': 'error',
    },
  },
  { files: ['**/*.{ts,js,mjs,svelte}'], rules: { 'max-lines': ['error', 400] } },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', onlyElectronHost] },
  },
  { files: ['src/main/host/electron/**/*.ts', 'src/preload/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/shared/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { ...onlyElectronHost, patterns: [{ regex: '^node:', message: 'The contract runs in a browser too.' }] },
      ],
    },
  },
  ...svelte.configs.recommended.map((config) => ({ ...config, files: config.files ?? ['**/*.svelte'] })),
  {
    files: ['**/*.svelte'],
    extends: [tseslint.configs.strict],
    languageOptions: {
      parser: svelteParser,
      parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$', argsIgnorePattern: '^_' }],
      'no-undef': 'off', // the type check knows better
      'svelte/prefer-svelte-reactivity': 'off', // Maps and Sets here are made anew, never changed in place
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    files: ['src/renderer/**/*.ts', 'e2e/**/*.ts', 'test/renderer/**/*.ts'],
    languageOptions: {
      parser: tseslint.parser, // for *.svelte.ts too: runes are plain calls to it, and their types are known
      parserOptions: { project: ['./tsconfig.renderer.json'] },
    },
    rules: { 'no-console': ['error', { allow: ['error', 'info'] }] },
  },
  // Read by two worlds: what Node's types know of a reply, the browser's do not, and the reverse.
  {
    files: ['src/renderer/client/http-client.ts'],
    rules: { '@typescript-eslint/no-unnecessary-type-assertion': 'off' },
  },
  {
    files: ['src/renderer/**/*.ts', 'src/renderer/**/*.svelte'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          ...onlyElectronHost,
          patterns: [
            { regex: '^node:', message: 'The renderer runs in a browser.' },
            { regex: '/(main|preload)/', message: 'The renderer reaches the engine by the contract only.' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', 'bin/*'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  { files: ['bench/**/*.ts', 'scripts/**/*.ts', 'src/main/host/cli/**/*.ts'], rules: { 'no-console': 'off' } },
);
