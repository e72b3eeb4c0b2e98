/** From the layout's own units into the square that the map is drawn in. */

/** The bulk of the points lies within this. */
const BULK = 0.9;
const BULK_SHARE = 0.99;
/** Points at one place are put this far apart, so that each can be pointed at. */
const APART = 0.0015;
/** The golden angle, rad: points beside each other on a spiral of it never fall on one line. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * Keeps proportions. A few files unlike all others may lie far out: what is beyond the bulk is drawn in towards the
 * edge, in order, so that they do not shrink everything else to a dot.
 * @param places Float32Array[n · 2], finite; changed in place to −1..1
 */
export function fitSquare(places: Float32Array): void {
  const n = places.length / 2;
  if (n === 0) return;
  const middle = [0, 1].map((axis) => {
    const values = places.filter((_, i) => i % 2 === axis).sort();
    return (values[Math.floor(0.005 * n)]! + values[Math.ceil(0.995 * n) - 1]!) / 2;
  });
  const reach = (i: number) =>
    Math.max(Math.abs(places[2 * i]! - middle[0]!), Math.abs(places[2 * i + 1]! - middle[1]!));
  const reaches = Float32Array.from({ length: n }, (_, i) => reach(i)).sort();
  const bulk = reaches[Math.min(n - 1, Math.floor(BULK_SHARE * n))]!;
  const scale = bulk > 0 ? BULK / bulk : 0;
  for (let i = 0; i < n; i++) {
    const far = reach(i) * scale;
    const near = far <= BULK ? far : BULK + (1 - BULK) * (1 - Math.exp(-(far - BULK) / (1 - BULK)));
    const factor = far > 0 ? (scale * near) / far : 0;
    places[2 * i] = (places[2 * i]! - middle[0]!) * factor;
    places[2 * i + 1] = (places[2 * i + 1]! - middle[1]!) * factor;
  }
}

/**
 * Points at the very same place form a small spiral around it, by their order.
 * @param places Float32Array[n · 2] in −1..1; changed in place
 * @param first points before it stay where they are
 */
export function separate(places: Float32Array, first = 0): void {
  const taken = new Map<string, number>();
  for (let i = 0; i < places.length / 2; i++) {
    const [x, y] = [places[2 * i]!, places[2 * i + 1]!];
    const place = `${Math.round(x / APART)} ${Math.round(y / APART)}`;
    const before = taken.get(place) ?? 0;
    taken.set(place, before + 1);
    if (before === 0 || i < first) continue;
    const radius = APART * Math.sqrt(before);
    places[2 * i] = inSquare(x + radius * Math.cos(before * GOLDEN_ANGLE));
    places[2 * i + 1] = inSquare(y + radius * Math.sin(before * GOLDEN_ANGLE));
  }
}

function inSquare(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
