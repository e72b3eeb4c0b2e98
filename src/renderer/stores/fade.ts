/** A sound cut off or begun in its middle clicks: its volume goes there in a few steps instead. */

/** Too short to be audible as a fade. */
const FADE_MS = 8;
const STEPS = 4;

/** Whatever has a volume, 0..1. */
type Fadable = Pick<HTMLMediaElement, 'volume'>;

const underWay = new WeakMap<Fadable, symbol>();

/**
 * At once in a hidden window, whose timers are slow. A fade that begins later on the same element takes over from this one.
 * @param volume 0..1; asked at every step, since the user may turn the sound down meanwhile
 * @returns whether it came to its end
 */
export async function fade(element: Fadable, volume: () => number): Promise<boolean> {
  const mine = Symbol('fade');
  underWay.set(element, mine);
  if (document.hidden) element.volume = volume();
  const from = element.volume;
  for (let step = 1; step <= STEPS && element.volume !== volume(); step++) {
    await new Promise((resolve) => setTimeout(resolve, FADE_MS / STEPS));
    if (underWay.get(element) !== mine) return false;
    element.volume = from + (volume() - from) * (step / STEPS);
  }
  underWay.delete(element);
  return true;
}

/** Ends a fade under way where it is. */
export function stopFading(element: Fadable): void {
  underWay.delete(element);
}
