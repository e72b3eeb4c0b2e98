/** Things in a house: doors, clocks, bells, glass, keys, machines. Mono, not levelled. */
import { curve, decay, drift, glide, line, swell } from '../synthesis/envelopes.ts';
import { bandPass, formants, highPass, lowPass } from '../synthesis/filters.ts';
import { RATIOS, modesOf, resonate, strike } from '../synthesis/modal.ts';
import { brownNoise, pinkNoise, scatter, whiteNoise } from '../synthesis/noise.ts';
import { oscillator, turns } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import { mix, mixInto, normalise, saturate, shape, silence, type RenderContext } from '../synthesis/signal.ts';

/** Knuckles on a wooden door, four knocks. */
export function doorKnock(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 2.2);
  const door = modesOf(context, 165, RATIOS.panel, 0.13, 0.35, 0.03);
  for (const at of [0.15, 0.42, 0.68, 1.15]) {
    const knock = normalise(strike(context, 0.3, door, random.between(0.0011, 0.0016)));
    const tap = shape(context, bandPass(context, whiteNoise(context, 0.012), 2300, 1.2), decay(0.012));
    mixInto(context, out, mix(knock, [tap, 0.2]), at + random.between(-0.015, 0.015), random.between(0.8, 1));
  }
  return reverb(context, out, { t60: 0.45, wet: 0.14, brightnessHz: 3500 });
}

/** A heavy door falls shut in a stairwell: the blow, the latch, the rattle. */
export function doorSlam(context: RenderContext): Float32Array {
  const out = silence(context, 1.2);
  const slab = strike(context, 0.7, modesOf(context, 72, [1, 1.45, 2.1, 3.2, 4.4, 6.1, 9.3], 0.38, 0.5, 0.04), 0.003);
  const slap = shape(context, lowPass(context, whiteNoise(context, 0.2), glide([0, 7000], [0.12, 700])), decay(0.13));
  const latch = strike(context, 0.15, modesOf(context, 1900, [1, 1.6, 2.7, 4.1], 0.06, 0.2, 0.05), 0.0005);
  const air = shape(context, lowPass(context, pinkNoise(context, 0.12), 600), swell(0.12, 0.1, 0.02));
  mixInto(context, out, air, 0.03, 0.4);
  mixInto(context, out, mix([normalise(slab), 0.9], [slap, 0.9]), 0.15);
  mixInto(context, out, normalise(latch), 0.158, 0.3);
  mixInto(context, out, normalise(latch), 0.235, 0.16);
  for (let i = 0; i < 5; i++) mixInto(context, out, normalise(latch), 0.3 + i * 0.045, 0.07 * (1 - i / 5));
  return reverb(context, saturate(normalise(out), 1.8), { t60: 1.5, wet: 0.22, brightnessHz: 2800, size: 2.5 });
}

/** Dry hinges: sticking and slipping, slower and faster, through the wood of the door. */
export function doorCreak(context: RenderContext): Float32Array {
  const seconds = 3.4;
  const speed = curve([0, 20], [0.5, 90], [1.2, 210], [1.7, 120], [2.2, 260], [2.9, 70], [seconds, 15]);
  const uneven = drift(context, seconds, 40, 0.8, 1.2);
  const slips = silence(context, seconds);
  for (const at of turns(context, seconds, (t) => speed(t) * uneven(t)))
    slips[Math.round(at * context.sampleRate)] = context.random.between(0.5, 1);
  const wood = modesOf(context, 520, [1, 1.37, 1.93, 2.6, 3.8, 5.3, 7.4], 0.035, 0.2, 0.04);
  const creak = resonate(context, slips, wood);
  const squeal = bandPass(context, slips, (t) => 900 + 5 * speed(t), 14);
  const level = curve([0, 0], [0.3, 0.6], [1.3, 1], [1.7, 0.5], [2.3, 1], [seconds, 0]);
  return reverb(context, shape(context, mix([normalise(creak), 1], [normalise(squeal), 0.6]), level), {
    t60: 0.6,
    wet: 0.12,
    brightnessHz: 4000,
  });
}

/** A mantel clock, tick and tock, in a quiet room. */
export function clockTicking(context: RenderContext, seconds = 6): Float32Array {
  const out = silence(context, seconds);
  for (let i = 0; 0.1 + i * 0.5 < seconds - 0.15; i++) {
    const pitch = i % 2 === 0 ? 1 : 0.86;
    const wheel = strike(context, 0.09, modesOf(context, 2500 * pitch, [1, 1.48, 2.1, 2.9], 0.03, 0.2, 0.01), 0.00035);
    const box = strike(context, 0.09, modesOf(context, 620 * pitch, [1, 1.8], 0.035, 0.3, 0.01), 0.0012);
    const tick = mix([normalise(wheel), 1], [normalise(box), 0.35]);
    mixInto(context, out, tick, 0.1 + i * 0.5, pitch);
    mixInto(context, out, normalise(wheel), 0.1 + i * 0.5 + 0.014, 0.3 * pitch);
  }
  return reverb(context, out, { t60: 0.4, wet: 0.07, brightnessHz: 5000 });
}

/** A digital alarm clock: four beeps, a rest, again. */
export function alarmClock(context: RenderContext): Float32Array {
  const out = silence(context, 4.2);
  const beep = shape(
    context,
    lowPass(context, oscillator(context, 0.075, 2050, 'square'), 7000),
    swell(0.075, 0.003, 0.003),
  );
  for (let group = 0; group < 4; group++)
    for (let i = 0; i < 4; i++) mixInto(context, out, beep, 0.05 + group * 1.05 + i * 0.125);
  return out;
}

/** An old telephone: a clapper between two gongs, two seconds on, four off (shortened here). */
export function telephoneRinging(context: RenderContext): Float32Array {
  const seconds = 6.2;
  const out = silence(context, seconds);
  const gongs = [
    modesOf(context, 1180, RATIOS.gong, 1.3, -0.25, 0.004),
    modesOf(context, 1420, RATIOS.gong, 1.3, -0.25, 0.004),
  ];
  const blows = gongs.map((gong) => normalise(strike(context, 1.2, gong, 0.0002)));
  for (const start of [0.05, 3.3]) {
    for (let i = 0; i < 42; i++)
      mixInto(context, out, blows[i % 2]!, start + i * 0.0475, context.random.between(0.6, 1));
  }
  return reverb(context, mix([out, 1], [bandPass(context, out, 700, 2), 0.3]), { t60: 0.4, wet: 0.1 });
}

/** Ding-dong. */
export function doorbell(context: RenderContext): Float32Array {
  const out = silence(context, 3.2);
  for (const [at, hz] of [
    [0.05, 659.3],
    [0.75, 523.3],
  ] as const) {
    mixInto(
      context,
      out,
      normalise(strike(context, 2.2, modesOf(context, hz, [1, 2.76, 5.4], 1.9, 1, 0.001), 0.0015)),
      at,
    );
  }
  return reverb(context, out, { t60: 0.6, wet: 0.14 });
}

/** A bell in a tower, three strokes. */
export function churchBell(context: RenderContext): Float32Array {
  const out = silence(context, 9);
  const bell = modesOf(context, 580, RATIOS.bell, 6, 0.05, 0.004);
  const beating = bell.map((mode) => ({ ...mode, frequency: mode.frequency * 1.0013, gain: mode.gain * 0.5 }));
  // The many upper partials make the clang; they are gone within half a second.
  const clang = Array.from({ length: 24 }, () => ({
    frequency: context.random.betweenLog(1800, 9000),
    gain: 0.5,
    t60: context.random.between(0.2, 0.9),
  }));
  const stroke = normalise(strike(context, 8, [...bell, ...beating, ...clang], 0.0005));
  for (const at of [0.1, 2.6, 5.1]) mixInto(context, out, stroke, at, context.random.between(0.85, 1));
  return reverb(context, out, { t60: 2, wet: 0.08, brightnessHz: 5000, size: 6 });
}

/** A pane falls and breaks: the blow, a shower of shards, single pieces that come to rest. */
export function glassBreaking(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 2;
  const out = silence(context, seconds);
  const blow = shape(context, highPass(context, whiteNoise(context, 0.5), 1800), decay(0.42, 0.001));
  const pane = strike(context, 0.4, modesOf(context, 480, [1, 1.6, 2.3, 3.4, 5.2, 7.9], 0.16, 0.1, 0.05), 0.0004);
  mixInto(context, out, mix([blow, 0.8], [normalise(pane), 0.55]), 0.06);
  const shards = scatter(context, seconds - 0.1, line([0, 330], [0.35, 190], [0.8, 60], [1.3, 14], [1.9, 2]), (t) => {
    // Splinters of every size: no two share a mode.
    const modes = Array.from({ length: 5 }, () => ({
      frequency: random.betweenLog(3000, 14_500),
      gain: random.between(0.3, 1),
      t60: random.betweenLog(0.04, 0.25),
    }));
    const gain = random.betweenLog(0.1, 1) * (0.08 + 0.6 * Math.exp(-2.2 * t));
    const chip = shape(context, highPass(context, whiteNoise(context, 0.008), 4500), decay(0.008));
    return mix([normalise(strike(context, 0.22, modes, 0.0002)), gain], [chip, 0.8 * gain]);
  });
  mixInto(context, out, shards, 0.08, 0.8);
  return reverb(context, out, { t60: 0.4, wet: 0.06, brightnessHz: 11_000 });
}

/** Two wine glasses meet: "cheers". */
export function glassClink(context: RenderContext): Float32Array {
  const out = silence(context, 2.4);
  for (const [at, hz, gain] of [
    [0.05, 1720, 1],
    [0.054, 2050, 0.8],
    [1.1, 1720, 0.8],
    [1.104, 2050, 0.9],
  ] as const) {
    mixInto(
      context,
      out,
      normalise(strike(context, 1.2, modesOf(context, hz, RATIOS.glass, 0.95, 0.35, 0.004), 0.0003)),
      at,
      gain,
    );
  }
  return reverb(context, out, { t60: 0.4, wet: 0.08 });
}

/** Coins fall on a table, bounce, and one of them spins to rest. */
export function coinsDropping(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 2.6);
  for (let coin = 0; coin < 5; coin++) {
    const body = modesOf(context, random.between(4300, 6200), [1, 1.35, 1.76, 2.3, 2.9], 0.28, 0.15, 0.02);
    let t = 0.08 + coin * random.between(0.12, 0.2);
    let fall = random.between(0.2, 0.28);
    for (let bounce = 0; bounce < 9 && t < 2.3; bounce++) {
      const wood = strike(context, 0.06, modesOf(context, 430, [1, 2.1, 3.4], 0.04, 0.3), 0.001);
      mixInto(
        context,
        out,
        mix([normalise(strike(context, 0.3, body, 0.0003)), 0.8], [normalise(wood), 0.22]),
        t,
        fall * 4,
      );
      t += fall;
      fall *= 0.68;
    }
  }
  return reverb(context, out, { t60: 0.3, wet: 0.06 });
}

/** A bunch of keys shaken. */
export function keysJingling(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 3.2;
  const shake = (t: number) => 0.15 + 0.85 * Math.max(0, Math.sin(2 * Math.PI * 3.1 * t)) ** 1.5;
  const jingle = scatter(
    context,
    seconds,
    (t) => 95 * shake(t),
    () => {
      // Keys are small and irregular: no two blows wake the same modes, so no pitch settles.
      const modes = Array.from({ length: 7 }, () => ({
        frequency: random.betweenLog(4200, 15_000),
        gain: random.between(0.3, 1),
        t60: random.betweenLog(0.03, 0.2),
      }));
      const gain = random.betweenLog(0.06, 0.8);
      const rattle = shape(context, highPass(context, whiteNoise(context, 0.006), 6000), decay(0.006));
      return mix([normalise(strike(context, 0.2, modes, 0.00025)), gain], [rattle, 0.5 * gain]);
    },
  );
  return shape(context, jingle, swell(seconds, 0.05, 0.3));
}

/** Someone types fast on a computer keyboard, with the space bar now and then. */
export function keyboardTyping(context: RenderContext, seconds = 6): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  for (
    let t = 0.1;
    t < seconds - 0.25;
    t += random.chance(0.1) ? random.between(0.3, 0.6) : random.between(0.07, 0.2)
  ) {
    const space = random.chance(0.15);
    const size = (space ? 0.7 : 1) * random.between(0.85, 1.15);
    const key = (length: number) => {
      const rub = shape(
        context,
        bandPass(context, whiteNoise(context, length), 3400 * size, 0.6),
        (at) => Math.min(1, at / 0.001) * Math.exp((-4 * at) / length),
      );
      const cap = normalise(
        strike(context, length, modesOf(context, 2600 * size, [1, 1.43, 1.9, 2.6], 0.012, 0.1, 0.08), 0.0004),
      );
      return mix([normalise(rub), 0.8], [cap, 0.35]);
    };
    const desk = strike(context, 0.05, modesOf(context, 310 * size, [1, 1.7, 2.6, 3.9], 0.025, 0.3, 0.08), 0.002);
    mixInto(
      context,
      out,
      mix(key(random.between(0.012, 0.022)), [normalise(desk), space ? 0.5 : 0.2]),
      t,
      random.betweenLog(0.4, 1),
    );
    mixInto(context, out, key(0.01), t + random.between(0.06, 0.1), random.between(0.15, 0.35));
  }
  return reverb(context, out, { t60: 0.25, wet: 0.06 });
}

/** A mouse button: down and up, a double click, down and up. */
export function mouseClick(context: RenderContext): Float32Array {
  const out = silence(context, 1.8);
  for (const at of [0.1, 0.8, 0.95, 1.45]) {
    for (const [offset, hz, gain] of [
      [0, 2700, 1],
      [0.085, 3500, 0.6],
    ] as const) {
      const click = strike(context, 0.03, modesOf(context, hz, [1, 1.7, 2.5], 0.011, 0.1, 0.04), 0.0003);
      mixInto(context, out, normalise(click), at + offset, gain);
    }
  }
  return out;
}

/** A vacuum cleaner is switched on, pushed to and fro, and switched off. */
export function vacuumCleaner(context: RenderContext, seconds = 7): Float32Array {
  const speed = curve([0, 0.05], [1.1, 1], [seconds - 1.4, 1], [seconds, 0.08]);
  const load = drift(context, seconds, 1.1, 0.94, 1.04);
  const hz = (t: number) => 345 * speed(t) * load(t);
  const motor = mix(
    [oscillator(context, seconds, hz, 'saw'), 0.5],
    [oscillator(context, seconds, (t) => 2 * hz(t), 'triangle'), 0.5],
    [oscillator(context, seconds, (t) => 7 * hz(t), 'sine'), 0.25],
  );
  const air = mix(
    [bandPass(context, whiteNoise(context, seconds), (t) => 900 * load(t), 0.5), 1],
    [highPass(context, whiteNoise(context, seconds), 2500), 0.3],
    [lowPass(context, brownNoise(context, seconds), 300), 0.4],
  );
  return shape(
    context,
    mix([shape(context, lowPass(context, motor, 4000), 0.2), 1], [air, 0.75]),
    (t) => speed(t) ** 1.6,
  );
}

/** A washing machine in its spin: drum thuds under a rising motor, water sloshing. */
export function washingMachine(context: RenderContext, seconds = 7): Float32Array {
  const turn = line([0, 1.6], [seconds, 2.1]);
  const out = silence(context, seconds);
  for (const at of turns(context, seconds, turn)) {
    const thud = strike(context, 0.35, modesOf(context, 58, [1, 1.8, 2.9, 4.4], 0.2, 0.6, 0.04), 0.012);
    mixInto(context, out, normalise(thud), at, context.random.between(0.5, 0.8));
  }
  const slosh = shape(
    context,
    bandPass(context, pinkNoise(context, seconds), 650, 0.8),
    (t) => 0.25 + 0.75 * Math.max(0, Math.sin(2 * Math.PI * 1.8 * t)) ** 2,
  );
  const motor = formants(context, oscillator(context, seconds, drift(context, seconds, 2, 98, 102), 'saw'), [
    { frequency: 200, bandwidth: 80, gain: 1 },
    { frequency: 600, bandwidth: 200, gain: 0.5 },
    { frequency: 1500, bandwidth: 400, gain: 0.25 },
  ]);
  const hum = lowPass(context, brownNoise(context, seconds), 220);
  return reverb(context, mix([out, 0.7], [slosh, 0.9], [motor, 0.3], [hum, 0.5]), {
    t60: 0.4,
    wet: 0.1,
    brightnessHz: 2500,
  });
}
