"""Sirens, bells, alarms, telephones, beeps, and steady tones and noises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy import signal

from dsp import RATE, Array, Rng, band, clock, decay, harmonics, modes, noise, place, poisson, saturate, silence, swell, sweep, uniform_log, unit, wander
from grains import cloud, ticks
from recipes import Recipe, takes_of
from recording import Take, room_response

# Partials of a church bell against its prime, and how long each rings (hum, prime, tierce, quint, nominal, and above).
BELL = (np.array([0.5, 1.0, 1.19, 1.5, 2.0, 2.67, 3.01, 4.17]), np.array([1.0, 0.7, 0.6, 0.45, 0.5, 0.3, 0.25, 0.18]), np.array([0.5, 0.7, 0.7, 0.3, 1.0, 0.6, 0.5, 0.35]))


def bell_tone(rng: Rng, prime_hz: float, t60: float, seconds: float) -> Array:
    ratios, lengths, gains = BELL
    near = rng.uniform(0.99, 1.01, len(ratios))
    # Two close frequencies a partial: real bells are not quite round, and so they beat.
    return unit(modes(seconds, prime_hz * ratios * near, t60 * lengths, gains, rng) + modes(seconds, prime_hz * ratios * near * 1.002, t60 * lengths, 0.6 * gains, rng))


def church_bell(rng: Rng) -> Array:
    seconds, prime = rng.uniform(5, 9.8), uniform_log(rng, 180, 600)
    out = silence(seconds)
    for at in np.arange(0.05, seconds - 0.5, rng.uniform(1.2, 4.0)):
        place(out, bell_tone(rng, prime, uniform_log(rng, 4, 10), 6), at, rng.uniform(0.8, 1))
    return out


def church_bells(rng: Rng) -> Array:
    seconds, base = rng.uniform(6, 9.8), uniform_log(rng, 250, 500)
    out = silence(seconds)
    for ratio in (1, 1.125, 1.25, 1.5)[: int(rng.integers(3, 5))]:
        for at in np.arange(rng.uniform(0, 1), seconds - 0.3, rng.uniform(0.8, 1.4)):
            place(out, bell_tone(rng, base * ratio, 4, 3), at, rng.uniform(0.5, 1))
    return out


def small_bell(rng: Rng) -> Array:
    """A hand bell or a little brass bell, struck once or shaken."""
    prime, t60 = uniform_log(rng, 1200, 3200), uniform_log(rng, 0.6, 2.5)
    times = [0.02] if rng.random() < 0.4 else list(np.arange(0.02, rng.uniform(1, 4), rng.uniform(0.1, 0.35)))
    out = silence(min(9.5, times[-1] + t60))
    for at in times:
        place(out, modes(t60, prime * np.array([1, 2.0, 2.76, 4.1]), t60 * np.array([1, 0.7, 0.5, 0.3]), np.array([1, 0.6, 0.5, 0.3]), rng), at, rng.uniform(0.6, 1))
    return out


def hammered_bell(rng: Rng, seconds: float, prime: float, per_second: float) -> Array:
    """An electric bell: a clapper that strikes the same gong again and again."""
    out = silence(seconds)
    stroke = unit(modes(0.7, prime * np.array([1, 1.52, 2.4, 3.35, 4.8]), np.array([0.7, 0.5, 0.4, 0.25, 0.2]), np.array([1, 0.8, 0.7, 0.5, 0.4]), rng)) + 0.2 * unit(band(rng.standard_normal(int(0.7 * RATE)), 2500, None) * decay(0.7, 0.01))
    for at in np.arange(0, seconds, 1 / per_second):
        place(out, stroke, at + rng.normal(0, 0.001), rng.uniform(0.7, 1))
    return out


def fire_bell(rng: Rng) -> Array:
    return hammered_bell(rng, rng.uniform(2, 8), uniform_log(rng, 700, 1800), rng.uniform(9, 22))


def old_phone(rng: Rng) -> Array:
    on, off, prime = rng.uniform(0.8, 2), rng.uniform(1, 3), uniform_log(rng, 900, 1700)
    out = silence(9.5)
    at = 0.05
    while at < 9:
        two = hammered_bell(rng, on, prime, 11) + np.roll(hammered_bell(rng, on, prime * 1.22, 11), int(RATE / 22))
        place(out, two, at)
        at += on + off
        if rng.random() < 0.2:
            break
    return out[: int(min(9.5, at) * RATE)]


def electronic_phone(rng: Rng) -> Array:
    """A desk phone's warble: two pitches in turn, 10-25 times a second, in bursts."""
    on, off, low, pace = rng.uniform(0.5, 1.5), rng.uniform(0.4, 2), uniform_log(rng, 500, 1500), rng.uniform(10, 25)
    t = clock(on)
    hz = np.where((t * pace) % 1 < 0.5, low, low * rng.choice([1.2, 1.25, 1.33]))
    burst = harmonics(sweep(hz), hz, [1, 0, 0.4, 0, 0.2]) * swell(on, 0.005, 0.01)[: len(t)]
    return repeat(burst, on + off, int(rng.integers(1, 5)))


def ring_tone(rng: Rng) -> Array:
    """A mobile phone plays a short tune in simple tones, twice or more."""
    scale = uniform_log(rng, 500, 900) * 2 ** (np.array([0, 2, 4, 7, 9, 12, 14]) / 12)
    beat = rng.uniform(0.09, 0.2)
    tune = [int(rng.integers(len(scale))) for _ in range(int(rng.integers(4, 9)))]
    out = silence(len(tune) * beat + 0.3)
    shape = [[1, 0, 0.33, 0, 0.2], [1, 0.5, 0.2], [1.0]][rng.integers(3)]
    for i, step in enumerate(tune):
        t = clock(beat * 1.6)
        place(out, harmonics(2 * np.pi * scale[step] * t, scale[step : step + 1], shape) * decay(beat * 1.6, rng.uniform(0.3, 1.5), 0.004), i * beat)
    return repeat(out, len(out) / RATE + rng.uniform(0.1, 0.5), int(rng.integers(2, 5)))


def repeat(x: Array, period: float, count: int) -> Array:
    out = silence(min(9.8, period * (count - 1) + len(x) / RATE))
    for i in range(count):
        place(out, x, i * period)
    return out


def siren(rng: Rng, contour: str) -> Array:
    seconds = rng.uniform(5, 9.8)
    t = clock(seconds)
    low, high = uniform_log(rng, 450, 750), uniform_log(rng, 1000, 1700)
    if contour == "wail":
        bend = 0.5 - 0.5 * np.cos(2 * np.pi * rng.uniform(0.15, 0.4) * t)
    elif contour == "yelp":
        bend = 0.5 - 0.5 * signal.sawtooth(2 * np.pi * rng.uniform(2.5, 4.5) * t, 0.5)
    elif contour == "two-tone":
        low, high, pace = low * 0.8, low * 0.8 * rng.choice([1.19, 1.26, 1.33]), rng.uniform(0.7, 1.4)
        bend = signal.lfilter([0.004], [1, -0.996], (t * pace % 1 < 0.5).astype(float))
    else:  # air raid: a rotor that takes seconds to speed up
        low, high = 120, uniform_log(rng, 400, 520)
        bend = 0.5 - 0.5 * np.cos(2 * np.pi * rng.uniform(0.08, 0.16) * t)
    hz = low * (high / low) ** bend
    x = saturate(harmonics(sweep(hz), hz, list(1 / np.arange(1, 12) ** rng.uniform(0.8, 1.5))), rng.uniform(1, 3))
    if rng.random() < 0.45:  # it comes closer or drives away
        x = x * np.interp(t, [0, seconds], [1, 0.15] if rng.random() < 0.5 else [0.15, 1])
    street = room_response(rng, uniform_log(rng, 0.5, 2.0), rng.uniform(0.2, 1.0))
    return signal.fftconvolve(x, street)[: len(t)]


def wail(rng: Rng) -> Array:
    return siren(rng, str(rng.choice(["wail", "yelp"])))


def two_tone(rng: Rng) -> Array:
    return siren(rng, "two-tone")


def air_raid(rng: Rng) -> Array:
    return siren(rng, "air raid")


def beep(rng: Rng, hz: float, seconds: float) -> Array:
    t = clock(seconds)
    shape = [[1.0], [1, 0, 0.33, 0, 0.2], [1, 0.4, 0.2, 0.1]][rng.integers(3)]
    return harmonics(2 * np.pi * hz * t, np.array([hz]), shape) * swell(seconds, 0.004, 0.006)[: len(t)]


def alarm_clock(rng: Rng) -> Array:
    hz, on, n = uniform_log(rng, 900, 3200), rng.uniform(0.05, 0.13), int(rng.integers(2, 5))
    group = repeat(beep(rng, hz, on), on * 2, n)
    return repeat(group, len(group) / RATE + rng.uniform(0.25, 0.7), int(rng.integers(4, 9)))


def alarm(rng: Rng) -> Array:
    """Two pitches in turn, or one that sweeps, without pause."""
    seconds = rng.uniform(3, 9)
    t = clock(seconds)
    low, pace = uniform_log(rng, 500, 1800), uniform_log(rng, 1, 6)
    hz = low * (np.where(t * pace % 1 < 0.5, 1, rng.uniform(1.2, 1.6)) if rng.random() < 0.5 else 1 + 0.6 * (t * pace % 1))
    return harmonics(sweep(hz), hz, [1, 0.5, 0.4, 0.3, 0.2, 0.2])


def smoke_alarm(rng: Rng) -> Array:
    one = beep(rng, uniform_log(rng, 2800, 3500), rng.uniform(0.3, 0.6))
    group = repeat(one, len(one) / RATE * 2, 3)
    return repeat(group, len(group) / RATE + rng.uniform(0.8, 1.6), 3)


def car_alarm(rng: Rng) -> Array:
    out = silence(9.5)
    at = 0.0
    while at < 9:
        span = rng.uniform(1.2, 2.5)
        t = clock(span)
        pace, low = uniform_log(rng, 1.5, 8), uniform_log(rng, 700, 1300)
        hz = low * (1 + rng.uniform(0.3, 1.0) * (t * pace % 1 if rng.random() < 0.5 else (t * pace % 1 < 0.5)))
        place(out, harmonics(sweep(hz), hz, [1, 0.4, 0.4, 0.2, 0.2]) * swell(span, 0.01, 0.01)[: len(t)], at)
        at += span
    return out


def buzzer(rng: Rng) -> Array:
    seconds = rng.uniform(0.4, 2)
    hz = np.full(round(seconds * RATE), uniform_log(rng, 70, 240))
    return harmonics(sweep(hz), hz, list(1 / np.arange(1, 40) ** rng.uniform(0.3, 0.9))) * swell(seconds, 0.01, 0.02)


def doorbell(rng: Rng) -> Array:
    high = uniform_log(rng, 550, 900)
    out = silence(3.2)
    for i, hz in enumerate((high, high * float(rng.choice([0.8, 0.75, 0.84])))):
        place(out, modes(2.2, hz * np.array([1, 2.76, 5.4, 3.0]), np.array([1.8, 0.6, 0.2, 0.5]), np.array([1, 0.25, 0.12, 0.15]), rng), 0.03 + i * rng.uniform(0.5, 0.8))
    return repeat(out, 3.0, int(rng.integers(1, 3)))


def clock_chime(rng: Rng) -> Array:
    base, beat = uniform_log(rng, 330, 700), rng.uniform(0.5, 0.9)
    out = silence(9.5)
    notes = [(4, 2, 3, -1)[i % 4] if rng.random() < 0.5 else 0 for i in range(int(rng.integers(2, 9)))]
    for i, step in enumerate(notes):
        place(out, bell_tone(rng, base * 2 ** (step / 12), 3.5, 3), 0.05 + i * beat, 0.9)
    return out


def wind_chimes(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9)
    out = silence(seconds)
    tubes = uniform_log(rng, 700, 1600) * 2 ** (np.array([0, 2, 4, 7, 9, 12]) / 12)
    for at in poisson(rng, seconds, uniform_log(rng, 2, 7)):
        place(out, modes(2.5, rng.choice(tubes) * np.array([1, 2.76, 5.4]), np.array([2.0, 0.9, 0.4]), np.array([1, 0.4, 0.2]), rng), at, uniform_log(rng, 0.1, 1))
    return out


def crossing(rng: Rng) -> Array:
    return hammered_bell(rng, rng.uniform(4, 9), uniform_log(rng, 600, 1100), rng.uniform(2, 4))


def reversing(rng: Rng) -> Array:
    one = beep(rng, uniform_log(rng, 1000, 1500), rng.uniform(0.35, 0.55))
    return repeat(one, 2 * len(one) / RATE, int(rng.integers(3, 8)))


def monitor(rng: Rng) -> Array:
    hz, period = uniform_log(rng, 700, 1300), rng.uniform(0.5, 1.1)
    out = repeat(beep(rng, hz, 0.12), period, int(rng.integers(4, 9)))
    return np.concatenate([out, silence(0.4), beep(rng, hz, 3.0)])[: 10 * RATE] if rng.random() < 0.25 else out


def short_beep(rng: Rng) -> Array:
    return repeat(beep(rng, uniform_log(rng, 500, 3500), uniform_log(rng, 0.06, 0.6)), 0.7, int(rng.integers(1, 4)))


def coloured(slope: float) -> Callable[[Rng], Array]:
    def make(rng: Rng) -> Array:
        return noise(rng, rng.uniform(2, 9), slope)

    make.__name__ = f"noise_{slope:.0f}_db"
    return make


def static(rng: Rng) -> Array:
    """Between stations: band-limited hiss that flutters, with clicks and whistles."""
    seconds = rng.uniform(3, 9)
    hiss = band(noise(rng, seconds, 0), uniform_log(rng, 150, 500), uniform_log(rng, 3500, 7000)) * wander(rng, seconds, 6, 0.5, 1)
    clicks = cloud(rng, seconds, uniform_log(rng, 2, 30), ticks(rng, 800, 4000, (0.0005, 0.003)), 8)
    out = unit(hiss) + rng.uniform(0.1, 0.6) * unit(clicks)[: len(hiss)]
    if rng.random() < 0.4:
        out = out + 0.15 * np.sin(sweep(uniform_log(rng, 600, 2000) * np.exp(wander(rng, seconds, 1, -0.7, 0.7))))[: len(out)]
    return out


def vinyl(rng: Rng) -> Array:
    seconds = rng.uniform(3, 9)
    pops = cloud(rng, seconds, uniform_log(rng, 4, 30), ticks(rng, 1500, 7000, (0.0003, 0.0015)), 9)
    return unit(pops) + rng.uniform(0.03, 0.12) * unit(band(noise(rng, seconds, -3), 60, 10_000, 1))[: len(pops)]


def hum(rng: Rng) -> Array:
    seconds = rng.uniform(3, 9)
    hz = np.full(round(seconds * RATE), float(rng.choice([50.0, 60.0])))
    return harmonics(sweep(hz), hz, list(rng.random(20) ** 2 / np.arange(1, 21) ** 0.5))


def feedback(rng: Rng) -> Array:
    seconds = rng.uniform(1.5, 5)
    t = clock(seconds)
    hz = uniform_log(rng, 700, 3500)
    return np.tanh(3 * np.sin(2 * np.pi * hz * t + 0.3 * wander(rng, seconds, 3)[: len(t)]) * np.minimum(1, np.exp(4 * (t / rng.uniform(0.5, 1.5) - 1)))) * swell(seconds, 0.05, 0.1)[: len(t)]


def wave(kind: str) -> Callable[[Rng], Array]:
    amplitudes = {"sine": [1.0], "square": [1 / k if k % 2 else 0.0 for k in range(1, 60)], "saw": [1 / k for k in range(1, 60)]}[kind]

    def make(rng: Rng) -> Array:
        seconds = rng.uniform(0.8, 5)
        hz = uniform_log(rng, 80, 4000 if kind == "sine" else 1000)
        return harmonics(2 * np.pi * hz * clock(seconds), np.array([hz]), amplitudes)

    make.__name__ = kind
    return make


def chirp(rng: Rng) -> Array:
    seconds = rng.uniform(1, 8)
    low, high = uniform_log(rng, 40, 300), uniform_log(rng, 3000, 14_000)
    hz = low * (high / low) ** (clock(seconds) / seconds)
    return np.sin(sweep(hz if rng.random() < 0.7 else hz[::-1]))


RECIPES = (
    Recipe("police siren", 22, ("siren", "police", "emergency"), ("a police siren", "a police car wails past", "sirens of an emergency vehicle"), wail),
    Recipe("siren", 20, ("siren", "ambulance", "emergency"), ("an ambulance siren", "a two-tone siren", "a fire engine's siren", "nee naw of an ambulance"), two_tone),
    Recipe("warning siren", 14, ("siren", "warning", "air raid"), ("an air raid siren", "a warning siren rises slowly", "a civil defence siren"), air_raid),
    Recipe("church bell", 20, ("bell", "church"), ("a church bell rings", "a bell tolls", "a big bronze bell", "a bell strikes the hour"), church_bell),
    Recipe("church bells", 14, ("bells", "church"), ("church bells ring", "bells pealing on a sunday", "several bells ring together"), church_bells),
    Recipe("small bell", 18, ("bell", "ring"), ("a small bell rings", "a hand bell is shaken", "ding of a little bell"), small_bell),
    Recipe("bell", 16, ("bell", "alarm", "school"), ("an electric bell rings", "a school bell", "a fire alarm bell"), fire_bell),
    Recipe("phone ring", 18, ("phone", "ring", "bell"), ("an old telephone rings", "a ringing phone", "a landline with a bell"), old_phone),
    Recipe("phone ring", 16, ("phone", "ring", "electronic"), ("an office phone rings", "a phone warbles", "an electronic telephone ring"), electronic_phone),
    Recipe("ring tone", 18, ("phone", "mobile", "melody"), ("a mobile phone rings", "a ringtone", "a cell phone plays its melody"), ring_tone),
    Recipe("alarm clock", 20, ("alarm", "clock", "beep"), ("an alarm clock beeps", "the morning alarm", "time to wake up, the alarm is beeping"), alarm_clock),
    Recipe("alarm", 16, ("alarm", "warning"), ("an alarm", "an alarm sounds in a building", "a warning alarm", "a security alarm"), alarm),
    Recipe("smoke alarm", 14, ("alarm", "smoke", "beep"), ("a smoke alarm", "a smoke detector beeps loudly", "piercing beeps of a fire alarm"), smoke_alarm),
    Recipe("car alarm", 14, ("alarm", "car"), ("a car alarm goes off", "car alarm in the street"), car_alarm),
    Recipe("buzzer", 12, ("buzzer", "electric"), ("a buzzer", "a game show buzzer", "someone presses the buzzer"), buzzer),
    Recipe("doorbell", 18, ("doorbell", "chime"), ("a doorbell", "ding dong", "someone is at the door and rings"), doorbell),
    Recipe("clock chime", 14, ("clock", "chime", "bell"), ("a grandfather clock strikes", "a clock chimes the hour"), clock_chime),
    Recipe("wind chimes", 14, ("chimes", "wind", "garden"), ("wind chimes", "chimes tinkle in the breeze"), wind_chimes),
    Recipe("railroad crossing", 8, ("train", "bell", "crossing"), ("a railroad crossing bell", "the bell of a level crossing"), crossing),
    Recipe("reversing beeper", 8, ("truck", "beep"), ("a truck beeps as it reverses", "a reversing alarm"), reversing),
    Recipe("medical monitor", 8, ("hospital", "beep", "heart"), ("a heart monitor beeps", "beeping hospital equipment"), monitor),
    Recipe("beep", 14, ("beep", "electronic"), ("a beep", "a short electronic beep", "beep beep"), short_beep, False),
    Recipe("white noise", 8, ("noise", "hiss"), ("white noise", "steady hiss"), coloured(0.0), False),
    Recipe("pink noise", 7, ("noise",), ("pink noise", "soft even noise"), coloured(-3.0), False),
    Recipe("brown noise", 7, ("noise", "rumble"), ("brown noise", "deep soft noise"), coloured(-6.0), False),
    Recipe("radio static", 18, ("static", "radio", "noise"), ("static from a radio", "tv static", "tuning between stations", "hiss and crackle of a bad signal"), static, False),
    Recipe("crackling", 12, ("vinyl", "crackle"), ("crackle of an old record", "a dusty vinyl record", "crackles and pops"), vinyl, False),
    Recipe("electrical hum", 10, ("hum", "mains", "electric"), ("an electrical hum", "mains hum", "ground loop hum from an amplifier"), hum, False),
    Recipe("microphone feedback", 8, ("feedback", "howl"), ("microphone feedback", "a howling loudspeaker", "squeal of audio feedback"), feedback, False),
    Recipe("sine tone", 6, ("tone", "test"), ("a sine tone", "a pure test tone"), wave("sine"), False),
    Recipe("square wave", 5, ("tone", "square"), ("a square wave", "a hollow buzzing tone"), wave("square"), False),
    Recipe("sawtooth wave", 5, ("tone", "saw"), ("a sawtooth wave", "a bright buzzing tone"), wave("saw"), False),
    Recipe("sine sweep", 6, ("sweep", "tone"), ("a sine sweep", "a tone that rises or falls through all pitches"), chirp, False),
)


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    del work
    yield from takes_of(RECIPES, rng)
