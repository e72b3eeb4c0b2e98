/** Builds the window: one page that any host serves under a strict content security policy. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src/renderer',
  // Relative, so that the page works under http://127.0.0.1:PORT/ and under a custom protocol alike.
  base: './',
  plugins: [svelte({ configFile: '../../svelte.config.js' })],
  build: {
    outDir: '../../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    // Everything is a file of its own: nothing inline for the policy to forbid.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
