"""Engines, cars, trains, aircraft, ships; saws, hammers, drills and other machines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import signal

from dsp import RATE, Array, Rng, band, clock, decay, harmonics, modes, noise, peak_filter, place, saturate, silence, swell, sweep, uniform_log, unit, wander
from recipes import Recipe, takes_of
from recording import Take, room_response


def combustion(rng: Rng, firing_hz: Array, rough: float) -> Array:
    """
    Exhaust pulses at `firing_hz` (one value a sample), unequal from cylinder to cylinder and from stroke to stroke,
    through the resonances of a pipe and a body.
    """
    n = len(firing_hz)
    phase = np.cumsum(firing_hz) / RATE
    edges = np.nonzero(np.diff(np.floor(phase), prepend=-1) > 0)[0]
    cylinders = int(rng.choice([1, 2, 3, 4, 4, 6]))
    even = rng.uniform(0.7, 1.0, cylinders)
    pulses = np.zeros(n)
    at = np.clip(edges + (rng.normal(0, rough * 0.02 * RATE / np.mean(firing_hz), len(edges))).astype(int), 0, n - 1)
    np.add.at(pulses, at, even[np.arange(len(edges)) % cylinders] * (1 + rough * rng.normal(0, 0.3, len(edges))))
    burst = band(rng.standard_normal(900), 60, 3000, 1) * decay(900 / RATE, 0.02)
    blow = signal.lfilter([1.0], [1.0, -0.97], pulses) + 0.3 * signal.oaconvolve(pulses, unit(burst))[:n]
    pipe = sum(g * peak_filter(blow, hz, q) for hz, g, q in zip(uniform_log(rng, 70, 160) * np.array([1, 2.1, 3.4, 6.0, 10.0]), (1.5, 1.2, 0.8, 0.5, 0.35), (2, 3, 3, 3, 3)))
    return unit(band(pipe + 0.3 * blow, 35, None, 1))


def mechanical(rng: Rng, firing_hz: Array) -> Array:
    """Valves, belts and intake: noise in step with the engine."""
    n = len(firing_hz)
    hiss = band(noise(rng, n / RATE, -2)[:n], 500, 7000, 1)
    return unit(hiss * (0.6 + 0.4 * np.sin(sweep(firing_hz))))


def engine_idle(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9.5)
    hz = uniform_log(rng, 18, 45) * (1 + 0.04 * wander(rng, seconds, 2, -1, 1))
    hz = hz[: round(seconds * RATE)]
    return combustion(rng, hz, rng.uniform(0.3, 1)) + rng.uniform(0.05, 0.2) * mechanical(rng, hz)


def engine_rev(rng: Rng) -> Array:
    seconds = rng.uniform(3, 8)
    t = clock(seconds)
    pedal = np.zeros(len(t))
    for at in np.arange(rng.uniform(0.2, 1), seconds, rng.uniform(1.2, 2.6)):
        pedal = np.maximum(pedal, np.where(t > at, np.minimum(1, (t - at) / rng.uniform(0.2, 0.5)) * np.exp(-np.maximum(t - at - 0.5, 0) / 0.5), 0))
    idle = uniform_log(rng, 22, 45)
    hz = idle * (1 + rng.uniform(2, 4.5) * signal.lfilter([0.0003], [1, -0.9997], pedal))
    return combustion(rng, hz, 0.4) * (0.35 + 0.65 * hz / hz.max()) + 0.2 * mechanical(rng, hz) * hz / hz.max()


def engine_start(rng: Rng) -> Array:
    """The starter turns the engine over a few times, it catches, flares and idles."""
    crank = rng.uniform(0.6, 2.0)
    seconds = crank + rng.uniform(2, 5)
    t = clock(seconds)
    churn = uniform_log(rng, 3.5, 6.5)
    turning = harmonics(sweep(np.full(len(t), churn * 40)), np.array([churn * 40]), [0.5, 0.6, 0.4, 0.3, 0.2]) * (0.5 + 0.5 * np.abs(np.sin(np.pi * churn * t))) + 0.4 * unit(band(noise(rng, seconds, -2), 200, 3000, 1))[: len(t)]
    idle = uniform_log(rng, 22, 40)
    hz = idle * (1 + 1.4 * np.exp(-np.maximum(t - crank, 0) / 0.5))
    running = combustion(rng, hz, 0.6) + 0.15 * mechanical(rng, hz)
    return np.where(t < crank, 0.35 * unit(turning) * (0.5 + 0.5 * np.abs(np.sin(np.pi * churn * t))), running * np.minimum(1, (t - crank) / 0.1))


def passing(rng: Rng, x: Array, closest: float, near: float) -> Array:
    """A source that drives by: louder and brighter when near, its pitch falls as it passes. `near` seconds is half the level's width."""
    t = np.arange(len(x)) / RATE
    away = np.sqrt(1 + ((t - closest) / near) ** 2)
    shift = 1 + 0.06 * rng.uniform(0.5, 2) * -np.tanh((t - closest) / near)
    warped = np.interp(np.cumsum(shift) - 1, np.arange(len(x)), x)
    low = band(warped, None, 700, 1)
    return (low / away + (warped - low) / away**1.8) * swell(len(x) / RATE, 0.5, 0.5)[: len(x)]


def car_pass(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9.5)
    hz = np.full(round(seconds * RATE), uniform_log(rng, 50, 110))
    tyres = unit(band(noise(rng, seconds, -2), 250, 4000, 1))[: len(hz)]
    return passing(rng, 0.6 * combustion(rng, hz, 0.2) + tyres, seconds * rng.uniform(0.4, 0.6), uniform_log(rng, 0.4, 1.2))


def motorcycle(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9)
    t = clock(seconds)
    climb = uniform_log(rng, 35, 70) * (1 + 1.8 * wander(rng, seconds, 0.6)[: len(t)])
    return saturate(combustion(rng, climb, 0.25), 3) + 0.15 * mechanical(rng, climb)


def traffic(rng: Rng) -> Array:
    seconds = rng.uniform(6, 9.8)
    out = unit(band(noise(rng, seconds, -4), 40, 1500, 1)) * 0.25
    for _ in range(int(rng.integers(2, 6))):
        place(out, unit(car_pass(rng)), rng.uniform(-3, seconds - 2), uniform_log(rng, 0.2, 0.8))
    return out


def train(rng: Rng) -> Array:
    """Rumble and hiss of wheels, and the pairs of axles over the rail joints."""
    seconds = rng.uniform(5, 9.8)
    roll = 0.6 * unit(band(noise(rng, seconds, -3), 60, 900, 1)) + 0.1 * unit(band(noise(rng, seconds, -2), 1200, 6000, 1))
    period, gap = rng.uniform(0.5, 1.3), rng.uniform(0.12, 0.2)
    hit = unit(modes(0.3, uniform_log(rng, 90, 200) * np.array([1, 2.2, 3.7, 6.1, 9.3]), np.array([0.15, 0.12, 0.1, 0.08, 0.06]), np.array([1, 0.9, 0.7, 0.6, 0.5]), rng) + 0.5 * unit(band(rng.standard_normal(9600), 300, 4000, 1) * decay(0.3, 0.06)))
    at = rng.uniform(0, period)
    while at < seconds:
        for k in (0, gap, 2.1 * gap, 3.1 * gap) if period > 0.9 else (0, gap):
            place(roll, hit, at + k, rng.uniform(0.8, 1.5))
        at += period
    return roll


def subway(rng: Rng) -> Array:
    """A train in a tunnel that slows down, with the motor's whine and brakes that squeal."""
    seconds = rng.uniform(5, 9.8)
    t = clock(seconds)
    pace = 1 - 0.8 * (t / seconds) if rng.random() < 0.5 else 0.2 + 0.8 * t / seconds
    hz = uniform_log(rng, 250, 700) * pace + 40
    out = unit(train(rng))
    out = np.resize(out, len(t)) * (0.3 + 0.7 * pace) + 0.25 * unit(harmonics(sweep(hz), hz, [1, 0.6, 0.4, 0.3]))
    if rng.random() < 0.6:
        squeal = sum(np.sin(sweep(np.full(len(t), f)) + 3 * wander(rng, seconds, 8)[: len(t)]) for f in uniform_log(rng, 2200, 4500) * np.array([1, 1.27, 1.9]))
        out = out + 0.2 * unit(squeal) * (1 - pace) ** 2
    return signal.fftconvolve(out, room_response(rng, 1.2, 0.8))[: len(t)]


def horn_chord(rng: Rng, root: float, ratios: tuple[float, ...], seconds: float, bright: float) -> Array:
    """Reed horns blown together: many harmonics, a slow start and breath in the tone."""
    t = clock(seconds)
    out = np.zeros(len(t))
    for ratio in ratios:
        hz = root * ratio * rng.uniform(0.995, 1.005) * (1 - 0.03 * np.exp(-t / 0.08))
        out += unit(harmonics(sweep(hz), hz, list(1 / np.arange(1, 25) ** bright)))
    return (out + 0.1 * band(noise(rng, seconds, -2), 500, 5000)[: len(t)]) * swell(seconds, 0.06, rng.uniform(0.08, 0.3))[: len(t)]


def honks(rng: Rng, one: Array, count: int, gap: float) -> Array:
    out = silence(count * (len(one) / RATE + gap) + 0.3)
    for i in range(count):
        place(out, one, 0.05 + i * (len(one) / RATE + gap * rng.uniform(0.7, 1.3)))
    return out[: 10 * RATE]


def train_horn(rng: Rng) -> Array:
    chord = ((1, 1.19, 1.33, 1.59), (1, 1.25, 1.5), (1, 1.2, 1.5, 1.8), (1, 1.33))[rng.integers(4)]
    one = horn_chord(rng, uniform_log(rng, 240, 380), chord, rng.uniform(0.6, 3), rng.uniform(0.6, 1.0))
    out = honks(rng, one, int(rng.integers(1, 4)), rng.uniform(0.2, 0.6))
    return signal.fftconvolve(out, room_response(rng, uniform_log(rng, 0.8, 2.5), rng.uniform(0.3, 1)))


def car_horn(rng: Rng) -> Array:
    root = uniform_log(rng, 330, 520)
    one = horn_chord(rng, root, (1.0, float(rng.choice([1.19, 1.25, 1.26]))) if rng.random() < 0.75 else (1.0,), uniform_log(rng, 0.12, 1.5), rng.uniform(0.4, 0.8))
    return honks(rng, one, int(rng.integers(1, 5)), rng.uniform(0.08, 0.4))


def truck_horn(rng: Rng) -> Array:
    one = horn_chord(rng, uniform_log(rng, 140, 240), (1.0, 1.2, 1.5)[: int(rng.integers(1, 4))], uniform_log(rng, 0.4, 2.5), rng.uniform(0.5, 0.9))
    return honks(rng, one, int(rng.integers(1, 3)), 0.3)


def ship_horn(rng: Rng) -> Array:
    one = horn_chord(rng, uniform_log(rng, 65, 150), (1.0, 1.5)[: int(rng.integers(1, 3))], rng.uniform(1.5, 5), rng.uniform(0.7, 1.2))
    return signal.fftconvolve(honks(rng, one, int(rng.integers(1, 3)), 0.8), room_response(rng, rng.uniform(2, 4), 1.0))


def jet(rng: Rng) -> Array:
    """A broad roar that swells and dulls as it goes, with a turbine's whine before it."""
    seconds = rng.uniform(5, 9.8)
    roar = unit(band(noise(rng, seconds, -2.5), 40, 6000, 1)) * (0.85 + 0.15 * wander(rng, seconds, 12))
    n = round(seconds * RATE)
    hz = np.full(n, uniform_log(rng, 1800, 4200))
    whine = unit(harmonics(sweep(hz), hz, [1, 0.4, 0.2]) * (0.5 + wander(rng, seconds, 10)[:n]))
    x = roar[:n] + rng.uniform(0.03, 0.25) * whine
    return passing(rng, x, seconds * rng.uniform(0.35, 0.6), uniform_log(rng, 1.0, 3.0)) if rng.random() < 0.8 else x


def propeller(rng: Rng) -> Array:
    """Blades at 60-110 Hz, all harmonics; two engines beat."""
    seconds = rng.uniform(5, 9.8)
    n = round(seconds * RATE)
    out = np.zeros(n)
    base = uniform_log(rng, 60, 115)
    for detune in (1.0, 1 + rng.uniform(0.004, 0.02))[: int(rng.integers(1, 3))]:
        hz = base * detune * (1 + 0.004 * wander(rng, seconds, 1, -1, 1)[:n])
        out += harmonics(sweep(hz), hz, list(rng.uniform(0.5, 1, 30) / np.arange(1, 31) ** rng.uniform(0.7, 1.1)))
    x = unit(out) + 0.25 * unit(band(noise(rng, seconds, -3), 80, 3000, 1))[:n]
    return passing(rng, x, seconds * rng.uniform(0.3, 0.7), uniform_log(rng, 1.0, 4.0))


def cabin(rng: Rng) -> Array:
    seconds = rng.uniform(5, 9.8)
    x = unit(band(noise(rng, seconds, rng.uniform(-5, -3)), 40, 5000, 1)) + 0.2 * unit(band(noise(rng, seconds), 1000, 6000, 1))
    hz = np.full(len(x), uniform_log(rng, 80, 180))
    return x + 0.12 * harmonics(sweep(hz), hz, [1, 0.5, 0.3])


def helicopter(rng: Rng) -> Array:
    """Blade slap 9-22 times a second: low thumps of noise, and the tail rotor's and turbine's tone."""
    seconds = rng.uniform(5, 9.8)
    n = round(seconds * RATE)
    phase = np.cumsum(np.full(n, uniform_log(rng, 9, 22)) * (1 + 0.01 * wander(rng, seconds, 1, -1, 1)[:n])) / RATE
    slap = np.exp(-(phase % 1) * rng.uniform(3, 8))
    low = unit(band(noise(rng, seconds, -4), 35, 500, 1))[:n] + 0.5 * np.sin(2 * np.pi * 4 * phase)
    high = unit(band(noise(rng, seconds, -1), 600, 5000, 1))[:n]
    hz = np.full(n, uniform_log(rng, 90, 160))
    x = unit(low * slap) + rng.uniform(0.1, 0.4) * high * slap**0.5 + 0.1 * unit(harmonics(sweep(hz), hz, [1, 0.6, 0.4, 0.3]))
    return passing(rng, x, seconds * rng.uniform(0.3, 0.7), uniform_log(rng, 1.5, 5.0)) if rng.random() < 0.6 else x


def hand_saw(rng: Rng) -> Array:
    """Strokes there and back; the teeth make the noise grainy."""
    seconds = rng.uniform(3, 8)
    out = silence(seconds)
    stroke, at, forth = rng.uniform(0.25, 0.6), 0.05, True
    low = uniform_log(rng, 700, 1500)
    while at < seconds - stroke:
        span = stroke * rng.uniform(0.85, 1.15)
        t = clock(span)
        pace = np.sin(np.pi * t / span) ** 0.6
        teeth = 0.35 + 0.65 * (np.sin(2 * np.pi * np.cumsum(uniform_log(rng, 90, 180) * pace) / RATE) > 0)
        x = band(noise(rng, span, -1)[: len(t)], low, uniform_log(rng, 5000, 9000), 1) * pace * teeth
        wood = peak_filter(x, uniform_log(rng, 350, 600), 4)
        place(out, unit(x) + 0.6 * unit(wood), at, 1.0 if forth else rng.uniform(0.4, 0.8))
        at += span * rng.uniform(1.0, 1.15)
        forth = not forth
    return out


def whining_tool(rng: Rng, low: float, high: float, air: float) -> Array:
    """A fast motor that starts, is pressed into the work (slower and rougher), and stops."""
    seconds = rng.uniform(2.5, 8)
    t = clock(seconds)
    on = (1 - np.exp(-t / rng.uniform(0.1, 0.4))) * np.where(t > seconds - 1, np.exp(-np.maximum(t - seconds + 1, 0) / 0.25), 1)
    load = np.clip(wander(rng, seconds, 1.0, -0.7, 1.0)[: len(t)], 0, 1)
    hz = uniform_log(rng, low, high) * on * (1 - 0.3 * load) + 4
    tone = unit(harmonics(sweep(hz), hz, list(rng.uniform(0.3, 1, 16) / np.arange(1, 17) ** 0.7)))
    bite = unit(band(noise(rng, seconds, 0), 1500, 11_000, 1))[: len(t)] * (0.15 + load)
    return (tone * (0.7 + 0.3 * np.sin(sweep(hz / 6))) + air * bite) * on


def drill(rng: Rng) -> Array:
    return whining_tool(rng, 180, 420, rng.uniform(0.1, 0.5))


def circular_saw(rng: Rng) -> Array:
    return whining_tool(rng, 450, 1000, rng.uniform(0.5, 1.2))


def chainsaw(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9)
    t = clock(seconds)
    throttle = signal.lfilter([0.0004], [1, -0.9996], (wander(rng, seconds, 0.9)[: len(t)] > 0.4).astype(float))
    hz = uniform_log(rng, 38, 55) + uniform_log(rng, 70, 130) * throttle
    return saturate(combustion(rng, hz, 0.4), 4) * (0.4 + 0.6 * throttle) + 0.3 * mechanical(rng, hz) * throttle


def hammer(rng: Rng) -> Array:
    """Steel on a nail: a hard click, a ring that is soon damped, the wood underneath; the pitch rises as the nail goes in."""
    count, gap = int(rng.integers(2, 9)), rng.uniform(0.3, 0.75)
    out = silence(count * gap + 0.8)
    steel, wood = uniform_log(rng, 1500, 3200), uniform_log(rng, 120, 300)
    for i in range(count):
        up = 1 + 0.03 * i
        ring = modes(0.4, steel * up * np.array([1, 1.7, 2.8, 4.1]), uniform_log(rng, 0.03, 0.15) * np.array([1, 0.7, 0.5, 0.4]), np.array([1, 0.8, 0.6, 0.5]), rng)
        thud = modes(0.4, wood * np.array([1, 1.9, 3.1]), np.array([0.12, 0.08, 0.06]), np.array([1, 0.7, 0.5]), rng)
        click = band(rng.standard_normal(1600), 1000, None, 1) * decay(0.05, 0.01)
        hit = unit(ring) * rng.uniform(0.4, 0.8) + unit(thud) * rng.uniform(0.6, 1.2)
        place(hit, unit(click), 0, rng.uniform(0.6, 1.4))
        place(out, hit, 0.05 + i * gap * rng.uniform(0.95, 1.05), rng.uniform(0.7, 1))
    return out[: 10 * RATE]


def fan(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9.5)
    x = unit(band(noise(rng, seconds, rng.uniform(-4, -2)), 80, 5000, 1))
    t = np.arange(len(x)) / RATE
    hz = np.full(len(x), uniform_log(rng, 60, 180))
    return x * (1 + rng.uniform(0.05, 0.3) * np.sin(2 * np.pi * rng.uniform(5, 25) * t)) + rng.uniform(0.05, 0.3) * harmonics(sweep(hz), hz, [1, 0.5, 0.3])


def machine_hum(rng: Rng) -> Array:
    seconds = rng.uniform(4, 9.5)
    n = round(seconds * RATE)
    hz = np.full(n, float(rng.choice([50, 60, 100, 120])) * rng.uniform(0.9, 1.1))
    return unit(harmonics(sweep(hz), hz, list(rng.random(14) / np.arange(1, 15) ** 0.8))) + 0.3 * unit(band(noise(rng, seconds, -4), 40, 2500, 1))[:n]


RECIPES = (
    Recipe("car engine", 22, ("engine", "car", "idle"), ("a car engine idles", "an engine is running", "a car stands with its engine on", "engine idling"), engine_idle),
    Recipe("car engine", 16, ("engine", "car", "rev"), ("an engine revs up", "someone revs the engine", "a car revving"), engine_rev),
    Recipe("engine start", 18, ("engine", "car", "start"), ("a car is started", "the engine cranks and starts", "starting a car"), engine_start),
    Recipe("car driving", 22, ("car", "road", "traffic"), ("a car drives past", "a car passes by on the road", "a car going by"), car_pass),
    Recipe("distant traffic", 14, ("traffic", "cars", "road"), ("traffic on a busy road", "cars passing on the street", "road noise"), traffic),
    Recipe("motorcycle engine", 16, ("motorcycle", "engine"), ("a motorcycle", "a motorbike accelerates", "riding a motorcycle"), motorcycle),
    Recipe("train", 24, ("train", "rails", "railway"), ("a train rolls over the rails", "a train passes", "clickety clack of a train", "riding on a train"), train),
    Recipe("subway train", 14, ("subway", "train", "tunnel"), ("an underground train in a tunnel", "a subway train arrives", "a metro brakes"), subway),
    Recipe("train horn", 18, ("train", "horn"), ("a train horn", "a locomotive blows its horn", "a train honks"), train_horn),
    Recipe("car horn", 22, ("car", "horn", "honk"), ("a car horn", "a driver honks", "honk honk", "beeping car horn"), car_horn),
    Recipe("truck horn", 14, ("truck", "horn", "honk"), ("a truck horn", "a lorry blows its air horn", "a deep blast of a truck's horn"), truck_horn),
    Recipe("ship horn", 14, ("ship", "horn", "boat"), ("a ship's horn", "a fog horn", "a ferry blows its horn in the harbour"), ship_horn),
    Recipe("jet engine", 22, ("airplane", "jet", "aircraft"), ("a jet plane flies over", "an airplane passes overhead", "an aeroplane takes off", "roar of a jet engine"), jet),
    Recipe("propeller airplane", 18, ("airplane", "propeller", "aircraft"), ("a propeller plane", "a small airplane drones overhead", "an old plane flies past"), propeller),
    Recipe("airplane cabin", 12, ("airplane", "cabin"), ("inside an airplane", "the cabin of a plane in flight", "the hum of flying in a plane"), cabin),
    Recipe("helicopter", 18, ("helicopter", "rotor"), ("a helicopter", "a helicopter hovers", "chopper blades", "a helicopter flies past"), helicopter),
    Recipe("sawing wood", 20, ("saw", "wood", "tool"), ("someone saws wood", "a hand saw cuts through a board", "sawing a plank"), hand_saw),
    Recipe("circular saw", 16, ("saw", "power tool"), ("a circular saw cuts wood", "a power saw screams", "a table saw"), circular_saw),
    Recipe("electric drill", 18, ("drill", "power tool"), ("an electric drill", "drilling a hole into the wall", "a power drill"), drill),
    Recipe("chainsaw", 12, ("chainsaw", "motor", "tool"), ("a chainsaw", "someone cuts a tree with a chainsaw"), chainsaw),
    Recipe("hammer", 22, ("hammer", "nail", "tool"), ("a hammer hits a nail", "hammering", "someone hammers nails into wood", "banging with a hammer"), hammer),
    Recipe("fan", 14, ("fan", "air", "motor"), ("a fan is running", "an electric fan blows", "the hum of a ventilator"), fan),
    Recipe("machine hum", 14, ("machine", "hum"), ("a machine hums", "the steady hum of a refrigerator", "a humming appliance"), machine_hum),
)


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    del work
    yield from takes_of(RECIPES, rng)
