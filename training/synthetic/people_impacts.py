"""Hands, feet and breath; guns, explosions, whooshes, hits, game and interface sounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy import signal

from dsp import RATE, Array, Rng, band, clock, decay, harmonics, modes, moving_band, noise, peak_filter, place, silence, swell, sweep, uniform_log, unit, wander
from grains import bubbles, cloud, ticks
from recipes import Recipe, takes_of
from recording import Take, room_response


def one_clap(rng: Rng, hz: float) -> Array:
    burst = rng.standard_normal(3200) * decay(0.1, uniform_log(rng, 0.03, 0.08), 0.0008)
    return unit(peak_filter(burst, hz, rng.uniform(1.2, 3)) + 0.25 * band(burst, 1500, 9000, 1))


def applause(rng: Rng) -> Array:
    """Each person claps at a pace and pitch of their own; many of them blur, but never into even noise."""
    seconds = rng.uniform(3, 9.5)
    people = int(uniform_log(rng, 12, 120))
    out = silence(seconds)
    for _ in range(people):
        clap, pace, gain = one_clap(rng, uniform_log(rng, 700, 2600)), rng.uniform(2.6, 5.0), uniform_log(rng, 0.15, 1)
        at = rng.uniform(-0.3, 0.6)
        while at < seconds:
            place(out, clap, at, gain * rng.uniform(0.7, 1))
            at += rng.normal(1 / pace, 0.02)
    return signal.fftconvolve(out, room_response(rng, uniform_log(rng, 0.4, 2.0), rng.uniform(0.3, 1.2)))[: len(out)] * swell(seconds, 0.5, 0.8)[: len(out)]


def clapping(rng: Rng) -> Array:
    seconds, pace, hz = rng.uniform(1, 5), rng.uniform(1.5, 4.5), uniform_log(rng, 800, 2400)
    out = silence(seconds + 0.3)
    for at in np.arange(0.03, seconds, 1 / pace):
        place(out, one_clap(rng, hz * rng.uniform(0.9, 1.1)), at + rng.normal(0, 0.01), rng.uniform(0.7, 1))
    return out


def mouth(x: Array, formants: tuple[float, ...], rng: Rng) -> Array:
    near = rng.uniform(0.88, 1.15)
    return sum(gain * peak_filter(x, hz * near, 4) for hz, gain in zip(formants, (1.0, 0.8, 0.5, 0.35)))


def breathing(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9.5)
    period, out, at = uniform_log(rng, 1.2, 3.8), silence(seconds), rng.uniform(0, 0.4)
    while at < seconds - 0.6 * period:
        for start, span, formants, gain in ((0.0, 0.38, (900, 1700, 2900, 4200), 0.7), (0.48, 0.45, (600, 1300, 2500, 3600), 1.0)):
            n = noise(rng, span * period, -1)
            place(out, mouth(n, formants, rng) * swell(span * period, 0.3 * span * period, 0.5 * span * period)[: len(n)], at + start * period, gain * rng.uniform(0.8, 1))
        at += period * rng.uniform(0.95, 1.1)
    return out


def snoring(rng: Rng) -> Array:
    """In: the palate flutters 25-70 times a second in a noisy stream; out: a soft blow."""
    seconds = rng.uniform(5, 9.8)
    out, period, at, flutter = silence(seconds), rng.uniform(2.8, 4.5), rng.uniform(0, 0.5), uniform_log(rng, 25, 70)
    while at < seconds - 1:
        span = 0.4 * period
        t = clock(span)
        hz = flutter * (1 + 0.25 * wander(rng, span, 3, -1, 1)[: len(t)])
        pulse = np.exp(-((sweep(hz) / 6.283) % 1) * rng.uniform(4, 9))
        x = mouth(pulse - pulse.mean() + 0.4 * noise(rng, span, -2)[: len(t)] * pulse, (260, 750, 1500, 2500), rng)
        place(out, unit(x) * swell(span, 0.4 * span, 0.2 * span)[: len(t)], at, rng.uniform(0.8, 1))
        n = mouth(noise(rng, span, -1), (500, 1200, 2400), rng)
        place(out, unit(n) * swell(span, 0.3 * span, 0.6 * span)[: len(n)], at + 0.5 * period, rng.uniform(0.1, 0.35))
        at += period * rng.uniform(0.95, 1.08)
    return out


SURFACES = ("concrete", "gravel", "wood", "snow", "grass", "metal", "leaves", "water")


def step(rng: Rng, surface: str, foot: dict[str, float]) -> Array:
    """Heel and toe on a surface; `foot` holds what stays the same over a walk."""
    out = silence(0.5)
    if surface in ("gravel", "snow", "grass", "leaves"):
        low, high, rate, tick = {"gravel": (1000, 6500, 700, (0.001, 0.006)), "snow": (250, 4500, 1500, (0.001, 0.005)), "grass": (2500, 9000, 900, (0.0008, 0.003)), "leaves": (1800, 9000, 500, (0.0008, 0.005))}[surface]
        span = rng.uniform(0.16, 0.3)
        shape = swell(span, 0.3 * span, 0.6 * span)
        crunch = cloud(rng, span, rate * shape, ticks(rng, low, high, tick, 8), 7)
        place(out, unit(crunch), 0.01)
        place(out, unit(band(rng.standard_normal(3200), 60, 400) * decay(0.1, 0.06)), 0.0, uniform_log(rng, 0.1, 0.6))
        return out
    if surface == "water":
        place(out, unit(cloud(rng, 0.35, 350 * decay(0.35, 0.5), bubbles(rng, 600, 4000, 8) + ticks(rng, 1200, 9000, (0.001, 0.006), 20), 6)), 0.01)
        place(out, unit(band(rng.standard_normal(6400), 500, 12_000, 1) * decay(0.2, 0.15, 0.02)), 0.0, 0.6)
        return out
    ratios = np.array([1, 1.8, 2.9, 4.3, 6.1])
    t60 = {"concrete": 0.04, "wood": 0.13, "metal": 0.6}[surface]
    for at, gain in ((0.005, 1.0), (foot["toe"], 0.5)):
        body = modes(0.45, foot["hz"] * ratios * rng.uniform(0.98, 1.02, 5), t60 * np.array([1, 0.9, 0.7, 0.6, 0.5]), np.array([1, 0.8, 0.6, 0.5, 0.4]), rng)
        scuff = band(rng.standard_normal(len(body)), foot["click"], 3 * foot["click"], 1) * decay(0.45, 0.03)[: len(body)]
        place(out, unit(body) + foot["hard"] * unit(scuff), at, gain * rng.uniform(0.8, 1))
    return out


def walk(surface: str) -> Callable[[Rng], Array]:
    def make(rng: Rng) -> Array:
        pace = uniform_log(rng, 1.4, 2.9)
        seconds = rng.uniform(2.5, 8)
        low = {"concrete": (120, 300), "wood": (60, 150), "metal": (60, 220)}.get(surface, (100, 200))
        foot = {"hz": uniform_log(rng, *low), "toe": rng.uniform(0.06, 0.13) * 2 / pace, "click": uniform_log(rng, 900, 3000), "hard": uniform_log(rng, 0.2, 1.2)}
        out = silence(seconds + 0.5)
        for at in np.arange(0.05, seconds, 1 / pace):
            place(out, step(rng, surface, foot), at + rng.normal(0, 0.012), rng.uniform(0.7, 1))
        return out

    make.__name__ = f"walk_{surface}"
    return make


def heart(rng: Rng) -> Array:
    seconds, period = rng.uniform(3, 9), rng.uniform(0.45, 1.15)
    out = silence(seconds)
    for at in np.arange(0.1, seconds, period):
        for delay, hz, gain in ((0, uniform_log(rng, 40, 65), 1.0), (0.3 * period**0.5, uniform_log(rng, 55, 85), 0.7)):
            place(out, modes(0.2, np.array([hz, 2 * hz, 3.1 * hz]), np.array([0.15, 0.1, 0.07]), np.array([1, 0.5, 0.25]), rng), at + delay, gain)
    return out


def shot(rng: Rng, seconds: float = 2.5) -> Array:
    """Blast, then what the surroundings give back."""
    out = silence(seconds)
    blast = rng.standard_normal(RATE // 2) * decay(0.5, uniform_log(rng, 0.05, 0.2), 0.0002)
    blast = band(blast, 100, uniform_log(rng, 5000, 14_000), 1) + uniform_log(rng, 0.5, 2) * band(blast, None, uniform_log(rng, 150, 400))
    place(out, np.tanh(4 * unit(blast)), 0.02)
    tail = signal.fftconvolve(out, room_response(rng, uniform_log(rng, 0.4, 2.5), uniform_log(rng, 0.3, 1.2)))[: len(out)]
    return tail


def burst_fire(rng: Rng) -> Array:
    pace, out = rng.uniform(7, 15), silence(rng.uniform(2, 6))
    at = 0.05
    single = shot(rng, 0.8)
    while at < len(out) / RATE - 0.5:
        for _ in range(int(rng.integers(3, 14))):
            place(out, single, at, rng.uniform(0.85, 1))
            at += 1 / pace
        at += rng.uniform(0.3, 1.2)
    return out


def explosion(rng: Rng) -> Array:
    seconds = rng.uniform(3, 9)
    t = clock(seconds)
    n = noise(rng, seconds, -3)[: len(t)]
    low = band(n, 25, uniform_log(rng, 200, 500)) * np.exp(-t / uniform_log(rng, 0.5, 1.8))
    mid = band(n, 200, 4000, 1) * np.exp(-t / uniform_log(rng, 0.12, 0.5))
    boom = np.sin(sweep(uniform_log(rng, 60, 110) * np.exp(-t / 0.5) + 25)) * np.exp(-t / 0.6)
    debris = cloud(rng, seconds, uniform_log(rng, 20, 120) * np.exp(-t / 1.2), ticks(rng, 400, 5000, (0.002, 0.02)), 8)
    x = np.tanh(2.5 * (unit(low) + 0.8 * unit(mid) + 0.6 * boom)) + rng.uniform(0.05, 0.25) * unit(debris)[: len(t)]
    return signal.fftconvolve(x, room_response(rng, uniform_log(rng, 1, 3.5), rng.uniform(0.2, 0.8)))[: len(t)]


def far_explosion(rng: Rng) -> Array:
    return band(explosion(rng), None, uniform_log(rng, 250, 700))


def firework(rng: Rng) -> Array:
    seconds = rng.uniform(3, 8)
    out = silence(seconds)
    for _ in range(int(rng.integers(1, 6))):
        at = rng.uniform(0, seconds - 1.5)
        if rng.random() < 0.6:
            t = clock(0.9)
            hz = uniform_log(rng, 1500, 3000) * (1 + 0.4 * t)
            place(out, (np.sin(sweep(hz)) + 0.6 * band(rng.standard_normal(len(t)), 1500, 6000)) * swell(0.9, 0.4, 0.2)[: len(t)], at, 0.1)
        place(out, unit(shot(rng, 1.5)), at + 0.9, uniform_log(rng, 0.4, 1))
        fizz = cloud(rng, 1.5, 250 * np.exp(-clock(1.5) / 0.5), ticks(rng, 2000, 9000, (0.0005, 0.003)), 8)
        place(out, unit(fizz), at + 1.05, rng.uniform(0.1, 0.4))
    return out


def whoosh(rng: Rng) -> Array:
    seconds = uniform_log(rng, 0.25, 1.6)
    total = silence(seconds * 1.0 + 0.1)
    n = noise(rng, seconds, -1)
    t = np.linspace(0, 1, len(n))
    peak = rng.uniform(0.35, 0.7)
    bell = np.exp(-(((t - peak) / rng.uniform(0.12, 0.25)) ** 2))
    place(total, unit(moving_band(n, uniform_log(rng, 250, 800) * (1 + rng.uniform(1.5, 6) * bell), rng.uniform(0.8, 3)) * bell), 0.05)
    return total


def laser(rng: Rng) -> Array:
    seconds = uniform_log(rng, 0.15, 0.7)
    t = clock(seconds)
    hz = uniform_log(rng, 1500, 5000) * np.exp(-t / (seconds * rng.uniform(0.2, 0.5))) + uniform_log(rng, 80, 300)
    x = harmonics(sweep(hz), hz[-1:] * 1.0, [1, 0.5, 0.3, 0.2]) * np.exp(-3 * t / seconds)
    out = silence(seconds)
    place(out, x, 0)
    return repeat_shots(rng, out)


def repeat_shots(rng: Rng, x: Array) -> Array:
    count = int(rng.integers(1, 5))
    out = silence(count * len(x) / RATE * 0.9 + 0.4)
    for i in range(count):
        place(out, x, i * len(x) / RATE * 0.9, rng.uniform(0.8, 1))
    return out


def struck(low: tuple[float, float], ratios: tuple[float, ...], ring: tuple[float, float], noise_share: float, name: str) -> Callable[[Rng], Array]:
    """One hit on a body whose modes lie at `ratios` of a fundamental in `low`, ringing `ring` seconds."""

    def make(rng: Rng) -> Array:
        t60 = uniform_log(rng, *ring)
        seconds = min(4.0, 0.4 + t60)
        hz = uniform_log(rng, *low) * np.array(ratios) * rng.uniform(0.93, 1.07, len(ratios))
        body = unit(modes(seconds, hz, t60 / np.arange(1, len(ratios) + 1) ** 0.6, 1 / np.arange(1, len(ratios) + 1) ** rng.uniform(0.1, 0.7), rng))
        click = unit(band(rng.standard_normal(len(body)), 400, 9000, 1) * decay(seconds, 0.02)[: len(body)])
        return repeat_hits(rng, body + noise_share * click)

    make.__name__ = name
    return make


def repeat_hits(rng: Rng, x: Array) -> Array:
    if rng.random() < 0.6:
        return x
    out = silence(len(x) / RATE + 1.5)
    for at in np.arange(0, 1.5, rng.uniform(0.3, 0.7)):
        place(out, x, at, rng.uniform(0.6, 1))
    return out


METAL = (1, 1.51, 2.2, 2.87, 3.9, 5.2, 6.6, 8.4)
WOOD = (1, 1.8, 2.7, 4.1, 5.8)


def ui_click(rng: Rng) -> Array:
    return modes(0.1, uniform_log(rng, 900, 4000) * np.array([1, 2.3]), np.array([0.03, 0.015]), np.array([1, 0.5]), rng)


def blips(steps: tuple[float, ...], name: str) -> Callable[[Rng], Array]:
    """Soft tones one after the other, each `steps` semitones from the first."""

    def make(rng: Rng) -> Array:
        base, beat = uniform_log(rng, 400, 1400), uniform_log(rng, 0.06, 0.16)
        out = silence(beat * len(steps) + 0.5)
        for i, offset in enumerate(steps):
            hz = base * 2 ** (offset / 12)
            t = clock(0.45)
            place(out, harmonics(2 * np.pi * hz * t, np.array([hz]), [1, rng.uniform(0, 0.4), rng.uniform(0, 0.3)]) * decay(0.45, uniform_log(rng, 0.1, 0.6), 0.004), i * beat)
        return out

    make.__name__ = name
    return make


RECIPES = (
    Recipe("applause", 26, ("applause", "clapping", "audience"), ("applause", "an audience applauds", "many people clap their hands", "clapping in a hall"), applause),
    Recipe("hand clap", 18, ("clap", "hands"), ("someone claps their hands", "hand claps", "one person claps a rhythm"), clapping),
    Recipe("breathing", 20, ("breath", "breathing"), ("someone breathes", "breathing in and out", "a person out of breath"), breathing),
    Recipe("snore", 20, ("snore", "sleep"), ("someone snores", "a man snoring in bed", "loud snoring"), snoring),
    *(
        Recipe(label, 12, ("footsteps", "walking", surface), (f"footsteps on {surface}", f"someone walks on {surface}", f"walking on {surface}", f"steps on {surface}"), walk(surface))
        for surface, label in (("concrete", "footsteps on concrete"), ("gravel", "footsteps on gravel"), ("wood", "footsteps on wood"), ("snow", "footsteps on snow"), ("grass", "footsteps on grass"), ("metal", "footsteps on metal"), ("leaves", "footsteps on leaves"), ("water", "footsteps in water"))
    ),
    Recipe("heartbeat", 12, ("heart", "beat"), ("a heartbeat", "a beating heart", "heart pounding"), heart),
    Recipe("gunshot", 22, ("gun", "shot"), ("a gunshot", "a pistol is fired", "a rifle shot echoes", "bang of a gun"), shot),
    Recipe("automatic gunfire", 18, ("gun", "automatic"), ("automatic gunfire", "a machine gun fires bursts", "rapid shooting"), burst_fire),
    Recipe("explosion", 24, ("explosion", "boom"), ("an explosion", "a bomb explodes", "a huge blast with debris", "something blows up"), explosion),
    Recipe("distant explosion", 12, ("explosion", "distant"), ("a distant explosion", "a far-off boom", "artillery in the distance"), far_explosion),
    Recipe("fireworks", 16, ("fireworks", "bang"), ("fireworks", "rockets burst in the sky", "fireworks on new year's eve"), firework),
    Recipe("whoosh", 20, ("whoosh", "swish"), ("a whoosh", "something flies past quickly", "a fast swish through the air"), whoosh, False),
    Recipe("laser shot", 14, ("laser", "sci-fi"), ("a laser shot", "a ray gun fires", "pew pew"), laser, False),
    Recipe("metal hit", 16, ("metal", "hit"), ("a metal hit", "something hits a metal pipe", "a clang of metal"), struck((180, 1200), METAL, (0.3, 2.5), 0.4, "metal"), True),
    Recipe("wood hit", 14, ("wood", "hit"), ("a hit on wood", "something knocks against wood"), struck((150, 700), WOOD, (0.05, 0.25), 0.5, "wood"), True),
    Recipe("ui click", 12, ("ui", "click"), ("a button click", "a short interface click"), ui_click, False),
    Recipe("ui confirmation", 12, ("ui", "confirm"), ("a confirmation sound", "two rising tones", "success in an app"), blips((0, 7, 12), "rising"), False),
    Recipe("ui error", 12, ("ui", "error"), ("an error sound", "two falling tones", "access denied"), blips((0, -5, -6), "falling"), False),
    Recipe("ui notification", 12, ("ui", "notification"), ("a notification", "a message tone", "a new mail arrives"), blips((0, 4, 7, 12), "message"), False),
)


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    del work
    yield from takes_of(RECIPES, rng)
