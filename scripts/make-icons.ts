/**
 * Draws resources/icons/*.png from the window's icon. To be run when src/renderer/icon.svg changes; the results are kept
 * in the repository, so that building needs no browser. Chromium: $CHROMIUM, or where Debian puts it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';

/** File name → pixels; `@2x` is what Electron takes on fine displays. */
const SIZES = { 'icon.png': 1024, 'tray.png': 16, 'tray@2x.png': 32, 'drag.png': 32, 'drag@2x.png': 64 };
/** Clear of the edges, as app icons are on a Mac; small ones need every pixel. */
const MARGIN_SHARE = 0.08;
const LARGE = 128;

const svg = readFileSync(join(INSTALL_FOLDER, 'src', 'renderer', 'icon.svg'), 'utf8');
const folder = join(INSTALL_FOLDER, 'resources', 'icons');
mkdirSync(folder, { recursive: true });
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage();
  for (const [name, pixels] of Object.entries(SIZES)) {
    const margin = pixels >= LARGE ? Math.round(pixels * MARGIN_SHARE) : 0;
    const size = pixels - 2 * margin;
    await page.setViewportSize({ width: pixels, height: pixels });
    await page.setContent(
      `<style>body { margin: 0 } img { display: block; margin: ${margin}px; width: ${size}px; height: ${size}px }</style>` +
        `<img src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`,
    );
    await page.screenshot({ path: join(folder, name), omitBackground: true });
  }
} finally {
  await browser.close();
}
