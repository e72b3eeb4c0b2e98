/** Paints a waveform as mirrored bars. The page's own colours, read from its custom properties. */
import { barHeights, drawnHeights } from './peaks.ts';

const BAR_PX = 2;
const GAP_PX = 1;

export interface Picture {
  /** 0..255 over equal parts of the file. */
  peaks: Uint8Array;
  /** Lit part, shares of the whole 0..1; null: none. */
  lit: readonly [from: number, to: number] | null;
  /** What has been played, 0..1; null when it is not playing. */
  played: number | null;
  /** Full brightness; among many others a highlight is dimmed a little. */
  bright: boolean;
  /** Full height is full scale; otherwise it is the loudest place of the file, and quiet places are raised. */
  asItIs: boolean;
}

export interface WaveColours {
  wave: string;
  quiet: string;
  accent: string;
  soft: string;
  glow: string;
}

/** @param element any element of the page: custom properties are inherited */
export function coloursOf(element: Element): WaveColours {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    wave: value('--wave'),
    quiet: value('--wave-quiet'),
    accent: value('--accent'),
    soft: value('--accent-soft'),
    glow: value('--glow'),
  };
}

/** Sizes the canvas to its box on the screen and paints it. */
export function paint(canvas: HTMLCanvasElement, picture: Picture, colours: WaveColours): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (context === null || width === 0 || height === 0) return;
  const density = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);

  const { lit, played } = picture;
  if (lit !== null && lit[1] - lit[0] < 0.98) {
    context.fillStyle = colours.soft;
    context.beginPath();
    context.roundRect(lit[0] * width, 0, Math.max(3, (lit[1] - lit[0]) * width), height, 3);
    context.fill();
  }
  const bars = Math.max(1, Math.floor((width + GAP_PX) / (BAR_PX + GAP_PX)));
  const measured = barHeights(picture.peaks, bars);
  const heights = picture.asItIs ? measured : drawnHeights(measured);
  for (let bar = 0; bar < bars; bar++) {
    const share = (bar + 0.5) / bars;
    const isLit = lit !== null && share >= lit[0] && share <= lit[1];
    const isPlayed = played !== null && share <= played;
    context.fillStyle = isLit || isPlayed ? colours.accent : lit === null ? colours.wave : colours.quiet;
    context.globalAlpha = isPlayed ? 1 : isLit ? (played !== null ? 0.55 : picture.bright ? 1 : 0.72) : 1;
    context.shadowColor = isPlayed ? colours.glow : 'transparent';
    context.shadowBlur = isPlayed ? 6 * density : 0;
    const tall = Math.max(1.5, heights[bar]! * (height - 2));
    context.fillRect(bar * (BAR_PX + GAP_PX), (height - tall) / 2, BAR_PX, tall);
  }
  context.globalAlpha = 1;
  context.shadowBlur = 0;
}
