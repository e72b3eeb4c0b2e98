"""Unit tests of the synthetic clips' makers: /usr/bin/python3 -m unittest test_synthetic (in this folder)."""

from __future__ import annotations

import unittest

import numpy as np

import alarms
import people_impacts
import vehicles_tools
import water_house
import weather
from dsp import RATE, band, noise, place, silence, speed
from grains import cloud
from midi import MidiFile, Note, Part, variable_length
from recording import MAX_SECONDS, MIN_SECONDS, Take, record

FAMILIES = (alarms, people_impacts, vehicles_tools, water_house, weather)


def centroid(x: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(x)) ** 2
    return float(np.sum(power * np.fft.rfftfreq(len(x), 1 / RATE)) / np.sum(power))


class BuildingBlocks(unittest.TestCase):
    def test_noise_falls_as_asked(self) -> None:
        for slope in (0.0, -3.0, -6.0):
            x = noise(np.random.default_rng(1), 8, slope)
            octaves = [10 * np.log10(np.mean(band(x, hz, 2 * hz, 4) ** 2) / hz) for hz in (250, 1000, 4000)]
            measured = (octaves[2] - octaves[0]) / 4
            self.assertAlmostEqual(measured, slope, delta=0.5)

    def test_speed_moves_the_pitch_by_its_factor(self) -> None:
        tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
        fast = speed(tone, 1.25)
        self.assertAlmostEqual(len(fast) / RATE, 0.8, delta=0.01)
        self.assertAlmostEqual(int(np.argmax(np.abs(np.fft.rfft(fast)))) * RATE / len(fast), 550, delta=3)

    def test_placing_before_the_start_cuts_the_head(self) -> None:
        target = silence(0.001)
        place(target, np.arange(64.0), -0.001)
        self.assertEqual(target[0], 32.0)

    def test_a_cloud_has_as_many_events_as_asked(self) -> None:
        x = cloud(np.random.default_rng(1), 10, 20, [np.ones(1)], spread_db=0.0)
        self.assertAlmostEqual(float(np.sum(x)), 200, delta=60)


class Midi(unittest.TestCase):
    def test_variable_length_as_in_the_specification(self) -> None:
        for value, expected in ((0, "00"), (0x7F, "7f"), (0x80, "8100"), (0x3FFF, "ff7f"), (0x4000, "818000"), (0x0FFFFFFF, "ffffff7f")):
            self.assertEqual(variable_length(value).hex(), expected)

    def test_track_length_is_what_follows(self) -> None:
        file = MidiFile()
        file.add_piece(0.0, [Part(40, [Note(0, 1, 60, 100)]), Part(0, [Note(0.5, 0.1, 38, 90)], drums=True)], 2.0)
        data = file.to_bytes()
        self.assertEqual(int.from_bytes(data[18:22], "big"), len(data) - 22)
        self.assertIn(bytes([0x99, 38, 90]), data)


class Recordings(unittest.TestCase):
    def test_every_recipe_makes_a_recording(self) -> None:
        for family in FAMILIES:
            for recipe in family.RECIPES:
                rng = np.random.default_rng(5)
                x = record(Take(recipe.label, recipe.captions[0], recipe.tags, recipe.make(rng), "numpy", recipe.label, room=recipe.room), rng)
                with self.subTest(recipe.label):
                    self.assertTrue(np.all(np.isfinite(x)))
                    self.assertTrue(MIN_SECONDS <= len(x) / RATE <= MAX_SECONDS)
                    self.assertTrue(10 ** (-30.1 / 20) <= np.max(np.abs(x)) <= 1)

    def test_the_same_seed_gives_the_same_sound(self) -> None:
        first, again = (weather.rain(np.random.default_rng(7)) for _ in range(2))
        self.assertTrue(np.array_equal(first, again))
        self.assertFalse(np.array_equal(first, weather.rain(np.random.default_rng(8))[: len(first)]))

    def test_a_silent_take_is_refused(self) -> None:
        with self.assertRaises(ValueError):
            record(Take("rain", "rain", ("rain",), np.zeros(RATE), "numpy", "nothing"), np.random.default_rng(1))

    def test_near_sounds_differ_as_real_ones_do(self) -> None:
        """Frying is brighter than rain, rain than rain through a window; thunder far off is duller than near."""
        def mean_of(make) -> float:  # noqa: ANN001
            return float(np.mean([centroid(make(np.random.default_rng(seed))) for seed in range(4)]))

        self.assertGreater(mean_of(water_house.frying), 1.3 * mean_of(weather.rain))
        self.assertGreater(mean_of(weather.rain), 3 * mean_of(weather.rain_indoors))
        self.assertGreater(mean_of(weather.thunder_near), 1.5 * mean_of(weather.thunder_far))


if __name__ == "__main__":
    unittest.main()
