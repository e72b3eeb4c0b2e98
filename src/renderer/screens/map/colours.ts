/** Colours of the classes: as many hues, equally light, so that no class shouts. Two sets, for dark and light ground. */

export type Rgb = readonly [red: number, green: number, blue: number];
export type Theme = 'dark' | 'light';

/** Degrees in OKLCH. The largest classes come first and get hues far from each other. */
const HUES = [245, 35, 125, 335, 185, 95, 305, 155, 65, 275, 5, 215];
/** By turns. Hues beside each other in the circle differ in lightness as well: some eyes see only that. */
const LIGHTNESS: Record<Theme, readonly [number, number]> = { dark: [0.78, 0.66], light: [0.58, 0.46] };
const CHROMA: Record<Theme, number> = { dark: 0.115, light: 0.13 };
const NO_CLASS: Record<Theme, Rgb> = { dark: oklch(0.55, 0.012, 230), light: oklch(0.67, 0.012, 230) };

export const MOST_CLASSES = HUES.length;

/** One colour for each class, and one more for points that are in none. Shares of 1, sRGB. */
export function classColours(theme: Theme): Rgb[] {
  const light = LIGHTNESS[theme];
  return [...HUES.map((hue, i) => oklch(light[i % 2]!, CHROMA[theme], hue)), NO_CLASS[theme]];
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${[red, green, blue].map((share) => Math.round(255 * share)).join(' ')})`;
}

/**
 * OKLCH to sRGB (Ottosson, "A perceptual color space for image processing"), clipped to what a screen can show.
 * @param lightness 0..1; @param chroma 0..0.4; @param hue degrees
 */
export function oklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encoded(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.max(0, Math.min(1, value));
}
