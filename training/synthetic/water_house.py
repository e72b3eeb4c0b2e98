"""Water and the house: taps, pouring, toilet, kitchen; vacuum cleaner, washing machine, typing, knocks, doors, clocks, glass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import signal

from dsp import RATE, Array, Rng, band, clock, decay, harmonics, modes, moving_band, noise, peak_filter, place, silence, swell, sweep, uniform_log, unit, wander
from grains import bubbles, cloud, ticks
from recipes import Recipe, takes_of
from recording import Take, room_response


def struck_wood(rng: Rng, low_hz: float, seconds: float = 0.3) -> Array:
    """A knock on a panel: a few broad, short modes and the click of the contact."""
    hz = low_hz * np.array([1, 1.6, 2.3, 3.4, 4.6, 6.5]) * rng.uniform(0.92, 1.08, 6)
    body = modes(seconds, hz, uniform_log(rng, 0.08, 0.22) * np.array([1, 0.8, 0.6, 0.5, 0.4, 0.3]), np.array([1, 0.8, 0.6, 0.45, 0.3, 0.2]), rng)
    click = band(rng.standard_normal(len(body)), 700, 4500) * decay(seconds, 0.02)[: len(body)]
    return unit(body) + 0.25 * unit(click)


def drips(rng: Rng) -> Array:
    seconds = rng.uniform(3, 9)
    out = silence(seconds)
    at, gap, kernels = rng.uniform(0, 0.6), uniform_log(rng, 0.3, 1.6), bubbles(rng, uniform_log(rng, 400, 800), uniform_log(rng, 1500, 3000), 6, 0.3)
    while at < seconds:
        drop = kernels[rng.integers(len(kernels))]
        place(out, drop * decay(len(drop) / RATE, 0.05)[: len(drop)] + 0.3 * unit(band(rng.standard_normal(len(drop)), 1000, 9000, 1) * decay(len(drop) / RATE, 0.01)[: len(drop)]), at, rng.uniform(0.4, 1))
        at += gap * rng.uniform(0.7, 1.4)
    return signal.fftconvolve(out, room_response(rng, uniform_log(rng, 0.3, 2.0), rng.uniform(0.3, 1)))


def pouring(rng: Rng) -> Array:
    """Bubbles and a stream into a vessel whose air column shortens, so that a resonance climbs."""
    seconds = rng.uniform(2, 8)
    n = round(seconds * RATE)
    x = unit(cloud(rng, seconds, uniform_log(rng, 120, 600), bubbles(rng, 500, 3500), 6)) + 0.15 * unit(band(noise(rng, seconds, -1), 1500, 10_000))[:n]
    start, end = uniform_log(rng, 250, 600), uniform_log(rng, 900, 2400)
    climb = start * (end / start) ** (np.arange(n) / n) ** rng.uniform(1, 2)
    return (x + rng.uniform(1.5, 4) * moving_band(x, climb, rng.uniform(4, 10))) * swell(seconds, 0.1, 0.4)[:n]


def tap(rng: Rng) -> Array:
    """A steady jet onto metal or into water: bright noise with bubbles in it."""
    seconds = rng.uniform(3, 9.5)
    jet = band(noise(rng, seconds, rng.uniform(-2, 1)), uniform_log(rng, 400, 1500), uniform_log(rng, 7000, 14_000), 1)
    basin = sum(peak_filter(jet, uniform_log(rng, 200, 1800), rng.uniform(3, 8)) for _ in range(3))
    bubble = cloud(rng, seconds, uniform_log(rng, 80, 400), bubbles(rng, 500, 3000), 6)
    return (unit(jet) + rng.uniform(0.3, 1) * unit(basin))[: len(bubble)] * 0.6 + rng.uniform(0.2, 0.8) * unit(bubble)[: len(jet)]


def shower(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9.8)
    drops = cloud(rng, seconds, uniform_log(rng, 800, 2500), ticks(rng, 1500, 9000, (0.0006, 0.003)), 5)
    spray = band(noise(rng, seconds, -0.5), 900, None, 1)[: len(drops)]
    return signal.fftconvolve(unit(drops) + rng.uniform(0.3, 1) * unit(spray), room_response(rng, rng.uniform(0.5, 1.1), 0.8))[: len(drops)]


def brook(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9.8)
    low = uniform_log(rng, 250, 700)
    gurgle = cloud(rng, seconds, uniform_log(rng, 60, 400), bubbles(rng, low, 6 * low), 7)
    rush = band(noise(rng, seconds, -2), 300, 8000, 1)[: len(gurgle)] * wander(rng, seconds, 2, 0.7, 1)[: len(gurgle)]
    return unit(gurgle) + rng.uniform(0.1, 0.5) * unit(rush)


def toilet(rng: Rng) -> Array:
    """Handle, rush, gurgle as the trap empties, then the cistern fills."""
    seconds = rng.uniform(6, 9.8)
    t = clock(seconds)
    peak, drain = rng.uniform(0.6, 1.4), rng.uniform(2.5, 4.5)
    rush = unit(band(noise(rng, seconds, -2.5), 120, 5000, 1))[: len(t)]
    rush = rush + 1.5 * moving_band(rush, 350 + 500 * wander(rng, seconds, 3)[: len(t)], 3)
    rush = unit(rush) * (1 - np.exp(-np.maximum(t - 0.25, 0) / 0.35)) * np.exp(-(np.maximum(t - peak, 0) / drain) ** 2)
    rate = 250 * np.exp(-(((t - drain) / 1.1) ** 2)) + 40 * (t > 0.4) * np.exp(-t / 3)
    gurgle = unit(cloud(rng, seconds, rate, bubbles(rng, 140, 800, rise=0.4), 6))[: len(t)]
    fill = unit(band(noise(rng, seconds, 0), 1800, 9000, 1))[: len(t)] * 0.12 * (1 - np.exp(-np.maximum(t - 1.2, 0) / 1.5))
    x = rush + 0.7 * gurgle + fill
    for at in (0.05, rng.uniform(0.12, 0.3)):
        place(x, struck_wood(rng, uniform_log(rng, 250, 700), 0.15), at, 0.4)
    return signal.fftconvolve(x, room_response(rng, rng.uniform(0.4, 0.9), 0.6))[: len(t)]


def boiling(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9)
    roll = cloud(rng, seconds, uniform_log(rng, 80, 350), bubbles(rng, 250, 2200, rise=0.3), 6)
    steam = band(noise(rng, seconds, -1), 1500, None, 1)[: len(roll)]
    return unit(roll) + uniform_log(rng, 0.03, 0.2) * unit(steam)


def splash(rng: Rng) -> Array:
    seconds = rng.uniform(1, 3)
    t = clock(seconds)
    slap = unit(band(noise(rng, seconds, -0.5), 150, None, 1))[: len(t)] * np.exp(-t / uniform_log(rng, 0.05, 0.25))
    after = cloud(rng, seconds, uniform_log(rng, 100, 400) * np.exp(-t / 0.6), bubbles(rng, 400, 4000) + ticks(rng, 2000, 10_000, (0.001, 0.004), 20), 7)
    return slap + 0.7 * unit(after)[: len(t)]


def frying(rng: Rng) -> Array:
    """Unlike rain: brighter, uneven, with spits well above the bed."""
    seconds = rng.uniform(3, 9)
    bed = band(noise(rng, seconds, 1.0), 2500, 14_000, 1) * wander(rng, seconds, 4, 0.5, 1)
    rate = uniform_log(rng, 60, 250) * (0.3 + 2 * wander(rng, seconds, 5)[: round(seconds * RATE)] ** 2)
    spits = cloud(rng, seconds, rate, ticks(rng, 2500, 12_000, (0.0003, 0.003), 16), 10)
    return unit(spits) + rng.uniform(0.15, 0.5) * unit(bed)[: len(spits)]


def vacuum(rng: Rng) -> Array:
    """A universal motor's whine in a wide rush of air; some start up, some stop, the nozzle moves."""
    seconds = rng.uniform(4, 9.8)
    t = clock(seconds)
    pace = np.ones(len(t))
    if rng.random() < 0.35:
        pace *= 1 - np.exp(-t / rng.uniform(0.3, 0.8))
    if rng.random() < 0.35:
        pace *= np.where(t > seconds - 1.6, np.exp(-np.maximum(t - seconds + 1.6, 0) / 0.6), 1)
    hz = uniform_log(rng, 150, 420) * pace * (1 + 0.02 * wander(rng, seconds, 1.5, -1, 1)[: len(t)]) + 5
    whine = unit(harmonics(sweep(hz), hz, list(rng.uniform(0.2, 1, 12) / np.arange(1, 13) ** rng.uniform(0.5, 1.2))))
    air = unit(band(noise(rng, seconds, rng.uniform(-2, 1.5)), uniform_log(rng, 150, 700), 11_000, 1))[: len(t)]
    air = air + rng.uniform(0.5, 2) * peak_filter(air, uniform_log(rng, 400, 1500), 2) + rng.uniform(0.3, 1.5) * moving_band(air, 600 + 1600 * wander(rng, seconds, 0.8)[: len(t)], 2)
    return (unit(air) + rng.uniform(0.15, 0.6) * whine) * pace**1.5


def hair_dryer(rng: Rng) -> Array:
    x = vacuum(rng)
    return band(x, uniform_log(rng, 250, 600), None, 1)


def washing_machine(rng: Rng) -> Array:
    """Motor hum, a drum that turns about once a second, wet laundry that falls each turn."""
    seconds = rng.uniform(6, 9.8)
    t = clock(seconds)
    turn = rng.uniform(0.7, 1.1)
    hz = uniform_log(rng, 90, 220) * (1 + 0.01 * np.sin(2 * np.pi * turn * t))
    motor = unit(harmonics(sweep(hz), hz, list(1 / np.arange(1, 9) ** 1.2))) * (0.8 + 0.2 * np.sin(2 * np.pi * turn * t))
    slosh = unit(band(noise(rng, seconds, -3), 150, 2500, 1))[: len(t)] * (0.5 + 0.5 * np.sin(2 * np.pi * turn * t + 1)) ** 3
    out = 0.08 * motor + 0.8 * slosh + 0.4 * unit(band(noise(rng, seconds, -3), 40, 3000, 1))[: len(t)]
    for at in np.arange(rng.uniform(0, 1), seconds, 1 / turn):
        place(out, unit(modes(0.4, np.array([70.0, 130, 190, 310]), np.array([0.3, 0.2, 0.2, 0.1]), np.array([1, 0.8, 0.5, 0.3]), rng)), at, rng.uniform(0.3, 0.8))
    return out


def spin_cycle(rng: Rng) -> Array:
    """The drum runs up to speed: a whine that climbs and a shake at the drum's own pace."""
    seconds = rng.uniform(6, 9.8)
    t = clock(seconds)
    drum = 4 + uniform_log(rng, 8, 16) * (1 - np.exp(-t / rng.uniform(1.5, 4)))
    phase = sweep(drum)
    whine = unit(harmonics(24 * phase, 24 * drum, [1, 0.5, 0.4, 0.2, 0.2]))
    shake = (0.6 + 0.4 * np.sin(phase)) * unit(band(noise(rng, seconds, -4), 40, 1500, 1))[: len(t)]
    return 0.35 * whine * np.minimum(1, t / 2) + shake


def typing(rng: Rng) -> Array:
    """Each key: a light click going down, the bottom, a lighter click coming up; bursts and pauses."""
    seconds = rng.uniform(3, 9)
    out = silence(seconds)
    bright, body = uniform_log(rng, 2000, 5500), uniform_log(rng, 180, 450)
    at, gap = rng.uniform(0, 0.3), rng.uniform(0.09, 0.22)
    while at < seconds - 0.2:
        low = 0.6 if rng.random() < 0.15 else 1.0  # space bar
        hz = bright * low * rng.uniform(0.8, 1.25)
        down = unit(band(rng.standard_normal(1600), hz / 1.7, hz * 1.7, 1) * decay(0.05, uniform_log(rng, 0.008, 0.025))) + 0.5 * unit(modes(0.05, np.array([body, 2.3 * body, 5 * body]) * low, np.array([0.05, 0.03, 0.02]), np.array([1, 0.6, 0.4]), rng))
        place(out, down, at, uniform_log(rng, 0.4, 1))
        up = band(rng.standard_normal(900), hz, 2.2 * hz, 1) * decay(900 / RATE, 0.012)
        place(out, unit(up), at + rng.uniform(0.05, 0.11), uniform_log(rng, 0.1, 0.35))
        at += gap * rng.lognormal(0, 0.35) + (rng.exponential(0.7) if rng.random() < 0.08 else 0)
    return out


def knock(rng: Rng) -> Array:
    low, gap, count = uniform_log(rng, 110, 330), uniform_log(rng, 0.14, 0.38), int(rng.integers(2, 7))
    out = silence(count * gap + 0.6)
    for i in range(count):
        place(out, struck_wood(rng, low * rng.uniform(0.97, 1.03)), 0.02 + i * gap * rng.uniform(0.95, 1.05), rng.uniform(0.7, 1))
    return out


def door_close(rng: Rng, force: float = 0.5) -> Array:
    """Latch, the leaf against its frame, the wall behind it."""
    out = silence(1.6)
    place(out, struck_wood(rng, uniform_log(rng, 1200, 2500), 0.1), 0.1, 0.15)
    thud = unit(modes(0.8, uniform_log(rng, 60, 130) * np.array([1, 1.7, 2.6, 3.9, 5.5]), np.array([0.5, 0.35, 0.25, 0.2, 0.12]), np.array([1, 0.8, 0.6, 0.4, 0.3]), rng))
    place(out, thud + force * unit(band(rng.standard_normal(len(thud)), 100, 5000, 1) * decay(len(thud) / RATE, rng.uniform(0.08, 0.25))), 0.15, 1)
    for _ in range(int(rng.integers(1, 4))):
        place(out, struck_wood(rng, uniform_log(rng, 700, 2200), 0.1), 0.17 + rng.exponential(0.06), 0.2 * force)
    return signal.fftconvolve(out, room_response(rng, uniform_log(rng, 0.3, 1.2), 0.4 + force))


def door_slam(rng: Rng) -> Array:
    return door_close(rng, 1.3)


def clock_tick(rng: Rng) -> Array:
    """Tick and tock differ, the pace does not."""
    seconds = rng.uniform(3, 9.5)
    out = silence(seconds)
    beat = float(rng.choice([0.2, 0.25, 0.4, 0.5, 0.5, 1.0, 1.0]))
    low, t60, wood = uniform_log(rng, 900, 3500), uniform_log(rng, 0.015, 0.06), uniform_log(rng, 0.3, 1.5)
    case = uniform_log(rng, 130, 450)
    pair = []
    for ratio in (1.0, rng.uniform(0.75, 0.95)):  # the escapement, the case it stands in, the click of the contact
        x = unit(modes(0.15, low * ratio * np.array([1, 1.6, 2.3, 3.1]), t60 * np.array([1, 0.7, 0.5, 0.4]), np.array([1, 0.8, 0.6, 0.5]), rng))
        x = x + wood * unit(modes(0.15, case * ratio * np.array([1, 1.9, 3.2]), np.array([0.07, 0.05, 0.04]), np.array([1, 0.8, 0.6]), rng))
        pair.append(x + 0.8 * unit(band(rng.standard_normal(len(x)), 300, None, 1) * decay(0.15, 0.012)))
    for i, at in enumerate(np.arange(rng.uniform(0, 0.3), seconds, beat)):
        place(out, pair[i % 2], at, rng.uniform(0.9, 1))
    return out


def glass_break(rng: Rng) -> Array:
    """A crack, then shards that ring as they fall."""
    seconds = rng.uniform(1.2, 3.0)
    out = silence(seconds)
    place(out, unit(band(rng.standard_normal(9600), uniform_log(rng, 150, 900), None, 1) * decay(0.3, uniform_log(rng, 0.06, 0.25))), 0.02)
    place(out, unit(cloud(rng, seconds - 0.1, 400 * np.exp(-clock(seconds - 0.1) / uniform_log(rng, 0.15, 0.5)), ticks(rng, 1500, 14_000, (0.0005, 0.006)), 8)), 0.03, 0.7)
    for at in 0.02 + rng.exponential(uniform_log(rng, 0.12, 0.4), int(rng.integers(40, 120))):
        low = uniform_log(rng, 900, 8000)
        place(out, modes(0.25, low * np.array([1, 1.55, 2.2]), uniform_log(rng, 0.03, 0.25) * np.array([1, 0.7, 0.5]), np.array([1, 0.6, 0.4]), rng), at, uniform_log(rng, 0.04, 0.6))
    return out


def bowl(rng: Rng) -> Array:
    """Glasses, cups, plates: one or a few touches."""
    out = silence(rng.uniform(0.8, 2.5))
    low, t60 = uniform_log(rng, 900, 3800), uniform_log(rng, 0.15, 1.2)
    for at in [0.02, *np.cumsum(rng.exponential(0.25, int(rng.integers(0, 4))))]:
        place(out, modes(1.2, low * rng.uniform(0.97, 1.03) * np.array([1, 2.3, 3.9, 5.7]), t60 * np.array([1, 0.7, 0.5, 0.3]), np.array([1, 0.7, 0.5, 0.3]), rng), at, rng.uniform(0.3, 1))
    return out


RECIPES = (
    Recipe("dripping water", 16, ("water", "drip"), ("water drips", "a dripping tap", "single drops of water in a cave"), drips),
    Recipe("pouring liquid", 22, ("water", "pour", "glass"), ("water is poured into a glass", "someone pours a drink", "filling a cup with tea", "liquid poured from a bottle"), pouring),
    Recipe("tap water", 20, ("water", "tap", "sink"), ("a tap is running", "water runs from the faucet into the sink", "running tap water"), tap),
    Recipe("shower", 16, ("water", "shower", "bathroom"), ("a shower is running", "someone takes a shower", "water spraying in the bathroom"), shower),
    Recipe("river", 18, ("water", "stream", "brook"), ("a small stream", "a brook flows over stones", "gurgling creek", "a river flows by"), brook),
    Recipe("toilet flush", 24, ("toilet", "flush", "water", "bathroom"), ("a toilet flushes", "someone flushes the toilet", "flushing toilet and the tank refilling"), toilet),
    Recipe("boiling water", 16, ("water", "boil", "pot"), ("water boils in a pot", "bubbling boiling water", "a pot on the stove boils"), boiling),
    Recipe("water splash", 18, ("water", "splash"), ("a splash of water", "something drops into the water", "splashing water"), splash),
    Recipe("frying food", 20, ("frying", "sizzle", "kitchen"), ("food frying in a pan", "bacon sizzles", "hot oil sizzling in a pan"), frying),
    Recipe("vacuum cleaner", 26, ("vacuum", "cleaning", "motor"), ("a vacuum cleaner", "someone is hoovering the carpet", "vacuuming the floor", "a noisy vacuum cleaner"), vacuum),
    Recipe("hair dryer", 14, ("hair dryer", "air", "motor"), ("a hair dryer blows", "someone dries their hair", "hairdryer noise"), hair_dryer),
    Recipe("washing machine", 12, ("washing", "laundry", "machine"), ("a washing machine turns the laundry", "a washing machine running", "clothes tumbling in the wash"), washing_machine),
    Recipe("washing machine", 8, ("washing", "laundry", "spin"), ("a washing machine spins", "the spin cycle of a washing machine", "a washing machine speeds up"), spin_cycle),
    Recipe("typing", 26, ("keyboard", "typing", "computer"), ("someone types on a keyboard", "computer keyboard typing", "fingers typing quickly", "clicking keys of a keyboard"), typing),
    Recipe("door knock", 24, ("knock", "door"), ("a knock on the door", "someone knocks on wood", "knocking at the door", "three knocks on a door"), knock),
    Recipe("door close", 16, ("door", "close"), ("a door closes", "someone shuts the door", "a door is shut"), door_close),
    Recipe("door slam", 18, ("door", "slam"), ("a door slams", "a door is slammed shut", "an angry slam of the door"), door_slam),
    Recipe("clock tick", 20, ("clock", "tick"), ("a ticking clock", "a clock ticks", "tick tock", "a wall clock in a quiet room"), clock_tick),
    Recipe("glass break", 20, ("glass", "break", "shatter"), ("glass breaks", "a window is smashed", "a bottle shatters", "breaking glass"), glass_break),
    Recipe("glass clink", 16, ("glass", "clink", "dishes"), ("glasses clink", "cups and plates touch", "the clink of a glass"), bowl),
)


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    del work
    yield from takes_of(RECIPES, rng)
