/** People: hands, feet, breath, throats. Mono, not levelled. */
import { curve, decay, drift, line, swell } from '../synthesis/envelopes.ts';
import { bandPass, formants, highPass, lowPass } from '../synthesis/filters.ts';
import { modesOf, RATIOS, strike } from '../synthesis/modal.ts';
import { pinkNoise, scatter, whiteNoise } from '../synthesis/noise.ts';
import { additive, oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import { mix, mixInto, normalise, shape, silence, type RenderContext } from '../synthesis/signal.ts';
import { voice, vowelFormants, type Vowel } from '../synthesis/voice.ts';

/** Two palms: a burst a few milliseconds long, coloured by the cupped hands. */
function clap(context: RenderContext, hollowHz: number): Float32Array {
  const slap = lowPass(context, highPass(context, whiteNoise(context, 0.06), 350), 5500);
  const hollow = bandPass(context, slap, hollowHz, 1.8);
  return shape(context, mix([hollow, 1], [slap, 0.15]), (t) =>
    t < 0.001 ? t / 0.001 : Math.exp(-(t - 0.001) / 0.008),
  );
}

/** An audience in a hall; the applause swells and thins out. */
export function applause(context: RenderContext, seconds = 7): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  for (let person = 0; person < 60; person++) {
    const period = random.between(0.19, 0.33);
    const hands = Array.from({ length: 4 }, () => clap(context, random.betweenLog(600, 1600)));
    const gain = random.betweenLog(0.08, 1);
    const stop = random.between(0.75 * seconds, seconds + 1);
    for (let t = random.between(0, 0.9); t < Math.min(stop, seconds - 0.1); t += random.near(period, 0.08)) {
      mixInto(context, out, random.pick(hands), t, gain * random.between(0.6, 1));
    }
  }
  return reverb(context, out, { t60: 0.9, wet: 0.14, brightnessHz: 3200, size: 3 });
}

/** Walking on gravel: each step crunches twice, heel then toe. */
export function footstepsGravel(context: RenderContext, seconds = 6): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  for (let t = 0.15; t < seconds - 0.45; t += random.near(0.55, 0.05)) {
    for (const [offset, length, gain] of [
      [0, 0.13, 0.9],
      [0.15, 0.2, 1],
    ] as const) {
      const crush = swell(length, 0.035, 0.7 * length);
      const crunch = scatter(
        context,
        length,
        (at) => 150 + 900 * crush(at),
        () => {
          const grain = bandPass(
            context,
            whiteNoise(context, random.between(0.002, 0.008)),
            random.betweenLog(1100, 6500),
            1.8,
          );
          const loudness = random.next() ** 2;
          return shape(context, grain, (at) => loudness * Math.exp(-at / 0.002));
        },
      );
      const thud = shape(context, lowPass(context, whiteNoise(context, length), 160), swell(length, 0.01, 0.1));
      mixInto(
        context,
        out,
        mix([shape(context, crunch, (at) => 0.4 + 0.6 * crush(at)), 1], [thud, 1]),
        t + offset,
        gain * random.between(0.8, 1),
      );
    }
  }
  return out;
}

/** Shoes on floorboards in an empty room: heel, then the softer toe. */
export function footstepsWood(context: RenderContext, seconds = 6): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  for (let t = 0.2; t < seconds - 0.5; t += random.near(0.56, 0.04)) {
    const board = random.near(185, 0.12);
    const heel = strike(
      context,
      0.3,
      modesOf(context, board, [0.6, 1, 1.5, 2.1, 3.3, 5.2, 8.4, 13], 0.11, 0.2, 0.08),
      0.0013,
    );
    const click = shape(context, bandPass(context, whiteNoise(context, 0.02), 2600, 1), decay(0.02));
    const toe = strike(context, 0.2, modesOf(context, board * 1.25, [1, 1.9, 3.1, 4.6], 0.1, 0.6, 0.06), 0.005);
    mixInto(context, out, mix([normalise(heel), 1], [click, 0.25]), t, random.between(0.85, 1));
    mixInto(context, out, normalise(toe), t + random.between(0.1, 0.13), 0.35);
  }
  return reverb(context, out, { t60: 0.7, wet: 0.16, brightnessHz: 3500, size: 1.5 });
}

/** Lub-dub, 70 a minute, as a stethoscope hears it. */
export function heartbeat(context: RenderContext, seconds = 6): Float32Array {
  const out = silence(context, seconds);
  const thump = (hz: number, length: number) =>
    shape(
      context,
      additive(context, length, line([0, hz * 1.3], [length, hz * 0.8]), [
        { ratio: 1, gain: 1 },
        { ratio: 2.1, gain: 0.35 },
      ]),
      swell(length, 0.02, 0.75 * length),
    );
  for (let t = 0.2; t < seconds - 0.6; t += context.random.near(0.86, 0.02)) {
    mixInto(context, out, thump(48, 0.16), t, 1);
    mixInto(context, out, thump(62, 0.12), t + 0.3, 0.7);
  }
  const body = lowPass(context, pinkNoise(context, seconds), 120);
  return lowPass(context, mix(out, [body, 0.02]), 220);
}

/** Snoring: a fluttering palate on the way in, a sigh on the way out. */
export function snoring(context: RenderContext, seconds = 8): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  for (let t = 0.2; t < seconds - 2.9; t += 3.7) {
    const inhale = 1.5;
    const hz = drift(context, inhale, 12, 44, 66);
    const flutter = oscillator(context, inhale, hz, 'pulse', 0.12);
    const air = whiteNoise(context, inhale);
    const throat = formants(
      context,
      mix([flutter, 0.9], [air.map((value, n) => value * Math.max(0, flutter[n]!)), 0.9], [air, 0.05]),
      [
        { frequency: drift(context, inhale, 6, 240, 420), bandwidth: 140, gain: 1 },
        { frequency: 950, bandwidth: 300, gain: 0.6 },
        { frequency: 2300, bandwidth: 900, gain: 0.3 },
      ],
    );
    mixInto(context, out, normalise(shape(context, throat, swell(inhale, 0.5, 0.35))), t, random.between(0.85, 1));
    const sigh = bandPass(context, pinkNoise(context, 1.1), 850, 1);
    mixInto(context, out, shape(context, sigh, swell(1.1, 0.2, 0.8)), t + 1.75, 0.3);
  }
  return reverb(context, out, { t60: 0.4, wet: 0.08, brightnessHz: 3000 });
}

/** "Ha-ha-ha-ha": syllables that fall in pitch and lose breath. */
export function laughing(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 4;
  const out = silence(context, seconds);
  for (const [start, syllables, pitchHz] of [
    [0.1, 7, 290],
    [2, 8, 265],
  ] as const) {
    for (let i = 0; i < syllables; i++) {
      const at = start + i * random.near(0.205, 0.05);
      const pitch = pitchHz * (1.18 - 0.06 * i);
      const fading = 1 - (0.6 * i) / syllables;
      const ha = voice(context, 0.17, {
        pitch: curve([0, pitch], [0.05, 1.12 * pitch], [0.17, 0.9 * pitch]),
        formants: vowelFormants(
          [
            [0, 'schwa'],
            [0.06, 'a'],
            [0.17, 'schwa'],
          ],
          1.17,
        ),
        level: curve([0, 0.1], [0.05, 1], [0.1, 0.85], [0.17, 0]),
        breath: curve([0, 0.95], [0.05, 0.15], [0.12, 0.3], [0.17, 0.95]),
        roughness: 0.03,
        sourceCornerHz: 3500,
      });
      mixInto(context, out, normalise(ha), at, fading);
    }
  }
  return reverb(context, out, { t60: 0.4, wet: 0.1 });
}

/** A baby's cry: wails of about a second with a gasp between. */
export function babyCrying(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 6;
  const out = silence(context, seconds);
  for (let t = 0.1; t < seconds - 1.1;) {
    const length = random.between(0.85, 1.15);
    const base = random.near(430, 0.06);
    const pitch = curve([0, 0.85 * base], [0.12, 1.12 * base], [0.5 * length, 1.18 * base], [length, 0.82 * base]);
    const wail = voice(context, length, {
      pitch: (at) => pitch(at) * (1 + 0.015 * Math.sin(2 * Math.PI * 6 * at)),
      formants: vowelFormants(
        [
          [0, 'schwa'],
          [0.15, 'a'],
          [0.8 * length, 'e'],
          [length, 'schwa'],
        ],
        1.55,
      ),
      level: curve([0, 0], [0.08, 0.9], [0.6 * length, 1], [length, 0]),
      breath: 0.1,
      roughness: 0.035,
      sourceCornerHz: 7000,
    });
    mixInto(context, out, normalise(wail), t);
    const gasp = bandPass(context, whiteNoise(context, 0.22), line([0, 1300], [0.22, 2100]), 2.5);
    mixInto(context, out, shape(context, gasp, swell(0.22, 0.12, 0.08)), t + length + 0.06, 0.3);
    t += length + random.between(0.34, 0.45);
  }
  return reverb(context, out, { t60: 0.4, wet: 0.1 });
}

/** Voices of a full room, none of them saying a word. */
export function crowdChatter(context: RenderContext, seconds = 7): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  const vowels: readonly Vowel[] = ['a', 'e', 'i', 'o', 'u', 'schwa'];
  for (let person = 0; person < 10; person++) {
    const woman = random.chance(0.5);
    const base = woman ? random.between(180, 240) : random.between(95, 140);
    const path: [number, Vowel][] = [];
    for (let t = 0; t < seconds; t += random.between(0.11, 0.2)) path.push([t, random.pick(vowels)]);
    const syllables = drift(context, seconds, random.between(8, 11), -0.35, 1);
    const phrases = drift(context, seconds, 0.9, -0.3, 1.2);
    const tune = drift(context, seconds, 3, 0.88, 1.2);
    const talk = voice(context, seconds, {
      pitch: (t) => base * tune(t),
      formants: vowelFormants(path, woman ? 1.17 : 1),
      level: (t) => Math.max(0, syllables(t)) * Math.min(1, Math.max(0, phrases(t) * 3)),
      breath: drift(context, seconds, 9, 0.05, 0.45),
    });
    mixInto(context, out, normalise(talk), 0, random.betweenLog(0.15, 0.7));
  }
  const clinks = scatter(context, seconds, 0.7, () =>
    strike(context, 0.4, modesOf(context, random.between(2200, 3200), RATIOS.glass, 0.3), 0.0004).map(
      (value) => value * 0.5,
    ),
  );
  return reverb(context, mix([out, 1], [clinks, 0.25]), { t60: 0.9, wet: 0.25, brightnessHz: 3500, size: 2 });
}

/** Someone whistling a tune. */
export function whistling(context: RenderContext): Float32Array {
  const notes = [
    [67, 0.3],
    [72, 0.45],
    [71, 0.15],
    [72, 0.3],
    [74, 0.3],
    [76, 0.6],
    [74, 0.3],
    [72, 0.3],
    [69, 0.6],
    [67, 0.9],
  ] as const;
  const seconds = notes.reduce((sum, [, length]) => sum + length, 0) + 0.3;
  const points: [number, number][] = [];
  const levels: [number, number][] = [[0, 0]];
  let t = 0.1;
  for (const [note, length] of notes) {
    const hz = 440 * Math.pow(2, (note + 12 - 69) / 12);
    points.push([t + 0.03, hz], [t + length - 0.02, hz]);
    levels.push([t + 0.04, 1], [t + length - 0.03, 0.8], [t + length, 0.15]);
    t += length;
  }
  levels.push([seconds, 0]);
  const hz = curve(...points);
  const vibrato = (at: number) => hz(at) * (1 + 0.008 * Math.sin(2 * Math.PI * 5.5 * at));
  const tone = additive(context, seconds, vibrato, [
    { ratio: 1, gain: 1 },
    { ratio: 2, gain: 0.03 },
  ]);
  const air = bandPass(context, whiteNoise(context, seconds), vibrato, 12);
  const level = curve(...levels);
  return reverb(context, shape(context, mix(tone, [air, 0.35]), level), { t60: 0.8, wet: 0.15, size: 2 });
}

/** Two dry coughs: a burst from the chest, then a short voiced tail. */
export function coughing(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 2.8);
  for (const [at, gain] of [
    [0.1, 1],
    [0.55, 0.85],
    [1.75, 0.95],
  ] as const) {
    const seconds = random.between(0.3, 0.38);
    const rattle = drift(context, seconds, 55, 0.25, 1);
    const burst = shape(
      context,
      whiteNoise(context, seconds),
      (t) => curve([0, 0], [0.012, 1], [0.07, 0.55], [0.2, 0.35], [seconds, 0])(t) * rattle(t),
    );
    const chest = formants(
      context,
      mix(
        [burst, 1],
        [
          shape(
            context,
            oscillator(context, seconds, curve([0, 190], [seconds, 120]), 'saw'),
            curve([0, 0], [0.06, 0.15], [0.12, 0.4], [0.22, 0.2], [seconds, 0]),
          ),
          1,
        ],
      ),
      [
        { frequency: 380, bandwidth: 250, gain: 1 },
        { frequency: 1300, bandwidth: 350, gain: 0.9 },
        { frequency: 2600, bandwidth: 700, gain: 0.6 },
        { frequency: 4300, bandwidth: 1500, gain: 0.3 },
      ],
    );
    mixInto(context, out, normalise(chest), at, gain);
  }
  return reverb(context, out, { t60: 0.35, wet: 0.1 });
}
