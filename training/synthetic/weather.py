"""Rain, thunder, wind, sea, fire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsp import RATE, Array, Rng, band, decay, modes, moving_band, noise, place, poisson, silence, swell, uniform_log, unit, wander
from grains import bubbles, cloud, ticks
from recipes import Recipe, takes_of
from recording import Take


def length(rng: Rng) -> float:
    return float(rng.uniform(4, 9.8))


def light_rain(rng: Rng) -> Array:
    """Single drops stand out of a thin bed."""
    seconds = length(rng)
    drops = cloud(rng, seconds, uniform_log(rng, 25, 160), ticks(rng, 1200, 8000, (0.001, 0.006)) + bubbles(rng, 1500, 5000, 5), 7)
    bed = band(noise(rng, seconds, -2), 800, None) * uniform_log(rng, 0.02, 0.1)
    return unit(drops) + bed[: len(drops)]


def rain(rng: Rng) -> Array:
    """Drops so dense that they merge, but still grainy: the bed is noise, steady, strongest at 1-10 kHz."""
    seconds = length(rng)
    drops = unit(cloud(rng, seconds, uniform_log(rng, 300, 1500), ticks(rng, 900, 9000, (0.0007, 0.004), 14), 6))
    bed = band(noise(rng, seconds, rng.uniform(-3, 0)), uniform_log(rng, 300, 1000), uniform_log(rng, 9000, 15_000), order=1)
    return drops + bed[: len(drops)] * uniform_log(rng, 0.06, 0.2)


def heavy_rain(rng: Rng) -> Array:
    seconds = length(rng)
    bed = band(noise(rng, seconds, rng.uniform(-3.5, -1)), uniform_log(rng, 120, 400), None, order=1) * wander(rng, seconds, 0.7, 0.75, 1.0)
    drops = unit(cloud(rng, seconds, uniform_log(rng, 1500, 4000), ticks(rng, 700, 7000, (0.0007, 0.004), 14), 7))
    return unit(bed) + 0.6 * drops[: len(bed)]


def rain_indoors(rng: Rng) -> Array:
    """Through a window: the top gone, now and then a drop on the sill."""
    seconds = length(rng)
    far = band(heavy_rain(rng), None, uniform_log(rng, 800, 2500))
    out = silence(seconds)
    place(out, unit(far), 0)
    sill = modes(0.15, np.array([420.0, 900, 1700, 2600]) * rng.uniform(0.7, 1.5), np.array([0.1, 0.07, 0.05, 0.04]), np.array([1, 0.8, 0.6, 0.4]), rng)
    for at in poisson(rng, seconds, uniform_log(rng, 0.5, 5)):
        place(out, sill, at, uniform_log(rng, 0.05, 0.6))
    return out


def thunder_near(rng: Rng) -> Array:
    seconds = rng.uniform(5, 9.8)
    crack = silence(seconds)
    for at in np.cumsum(rng.exponential(uniform_log(rng, 0.02, 0.09), int(rng.integers(4, 14)))):
        place(crack, band(rng.standard_normal(RATE // 2), 60, uniform_log(rng, 2500, 9000), 1) * decay(0.5, uniform_log(rng, 0.08, 0.4)), at, uniform_log(rng, 0.2, 1))
    return unit(crack) * rng.uniform(0.7, 1.2) + rumble(rng, seconds, 300)


def thunder_far(rng: Rng) -> Array:
    return rumble(rng, rng.uniform(5, 9.8), uniform_log(rng, 130, 350))


def rumble(rng: Rng, seconds: float, top_hz: float) -> Array:
    """Low noise that comes in rolls and dies away."""
    low = band(noise(rng, seconds, -2), 55, top_hz)
    t = np.arange(len(low)) / RATE
    rolls = wander(rng, seconds, uniform_log(rng, 1.5, 4))[: len(low)] ** 2
    return unit(low * rolls * np.minimum(1, t / uniform_log(rng, 0.05, 0.8)) * np.exp(-t / uniform_log(rng, 1.5, 4)))


def thunderstorm(rng: Rng) -> Array:
    x = unit(heavy_rain(rng)) * rng.uniform(0.15, 0.4)
    peal = (thunder_near if rng.random() < 0.5 else thunder_far)(rng)
    place(x, peal, rng.uniform(0, 2.5))
    return x


def wind(rng: Rng) -> Array:
    """Gusts: level and pitch rise together. Most of it lies under 500 Hz, as in recordings; above it falls about 5 dB an octave."""
    seconds = length(rng)
    gust = 0.25 + 0.75 * wander(rng, seconds, uniform_log(rng, 0.4, 1.6))
    n = noise(rng, seconds, -3)[: len(gust)]
    gust = gust[: len(n)]
    low = band(noise(rng, seconds, rng.uniform(-4.5, -3)), uniform_log(rng, 30, 90), uniform_log(rng, 300, 600), 1)[: len(n)]
    hiss = moving_band(n, uniform_log(rng, 150, 450) * (0.5 + 1.2 * gust), uniform_log(rng, 0.5, 1.5))
    return unit(low * gust) + unit(hiss * gust**1.3) * rng.uniform(0.2, 0.8)


def howling_wind(rng: Rng) -> Array:
    """Wind in a gap: resonances slide up and down in a broad rush around 500 Hz."""
    seconds = length(rng)
    gust = wander(rng, seconds, uniform_log(rng, 0.4, 1.2), 0.45, 1.0)
    out = unit(band(noise(rng, seconds, -2.5), 120, uniform_log(rng, 1500, 4000), 1)[: len(gust)] * gust)
    for _ in range(int(rng.integers(1, 4))):
        gust = wander(rng, seconds, uniform_log(rng, 0.4, 1.2), 0.2, 1.0)[: len(out)]
        tone = moving_band(noise(rng, seconds)[: len(gust)], uniform_log(rng, 300, 700) * (0.7 + 0.8 * gust), uniform_log(rng, 4, 20)) * gust
        place(out, unit(tone), 0, rng.uniform(0.3, 0.8))
    return out


def light_wind(rng: Rng) -> Array:
    seconds = length(rng)
    gust = wander(rng, seconds, 0.8, 0.35, 1.0)[: round(seconds * RATE)]
    leaves = cloud(rng, seconds, 100 + 900 * gust**2, ticks(rng, 900, 6000, (0.001, 0.006)), 5)
    air = band(noise(rng, seconds, rng.uniform(-4, -2.5)), 40, uniform_log(rng, 1500, 4000), 1)[: len(leaves)]
    return unit(air * gust[: len(air)]) + unit(leaves) * rng.uniform(0.1, 0.6)


def sea(rng: Rng, period: tuple[float, float] = (3.5, 7.5)) -> Array:
    """Waves: a low swell, the break, and the hiss of foam that runs out after it."""
    seconds = rng.uniform(7, 9.9)
    out = unit(band(noise(rng, seconds, -4), 40, 900)) * 0.12
    at = -rng.uniform(0, 4)
    while at < seconds:
        span = rng.uniform(*period)
        t = np.arange(int(span * 1.6 * RATE)) / RATE
        broke = rng.uniform(0.3, 0.5) * span
        level = np.where(t < broke, (t / broke) ** 2.5, np.exp(-(t - broke) / (0.22 * span)))
        foam = np.where(t < broke, 0, 1 - np.exp(-(t - broke) / 0.25)) * np.exp(-np.maximum(t - broke, 0) / (0.4 * span))
        wave = unit(band(noise(rng, 1.6 * span, -3.5), 60, 2500, 1))[: len(t)] * level + unit(band(noise(rng, 1.6 * span, -1), 1500, None, 1))[: len(t)] * foam * rng.uniform(0.3, 0.7)
        place(out, wave * swell(len(t) / RATE, 0.3, 0.5)[: len(t)], at, rng.uniform(0.5, 1))
        at += span * rng.uniform(0.6, 1.1)
    return out


def small_waves(rng: Rng) -> Array:
    """Lapping at a shore: gentle, quick, with bubbles."""
    x = sea(rng, (1.5, 3.0))
    laps = cloud(rng, len(x) / RATE, 6 + 40 * wander(rng, len(x) / RATE, 1.2)[: len(x)] ** 3, bubbles(rng, 300, 1400), 6)
    return unit(band(x, 200, 4000, 1)) * 0.6 + unit(laps)[: len(x)] * rng.uniform(0.3, 0.8)


def fire(rng: Rng, roar: float = 0.05) -> Array:
    """Crackles of all sizes, in bunches, over a soft roar."""
    seconds = length(rng)
    rate = uniform_log(rng, 8, 45) * (0.3 + 2 * wander(rng, seconds, 3) ** 3)[: round(seconds * RATE)]
    snaps = cloud(rng, seconds, rate, ticks(rng, 900, 7000, (0.0006, 0.004), 16), 11)
    fine = cloud(rng, seconds, uniform_log(rng, 60, 200), ticks(rng, 4000, 14_000, (0.0002, 0.0008)), 7)
    flame = band(noise(rng, seconds, -3), 30, uniform_log(rng, 150, 500), 1)[: len(snaps)] * wander(rng, seconds, 6, 0.4, 1)[: len(snaps)]
    return unit(snaps) + unit(fine) * rng.uniform(0.1, 0.35) + unit(flame) * roar * rng.uniform(0.5, 1.5)


def big_fire(rng: Rng) -> Array:
    """A blaze: the roar is the sound, broad and unsteady, with crackles on it."""
    x = fire(rng, 0.4)
    roar = band(noise(rng, len(x) / RATE, -3), 60, uniform_log(rng, 1500, 4000), 1) * wander(rng, len(x) / RATE, 7, 0.5, 1.0)
    return x + unit(roar)[: len(x)] * rng.uniform(0.6, 1.5)


RECIPES = (
    Recipe("light rain", 20, ("rain", "drops", "weather"), ("light rain", "a few raindrops falling", "drizzle pattering down", "gentle rain on leaves"), light_rain),
    Recipe("rain", 24, ("rain", "weather"), ("rain is falling", "steady rain", "rain outside", "the sound of rainfall"), rain),
    Recipe("heavy rain", 22, ("rain", "downpour", "weather"), ("heavy rain", "it is pouring down", "a strong downpour", "torrential rain"), heavy_rain),
    Recipe("rain from indoors", 14, ("rain", "window", "weather"), ("rain heard from inside", "rain against the window", "muffled rain outside the house"), rain_indoors),
    Recipe("thunder", 22, ("thunder", "storm", "weather"), ("a crack of thunder", "lightning strikes close by", "a loud thunderclap rolls away"), thunder_near),
    Recipe("distant thunder", 18, ("thunder", "rumble", "weather"), ("distant thunder", "thunder rumbling far away", "a low roll of thunder"), thunder_far),
    Recipe("thunderstorm", 18, ("thunder", "rain", "storm"), ("a thunderstorm with rain", "thunder during heavy rain", "a storm with lightning and rain"), thunderstorm),
    Recipe("wind", 20, ("wind", "gust", "weather"), ("wind blows", "gusts of wind", "the wind outside", "wind on an open field"), wind),
    Recipe("strong wind", 16, ("wind", "howling", "storm"), ("howling wind", "wind whistling through a gap", "a storm wind howls around the house"), howling_wind),
    Recipe("light wind", 12, ("wind", "breeze", "leaves"), ("a light breeze", "wind in the leaves", "a gentle wind through trees"), light_wind),
    Recipe("sea waves", 24, ("sea", "ocean", "waves", "beach"), ("waves break on the shore", "the sea", "ocean waves", "surf on a beach", "waves rolling in and out"), sea),
    Recipe("small waves", 12, ("water", "waves", "lake"), ("small waves lap at the shore", "water lapping against a boat", "gentle waves on a lake"), small_waves),
    Recipe("fire crackling", 22, ("fire", "crackle", "wood"), ("a fire crackles", "a campfire burning", "wood burning in the fireplace", "crackling flames"), fire),
    Recipe("big fire", 12, ("fire", "roar", "flames"), ("a big fire roars", "a house on fire", "a blaze with roaring flames"), big_fire),
)


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    del work
    yield from takes_of(RECIPES, rng)
