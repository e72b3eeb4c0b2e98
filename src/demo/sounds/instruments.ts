/** Pitched instruments playing a few notes each. Mono, not levelled. */
import { adsr, curve, decay, drift, line, noteHz, swell } from '../synthesis/envelopes.ts';
import { bandPass, formants, lowPass } from '../synthesis/filters.ts';
import { RATIOS, modesOf, resonate, strike } from '../synthesis/modal.ts';
import { whiteNoise } from '../synthesis/noise.ts';
import { additive, oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import { mix, mixInto, normalise, shape, silence, type RenderContext } from '../synthesis/signal.ts';
import { pluck } from '../synthesis/strings.ts';

/** [seconds from the start, MIDI note, length in seconds] */
type Note = readonly [number, number, number];

function perform(
  context: RenderContext,
  notes: readonly Note[],
  tail: number,
  play: (midi: number, seconds: number) => Float32Array,
): Float32Array {
  const seconds = Math.max(...notes.map(([at, , length]) => at + length)) + tail;
  const out = silence(context, seconds);
  for (const [at, midi, length] of notes)
    mixInto(context, out, play(midi, length), at, context.random.between(0.85, 1));
  return out;
}

/** One piano note: three strings a little apart, stiff (so partials are stretched), hit by felt at an eighth of their length. */
function pianoNote(context: RenderContext, midi: number, seconds: number): Float32Array {
  const hz = noteHz(midi);
  const stiffness = 0.0003 * Math.pow(2, (midi - 60) / 12);
  const t60 = 9 * Math.pow(2, -(midi - 48) / 16);
  const modes = [];
  for (let k = 1; k <= 18; k++) {
    const gain = Math.abs(Math.sin((Math.PI * k) / 8.3)) / Math.pow(k, 0.55);
    for (const [detune, share, slower] of [
      [-0.0004, 1, 0.45],
      [0.0002, 0.7, 0.6],
      [0.0006, 0.5, 1],
    ] as const) {
      modes.push({
        frequency: hz * k * Math.sqrt(1 + stiffness * k * k) * (1 + detune),
        gain: gain * share,
        t60: (slower * t60) / Math.pow(k, 0.6),
      });
    }
  }
  const ring = normalise(strike(context, seconds + 0.4, modes, 0.0012 * Math.pow(2, -(midi - 60) / 30)));
  const felt = normalise(strike(context, 0.12, modesOf(context, 95, [1, 2.2, 4.1], 0.06), 0.004));
  const damper = line([0, 1], [seconds, 1], [seconds + 0.3, 0]);
  return shape(context, mix([ring, 1], [felt, 0.05]), damper);
}

const CHORDS: readonly Note[] = [
  [0, 48, 1.7],
  [0, 64, 1.7],
  [0, 67, 1.7],
  [0, 72, 1.7],
  [1.8, 45, 1.7],
  [1.8, 64, 1.7],
  [1.8, 69, 1.7],
  [1.8, 72, 1.7],
  [3.6, 41, 1.7],
  [3.6, 65, 1.7],
  [3.6, 69, 0.8],
  [4.5, 72, 0.8],
  [5.4, 43, 2.2],
  [5.4, 62, 2.2],
  [5.4, 67, 2.2],
  [5.4, 71, 2.2],
];

/** Four slow chords on a grand piano. */
export function pianoChords(context: RenderContext): Float32Array {
  return reverb(
    context,
    perform(context, CHORDS, 0.6, (midi, seconds) => pianoNote(context, midi, seconds)),
    { t60: 1.2, wet: 0.1, size: 2 },
  );
}

/** Church organ: ranks of pipes with a breath of chiff, in a large church. */
export function churchOrgan(context: RenderContext): Float32Array {
  const organ = perform(
    context,
    [
      [0, 36, 3],
      [0, 60, 1.5],
      [0, 64, 1.5],
      [0, 67, 3],
      [1.5, 65, 1.5],
      [1.5, 62, 1.5],
      [3, 43, 3],
      [3, 59, 3],
      [3, 62, 3],
      [3, 67, 3],
      [3, 71, 3],
    ],
    0,
    (midi, seconds) => {
      const ranks = [0.5, 1, 2, 3, 4, 6, 8].map((ratio, i) => ({
        ratio: ratio * (1 + 0.0008 * (i % 3)),
        gain: [0.35, 0.8, 1, 0.45, 0.8, 0.35, 0.5][i]!,
      }));
      const pipes = additive(context, seconds, noteHz(midi), ranks);
      const chiff = shape(
        context,
        bandPass(context, whiteNoise(context, seconds), 2 * noteHz(midi), 3),
        decay(0.25, 0.01),
      );
      return shape(context, mix([pipes, 0.3], [chiff, 0.12]), swell(seconds, 0.05, 0.08));
    },
  );
  return reverb(context, organ, { t60: 3.2, wet: 0.3, brightnessHz: 3500, size: 5 });
}

/** A flute plays a slow phrase: few harmonics, much breath, vibrato that starts late. */
export function fluteMelody(context: RenderContext): Float32Array {
  const notes: Note[] = [
    [0, 74, 0.8],
    [0.8, 77, 0.4],
    [1.2, 79, 0.4],
    [1.6, 81, 1.2],
    [2.8, 79, 0.4],
    [3.2, 77, 0.4],
    [3.6, 74, 1.6],
  ];
  const tune = perform(context, notes, 0.1, (midi, seconds) => {
    const hz = noteHz(midi);
    const vibrato = (t: number) =>
      hz * (1 + 0.007 * Math.min(1, t / 0.5) * Math.sin(2 * Math.PI * 5.2 * t)) * (1 - 0.02 * Math.exp(-t / 0.03));
    const pipe = additive(context, seconds, vibrato, [
      { ratio: 1, gain: 1 },
      { ratio: 2, gain: (t) => 0.32 + 0.1 * Math.sin(2 * Math.PI * 5.2 * t) },
      { ratio: 3, gain: 0.14 },
      { ratio: 4, gain: 0.04 },
    ]);
    const breath = mix(
      [bandPass(context, whiteNoise(context, seconds), vibrato, 5), 0.35],
      [bandPass(context, whiteNoise(context, seconds), 3600, 0.8), 0.05],
    );
    return shape(context, mix([pipe, 0.6], breath), swell(seconds, 0.07, 0.09));
  });
  return reverb(context, tune, { t60: 1.6, wet: 0.16, size: 3 });
}

/** Bow on string: a saw with vibrato through the resonances of the body. */
function bowed(context: RenderContext, midi: number, seconds: number, body: number): Float32Array {
  const hz = noteHz(midi);
  const bow = drift(context, seconds, 30, 0.997, 1.003);
  const pitch = (t: number) => hz * bow(t) * (1 + 0.006 * Math.min(1, t / 0.4) * Math.sin(2 * Math.PI * 5.8 * t));
  const string = mix([oscillator(context, seconds, pitch, 'saw'), 1], [whiteNoise(context, seconds), 0.03]);
  const box = formants(context, string, [
    { frequency: 290 * body, bandwidth: 90, gain: 0.9 },
    { frequency: 480 * body, bandwidth: 120, gain: 0.9 },
    { frequency: 1050 * body, bandwidth: 350, gain: 0.7 },
    { frequency: 2600 * body, bandwidth: 1100, gain: 0.8 },
    { frequency: 4600 * body, bandwidth: 1800, gain: 0.35 },
  ]);
  return shape(context, mix([box, 1], [lowPass(context, string, 5500), 0.15]), adsr(seconds, 0.09, 0.2, 0.85, 0.12));
}

/** A solo violin. */
export function violinMelody(context: RenderContext): Float32Array {
  const notes: Note[] = [
    [0, 69, 0.75],
    [0.75, 72, 0.4],
    [1.15, 76, 0.8],
    [1.95, 74, 0.4],
    [2.35, 72, 0.4],
    [2.75, 71, 0.4],
    [3.15, 69, 1.7],
  ];
  return reverb(
    context,
    perform(context, notes, 0.1, (midi, seconds) => bowed(context, midi, seconds + 0.06, 1)),
    { t60: 1.5, wet: 0.14, size: 2.5 },
  );
}

/** A string section holds a minor chord: many players, none quite together. */
export function stringPad(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 7;
  const out = silence(context, seconds);
  for (const midi of [45, 52, 57, 60, 64, 69]) {
    for (let player = 0; player < 3; player++) {
      const detune = random.between(0.997, 1.003);
      const sway = drift(context, seconds, 2, 0.998, 1.002);
      const string = oscillator(
        context,
        seconds,
        (t) => noteHz(midi) * detune * sway(t) * (1 + 0.003 * Math.sin(2 * Math.PI * (5 + player * 0.4) * t)),
        'saw',
      );
      mixInto(context, out, lowPass(context, string, curve([0, 600], [2.5, 2600], [seconds, 900])), 0, 0.1);
    }
  }
  return reverb(context, shape(context, out, swell(seconds, 1.6, 2)), {
    t60: 2.4,
    wet: 0.22,
    brightnessHz: 4500,
    size: 4,
  });
}

/** A steel-string guitar: three strummed chords. */
export function guitarStrum(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 6);
  const chords = [
    [43, 47, 50, 55, 59, 67],
    [40, 47, 52, 55, 59, 64],
    [48, 52, 55, 60, 64],
    [50, 57, 62, 66],
  ];
  for (const [i, chord] of chords.entries()) {
    for (const [stroke, down] of [
      [0, true],
      [0.62, false],
      [0.93, true],
    ] as const) {
      const strings = down ? chord : [...chord].reverse().slice(0, 4);
      for (const [k, midi] of strings.entries()) {
        // A finger is soft: it wakes few overtones above 2 kHz.
        const string = lowPass(
          context,
          pluck(context, 1.6, noteHz(midi), { t60: 3.2, brightness: 0.35, position: 0.22 }),
          1800,
        );
        const at = 0.05 + i * 1.25 + stroke + k * 0.016;
        mixInto(
          context,
          out,
          shape(context, string, line([0, 1], [stroke === 0 ? 1.2 : 0.35, 0.9], [stroke === 0 ? 1.6 : 0.7, 0])),
          at,
          random.between(0.25, 0.35) * (down ? 1 : 0.6),
        );
      }
    }
  }
  const box = resonate(context, out, [
    { frequency: 104, gain: 0.006, t60: 0.16 },
    { frequency: 205, gain: 0.006, t60: 0.12 },
    { frequency: 390, gain: 0.004, t60: 0.1 },
  ]);
  return reverb(context, mix([out, 1], box), { t60: 0.6, wet: 0.1 });
}

/** A harp runs up and down. */
export function harpGlissando(context: RenderContext): Float32Array {
  const out = silence(context, 4.5);
  const scale = [0, 2, 4, 7, 9];
  for (let i = 0; i < 40; i++) {
    const step = i < 20 ? i : 39 - i;
    const midi = 48 + 12 * Math.floor(step / 5) + scale[step % 5]!;
    mixInto(
      context,
      out,
      pluck(context, 2, noteHz(midi), { t60: 2.6, brightness: 0.3, position: 0.45 }),
      0.05 + i * 0.062,
      context.random.between(0.35, 0.5),
    );
  }
  return reverb(context, out, { t60: 1.8, wet: 0.16, size: 3 });
}

/** A music box: tiny steel teeth, slightly uneven. */
export function musicBox(context: RenderContext): Float32Array {
  const tune = [
    [0, 79],
    [0.33, 84],
    [0.66, 88],
    [0.99, 91],
    [1.65, 88],
    [1.98, 84],
    [2.31, 86],
    [2.97, 83],
    [3.3, 79],
    [3.63, 84],
  ] as const;
  const notes: Note[] = tune.map(([at, midi]) => [at * context.random.between(0.995, 1.005), midi, 1.4]);
  for (const [at, midi] of [
    [0, 60],
    [0.99, 64],
    [1.98, 59],
    [2.97, 55],
    [3.63, 60],
  ] as const)
    notes.push([at, midi + 12, 1.6]);
  const box = perform(context, notes, 0.3, (midi, seconds) =>
    normalise(strike(context, seconds, modesOf(context, noteHz(midi), [1, 6.27, 17.5], 1.5, 1, 0.001), 0.0006)),
  );
  return reverb(context, box, { t60: 0.5, wet: 0.12 });
}

/** A marimba figure with soft mallets. */
export function marimba(context: RenderContext): Float32Array {
  const figure = [60, 67, 72, 76, 72, 67, 62, 69, 74, 77, 74, 69, 60, 67, 72, 79];
  const notes: Note[] = figure.map((midi, i) => [i * 0.21, midi, 0.9]);
  const bars = perform(context, notes, 0.2, (midi, seconds) =>
    normalise(
      strike(
        context,
        seconds,
        modesOf(context, noteHz(midi), RATIOS.marimba, 0.75 * Math.pow(2, -(midi - 66) / 24), 1.1, 0.001),
        0.0022,
      ),
    ),
  );
  return reverb(context, bars, { t60: 0.9, wet: 0.12, size: 2 });
}

/** Trumpets: a fanfare whose brightness follows its loudness. */
export function trumpetFanfare(context: RenderContext): Float32Array {
  const notes: Note[] = [
    [0.05, 67, 0.28],
    [0.35, 67, 0.13],
    [0.5, 67, 0.13],
    [0.65, 72, 0.55],
    [1.25, 72, 0.28],
    [1.55, 76, 0.28],
    [1.85, 79, 1.5],
  ];
  const brass = perform(context, notes, 0.1, (midi, seconds) => {
    const hz = noteHz(midi);
    const blow = adsr(seconds, 0.045, 0.08, 0.85, 0.07);
    const pitch = (t: number) =>
      hz * (1 - 0.03 * Math.exp(-t / 0.02)) * (1 + 0.004 * Math.min(1, t) * Math.sin(2 * Math.PI * 5.5 * t));
    const lips = lowPass(context, oscillator(context, seconds, pitch, 'saw'), (t) => 500 + 5200 * blow(t) ** 1.5, 0.8);
    const bell = formants(context, lips, [
      { frequency: 1250, bandwidth: 700, gain: 1 },
      { frequency: 2400, bandwidth: 1000, gain: 0.6 },
    ]);
    return shape(context, mix([lips, 0.6], [bell, 0.7]), blow);
  });
  const third = perform(
    context,
    notes.map(([at, midi, length]) => [at + 0.012, midi - (midi === 72 ? 5 : 3), length] as const),
    0.1,
    (midi, seconds) =>
      shape(
        context,
        lowPass(context, oscillator(context, seconds, noteHz(midi), 'saw'), 2300),
        adsr(seconds, 0.05, 0.08, 0.8, 0.08),
      ),
  );
  return reverb(context, mix([brass, 0.8], [third, 0.25]), { t60: 1.6, wet: 0.14, size: 3 });
}
