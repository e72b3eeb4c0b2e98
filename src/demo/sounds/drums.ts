/** Drums and cymbals, single and in loops. Mono, not levelled. */
import { decay, glide, noteHz } from '../synthesis/envelopes.ts';
import { bandPass, highPass, lowPass } from '../synthesis/filters.ts';
import { modesOf, strike } from '../synthesis/modal.ts';
import { whiteNoise } from '../synthesis/noise.ts';
import { oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import { fit, mix, mixInto, normalise, saturate, shape, silence, type RenderContext } from '../synthesis/signal.ts';

/** A long electronic bass drum: a sine that falls to 50 Hz. */
export function kick808(context: RenderContext): Float32Array {
  const seconds = 1.1;
  const body = shape(
    context,
    oscillator(context, seconds, glide([0, 180], [0.03, 75], [0.15, 50], [seconds, 44])),
    decay(1.2, 0.001),
  );
  const click = shape(context, lowPass(context, whiteNoise(context, 0.01), 3500), decay(0.008));
  return saturate(mix([body, 1], [click, 0.25]), 1.6);
}

/** An acoustic bass drum: beater, skin, shell. */
function kickAcoustic(context: RenderContext): Float32Array {
  const skin = shape(context, oscillator(context, 0.4, glide([0, 115], [0.06, 62], [0.4, 52])), decay(0.38, 0.002));
  const beater = shape(context, bandPass(context, whiteNoise(context, 0.03), 2600, 0.8), decay(0.025, 0.0005));
  return mix(
    [skin, 1],
    [beater, 0.35],
    [normalise(strike(context, 0.4, modesOf(context, 160, [1, 1.6, 2.3], 0.12), 0.003)), 0.25],
  );
}

export function snare(context: RenderContext): Float32Array {
  const seconds = 0.45;
  const head = strike(context, seconds, modesOf(context, 188, [1, 1.78, 2.3, 3.1], 0.16, 0.6, 0.01), 0.0012);
  const wires = shape(context, highPass(context, whiteNoise(context, seconds), 1300), decay(0.26, 0.001));
  const crack = shape(context, bandPass(context, whiteNoise(context, 0.03), 3600, 0.8), decay(0.03));
  return reverb(context, mix([normalise(head), 0.8], [wires, 0.5], [crack, 0.4]), { t60: 0.3, wet: 0.06 });
}

/** Six inharmonic squares through a steep high-pass, as drum machines make metal. */
function metal(context: RenderContext, seconds: number, pitch: number): Float32Array {
  const squares = mix(
    ...[263, 400, 421, 474, 587, 845].map((hz) => [oscillator(context, seconds, hz * pitch, 'square'), 0.17] as const),
  );
  const hiss = whiteNoise(context, seconds);
  return highPass(context, highPass(context, mix([squares, 1], [hiss, 0.35]), 6500), 6500);
}

export function hiHatClosed(context: RenderContext): Float32Array {
  return shape(context, metal(context, 0.12, 1.6), decay(0.075, 0.0004));
}

function hiHatOpen(context: RenderContext): Float32Array {
  return shape(context, metal(context, 0.7, 1.6), decay(0.55, 0.0004));
}

/** A crash cymbal: hundreds of close modes that bloom and fade. */
export function crashCymbal(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 3.2;
  const modes = Array.from({ length: 170 }, () => {
    const frequency = random.betweenLog(330, 15_000);
    return {
      frequency,
      gain: random.between(0.3, 1) * Math.min(1, frequency / 2500),
      t60: random.near(3.4 * Math.pow(900 / Math.max(900, frequency), 0.3), 0.3),
    };
  });
  const ring = normalise(strike(context, seconds, modes, 0.00025));
  const wash = shape(
    context,
    highPass(context, whiteNoise(context, seconds), 3500),
    (t) => Math.min(1, t / 0.02) * Math.exp(-t / 0.42),
  );
  return mix([ring, 1], [wash, 0.35]);
}

function handclapMachine(context: RenderContext): Float32Array {
  const out = silence(context, 0.5);
  const burst = bandPass(context, whiteNoise(context, 0.4), 1250, 1.2);
  for (const [at, gain] of [
    [0.005, 0.8],
    [0.016, 0.9],
    [0.027, 0.9],
  ] as const)
    mixInto(context, out, shape(context, burst, decay(0.045)), at, gain);
  mixInto(context, out, shape(context, burst, decay(0.32)), 0.038);
  return out;
}

/** A sixteen-step pattern: one letter a drum, upper case louder. */
const ROCK_BEAT = { kick: 'X.......X.x.....', snare: '....X.......X...', hat: 'X.x.x.x.X.x.x.x.' } as const;
const HOUSE_BEAT = { kick: 'X...X...X...X...', snare: '....X.......X...', hat: '..X...X...X...X.' } as const;

function play(
  context: RenderContext,
  pattern: Record<'kick' | 'snare' | 'hat', string>,
  bpm: number,
  bars: number,
  voices: Record<'kick' | 'snare' | 'hat', Float32Array>,
): Float32Array {
  const step = 60 / bpm / 4;
  const out = silence(context, bars * 16 * step);
  for (let bar = 0; bar < bars; bar++) {
    for (const drum of ['kick', 'snare', 'hat'] as const) {
      for (let i = 0; i < 16; i++) {
        const mark = pattern[drum][i]!;
        if (mark !== '.')
          mixInto(
            context,
            out,
            voices[drum],
            (bar * 16 + i) * step,
            (mark === 'X' ? 1 : 0.55) * (drum === 'hat' ? 0.35 : 0.9),
          );
      }
    }
  }
  return out;
}

/** Two bars of rock drums at 104 beats a minute, with a crash on the first beat; loops without a seam. */
export function drumLoop(context: RenderContext): Float32Array {
  const out = play(context, ROCK_BEAT, 104, 2, {
    kick: normalise(kickAcoustic(context)),
    snare: normalise(snare(context)),
    hat: normalise(hiHatClosed(context)),
  });
  mixInto(context, out, normalise(crashCymbal(context)), 0, 0.3);
  return fit(context, reverb(context, out, { t60: 0.4, wet: 0.07 }), out.length / context.sampleRate);
}

/** Four bars of house music at 124: four on the floor, off-beat hats, a bass line. */
export function houseLoop(context: RenderContext): Float32Array {
  const drums = play(context, HOUSE_BEAT, 124, 4, {
    kick: normalise(fit(context, kick808(context), 0.3)),
    snare: normalise(handclapMachine(context)),
    hat: normalise(fit(context, hiHatOpen(context), 0.18)),
  });
  const step = 60 / 124 / 4;
  const bass = silence(context, drums.length / context.sampleRate);
  const line = [33, 0, 33, 33, 0, 33, 36, 0, 33, 0, 33, 33, 0, 40, 38, 36];
  for (let bar = 0; bar < 4; bar++) {
    for (const [i, midi] of line.entries()) {
      if (midi === 0) continue;
      const note = lowPass(
        context,
        oscillator(context, 1.6 * step, noteHz(midi), 'saw'),
        glide([0, 1800], [1.2 * step, 220]),
        2.5,
      );
      mixInto(context, bass, shape(context, note, decay(0.5, 0.004)), (bar * 16 + i) * step, 0.55);
    }
  }
  const chords = silence(context, drums.length / context.sampleRate);
  for (let bar = 0; bar < 4; bar++) {
    for (const i of [3, 6, 11, 14]) {
      for (const midi of bar % 2 === 0 ? [57, 60, 64, 67] : [53, 57, 60, 64]) {
        const stab = lowPass(context, oscillator(context, 0.16, noteHz(midi), 'saw'), 2600);
        mixInto(context, chords, shape(context, stab, decay(0.22, 0.003)), (bar * 16 + i) * step, 0.12);
      }
    }
  }
  return saturate(normalise(mix([drums, 0.9], bass, chords)), 1.5);
}
