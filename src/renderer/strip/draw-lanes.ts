/** Paints the lanes of a file: one for each channel, over a ruler. */
import { columnsOf, samplesIn, type PeakTiles } from './columns.ts';
import { pixelOf, rulerStep, type View } from './view.ts';
import { rulerTime } from './times.ts';

/** dBFS at the middle of a lane; its edge is full scale. */
const FLOOR_DB = -60;
/** dBFS with a line, where there is room. */
const LINES_DB = [-6, -12, -24, -48];
/** CSS px. */
export const RULER_HEIGHT = 16;
const LANE_GAP = 2;
const LEAST_LINE_DISTANCE = 9;
/** Lanes as high as this say which lines they have. */
const LABELLED_FROM = 48;
const LABEL_WIDTH = 26;
const LEAST_MARK_DISTANCE = 84;
/** Further apart than this, samples are dots; then the line between them is only a line. CSS px. */
const DOTS_FROM = 6;

export interface Scale {
  decibels: boolean;
  /** What full height is: 1 for full scale, less to fill the lane with a quiet file. */
  fullHeight: number;
}

export interface LanesPicture {
  view: View;
  sampleRate: number;
  peaks: PeakTiles;
  scale: Scale;
}

export interface LanesColours {
  line: string;
  ink: string;
  font: string;
}

/** @returns −1..1, beyond it what is higher than full height */
export function heightOf(sample: number, { decibels, fullHeight }: Scale): number {
  const share = sample / fullHeight;
  if (!decibels) return share;
  const db = 20 * Math.log10(Math.abs(share));
  return Math.sign(share) * Math.max(0, 1 - db / FLOOR_DB);
}

/** The waves of all lanes, to be painted twice: once for what has been played, once for the rest. CSS px. */
export type Waves =
  | { kind: 'line'; path: Path2D }
  /** @property boxes Float32Array[bars · 3]: left, top, height */
  | { kind: 'bars'; boxes: Float32Array; barWidth: number };

/** @param width @param height of the canvas, CSS px @param density pixels of the screen in each */
export function laneWaves(picture: LanesPicture, width: number, height: number, density: number): Waves {
  const { view, peaks } = picture;
  const boxes = laneBoxes(peaks.channels, height);
  const apart = view.samples < width * density;
  const samples = apart ? samplesIn(view, peaks) : null;
  if (samples !== null) {
    const path = new Path2D();
    const dots = width / view.samples >= DOTS_FROM;
    for (const [channel, plane] of samples.planes.entries()) {
      for (const [index, sample] of plane.entries()) {
        const x = pixelOf(view, samples.first + index, width);
        const y = boxes[channel]!.y(heightOf(sample, picture.scale));
        if (index === 0) path.moveTo(x, y);
        else path.lineTo(x, y);
        if (dots) path.rect(x - 1.5, y - 1.5, 3, 3);
        if (dots) path.moveTo(x, y);
      }
    }
    return { kind: 'line', path };
  }
  const columns = Math.max(1, Math.round(width * density));
  const values = columnsOf(view, columns, peaks);
  const boxesOfBars = new Float32Array(columns * peaks.channels * 3);
  let bars = 0;
  for (const [channel, { y }] of boxes.entries()) {
    for (let column = 0; column < columns; column++) {
      const at = (column * peaks.channels + channel) * 2;
      const [low, high] = [values[at]!, values[at + 1]!];
      if (Number.isNaN(low)) break;
      const top = y(heightOf(high, picture.scale));
      const tall = Math.max(1 / density, y(heightOf(low, picture.scale)) - top);
      boxesOfBars.set([column / density, top, tall], 3 * bars++);
    }
  }
  return { kind: 'bars', boxes: boxesOfBars.subarray(0, 3 * bars), barWidth: 1 / density };
}

/** Sizes a canvas to its box and fills it with one of the two. */
export function paintWaves(canvas: HTMLCanvasElement, waves: Waves, colour: string): void {
  const context = prepared(canvas);
  if (context === null) return;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.lineJoin = 'round';
  if (waves.kind === 'line') {
    context.stroke(waves.path);
    return;
  }
  const { boxes, barWidth } = waves;
  for (let at = 0; at < boxes.length; at += 3) context.fillRect(boxes[at]!, boxes[at + 1]!, barWidth, boxes[at + 2]!);
}

/** Over the waves: lines of the scale and the ruler. */
export function paintLines(canvas: HTMLCanvasElement, picture: LanesPicture, colours: LanesColours): void {
  const context = prepared(canvas);
  if (context === null) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  context.fillStyle = colours.line;
  context.font = colours.font;
  context.textBaseline = 'middle';
  for (const { y, top, bottom } of laneBoxes(picture.peaks.channels, height)) {
    let last = top - LEAST_LINE_DISTANCE / 2;
    for (const db of LINES_DB) {
      const share = heightOf(10 ** (db / 20), picture.scale);
      const at = y(share);
      if (share > 1 || at - last < LEAST_LINE_DISTANCE || y(0) - at < LEAST_LINE_DISTANCE) continue;
      last = at;
      context.fillStyle = colours.line;
      const left = bottom - top >= LABELLED_FROM ? LABEL_WIDTH : 0;
      context.fillRect(left, Math.round(at), width, 1);
      context.fillRect(0, Math.round(y(0) + (y(0) - at)), width, 1);
      context.fillStyle = colours.ink;
      if (left > 0) context.fillText(`${db}`.replace('-', '−'), 3, at);
    }
  }
  paintRuler(context, picture, colours, width, height);
}

/** The ruler alone, over an empty canvas. */
export function paintTimes(
  canvas: HTMLCanvasElement,
  picture: Pick<LanesPicture, 'view' | 'sampleRate'>,
  colours: LanesColours,
): void {
  const context = prepared(canvas);
  if (context === null) return;
  context.font = colours.font;
  context.textBaseline = 'middle';
  paintRuler(context, picture, colours, canvas.clientWidth, canvas.clientHeight, RULER_HEIGHT);
}

function paintRuler(
  context: CanvasRenderingContext2D,
  { view, sampleRate }: Pick<LanesPicture, 'view' | 'sampleRate'>,
  colours: LanesColours,
  width: number,
  height: number,
  /** Of its lines, px. */
  tall = height,
): void {
  const step = rulerStep(view, sampleRate, width, LEAST_MARK_DISTANCE);
  const top = height - RULER_HEIGHT;
  const last = (view.startSample + view.samples) / sampleRate;
  for (let mark = Math.ceil(view.startSample / sampleRate / step); mark * step <= last; mark++) {
    const x = Math.round(pixelOf(view, mark * step * sampleRate, width));
    context.fillStyle = colours.line;
    context.fillRect(x, height - tall, 1, tall);
    context.fillStyle = colours.ink;
    const words = rulerTime(mark * step, step);
    if (x + 4 + context.measureText(words).width < width) context.fillText(words, x + 4, top + RULER_HEIGHT / 2 + 1);
  }
}

interface LaneBox {
  top: number;
  bottom: number;
  /** @param height −1..1; what is beyond ends at the lane's edge */
  y: (height: number) => number;
}

function laneBoxes(channels: number, height: number): LaneBox[] {
  const each = (height - RULER_HEIGHT) / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const top = channel * each;
    const half = (each - LANE_GAP) / 2;
    return { top, bottom: top + 2 * half, y: (share) => top + half - Math.max(-1, Math.min(1, share)) * half };
  });
}

/** Sized to its box, and empty; null while it has none. */
export function prepared(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (context === null || width === 0 || height === 0) return null;
  const density = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
