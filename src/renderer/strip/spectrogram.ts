/** Paints the spectrogram of a file: time to the right, frequencies upwards on a logarithmic scale, levels as lightness. */
import { SPECTRUM_BANDS, hertzAt, shareOf, spectrumDb } from '../../shared/spectrum.ts';
import { prepared, RULER_HEIGHT, type LanesColours } from './draw-lanes.ts';
import { pixelOf, samplesEachFor, type View } from './view.ts';

/** Columns of one tile. */
export const TILE_COLUMNS = 64;
/** Nearer to each other, transforms of 43 ms are nearly the same: two milliseconds at 48 kHz. */
const LEAST_SAMPLES_EACH = 64;
/** Of the screen, for one column. */
const COLUMN_PX = 2;
/** What is painted darkest and lightest, dB below the loudest that the file has. */
const RANGE_DB = 90;
const MARKS_HZ = [50, 100, 200, 500, 1000, 2000, 5000, 10_000];
const LEAST_MARK_DISTANCE = 13;
const MARK_WIDTH = 30;

/** Of one file. */
export interface SpectrumTiles {
  sampleRate: number;
  /** Uint8Array[columns · SPECTRUM_BANDS]; null when it is not there yet. */
  tile(samplesEach: number, index: number): Uint8Array | null;
  /** The same without asking for it. */
  known(samplesEach: number, index: number): Uint8Array | null;
  /** Whether it has been asked for and can still come. */
  isComing(samplesEach: number, index: number): boolean;
}

/** Uint8ClampedArray[256 · 4]: the colour of each level. */
export type Palette = Uint8ClampedArray;

/**
 * @param stops colours from the quietest to the loudest, evenly spaced, `#rrggbb`
 * @param peakDb of the file, dBFS: what is painted loudest
 */
export function paletteOf(stops: readonly string[], peakDb: number): Palette {
  const colours = stops.map((stop) => [1, 3, 5].map((at) => Number.parseInt(stop.slice(at, at + 2), 16)));
  const palette = new Uint8ClampedArray(256 * 4);
  for (let level = 0; level < 256; level++) {
    const share = Math.max(0, Math.min(1, (spectrumDb(level) - peakDb) / RANGE_DB + 1));
    const place = share * (colours.length - 1);
    const below = Math.min(Math.floor(place), colours.length - 2);
    const mixed = colours[below]!.map((from, at) => from + (place - below) * (colours[below + 1]![at]! - from));
    palette.set([...mixed, 255], 4 * level);
  }
  return palette;
}

/** Samples that a column stands for. @param pixels of the screen, not of CSS */
export function columnSamples(view: View, pixels: number): number {
  return Math.max(LEAST_SAMPLES_EACH, samplesEachFor(view, pixels / COLUMN_PX));
}

/** What has come so far is painted, coarser where only that is known. @returns whether nothing more is to come */
export function paintSpectrogram(
  canvas: HTMLCanvasElement,
  view: View,
  tiles: SpectrumTiles,
  palette: Palette,
): boolean {
  const context = prepared(canvas);
  if (context === null) return true;
  const { clientWidth: width } = canvas;
  let complete = true;
  const height = canvas.clientHeight - RULER_HEIGHT;
  const each = columnSamples(view, width * window.devicePixelRatio);
  context.imageSmoothingQuality = 'high';
  const end = view.startSample + view.samples;
  const first = Math.floor(view.startSample / each / TILE_COLUMNS);
  for (let index = first; index * TILE_COLUMNS * each < end; index++) {
    const levels = tiles.tile(each, index);
    if (levels !== null) {
      paintTile(context, levels, pixelOf(view, index * TILE_COLUMNS * each, width), (each / view.samples) * width, height, palette); // prettier-ignore
      continue;
    }
    if (tiles.isComing(each, index)) complete = false;
    // Of one twice as coarse, and so on, the half that lies here.
    for (let [coarse, at] = [2 * each, index / 2]; coarse <= each * 64; coarse *= 2, at /= 2) {
      const known = tiles.known(coarse, Math.floor(at));
      if (known === null) continue;
      const from = (at - Math.floor(at)) * TILE_COLUMNS;
      const part = known.subarray(Math.floor(from) * SPECTRUM_BANDS, Math.ceil(from + (TILE_COLUMNS * each) / coarse) * SPECTRUM_BANDS); // prettier-ignore
      const start = (Math.floor(at) * TILE_COLUMNS + Math.floor(from)) * coarse;
      paintTile(context, part, pixelOf(view, start, width), (coarse / view.samples) * width, height, palette);
      break;
    }
  }
  return complete;
}

function paintTile(
  context: CanvasRenderingContext2D,
  levels: Uint8Array,
  left: number,
  columnWidth: number,
  height: number,
  palette: Palette,
): void {
  const columns = levels.length / SPECTRUM_BANDS;
  if (columns === 0) return;
  const image = new ImageData(columns, SPECTRUM_BANDS);
  for (let column = 0; column < columns; column++) {
    for (let band = 0; band < SPECTRUM_BANDS; band++) {
      const level = levels[column * SPECTRUM_BANDS + band]!;
      const at = ((SPECTRUM_BANDS - 1 - band) * columns + column) * 4;
      image.data.set(palette.subarray(4 * level, 4 * level + 4), at);
    }
  }
  const tile = new OffscreenCanvas(columns, SPECTRUM_BANDS);
  tile.getContext('2d')!.putImageData(image, 0, 0);
  context.drawImage(tile, left, 0, columns * columnWidth, height);
}

/** Over the spectrogram: a short line and a word for some frequencies. */
export function paintFrequencies(
  canvas: HTMLCanvasElement,
  sampleRate: number,
  colours: LanesColours & { ground: string },
): void {
  // prettier-ignore
  const context = canvas.getContext('2d');
  if (context === null) return;
  const height = canvas.clientHeight - RULER_HEIGHT;
  context.font = colours.font;
  context.textBaseline = 'middle';
  let last = height + LEAST_MARK_DISTANCE / 2;
  for (const hertz of MARKS_HZ) {
    const y = height * (1 - shareOf(hertz, sampleRate));
    if (y < LEAST_MARK_DISTANCE / 2 || last - y < LEAST_MARK_DISTANCE || height - y < LEAST_MARK_DISTANCE / 2) continue;
    last = y;
    context.fillStyle = colours.ground;
    context.fillRect(0, y - 6, MARK_WIDTH, 12);
    context.fillStyle = colours.ink;
    context.fillText(hertz < 1000 ? String(hertz) : `${hertz / 1000}k`, 4, y + 0.5);
    context.fillRect(MARK_WIDTH, Math.round(y), 4, 1);
  }
}

/** What is under the pointer. @param y CSS px from the top @returns null where it is not known or not on the spectrogram */
export function readingAt(
  view: View,
  tiles: SpectrumTiles,
  place: { x: number; y: number; width: number; height: number },
): { hertz: number; db: number } | null {
  const share = 1 - place.y / (place.height - RULER_HEIGHT);
  if (share < 0 || share >= 1) return null;
  const each = columnSamples(view, place.width * window.devicePixelRatio);
  const column = Math.floor((view.startSample + (place.x / place.width) * view.samples) / each);
  const levels = tiles.known(each, Math.floor(column / TILE_COLUMNS));
  const band = Math.floor(share * SPECTRUM_BANDS);
  const level = levels?.[(column % TILE_COLUMNS) * SPECTRUM_BANDS + band];
  return level === undefined ? null : { hertz: hertzAt((band + 0.5) / SPECTRUM_BANDS, tiles.sampleRate), db: spectrumDb(level) }; // prettier-ignore
}
