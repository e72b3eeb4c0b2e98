"""Speech by espeak-ng and flite: men, women, children, whispers, robots, languages, radio, announcements, crowds."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from dsp import RATE, Array, Rng, band, modes, noise, place, poisson, resample, saturate, silence, speed, uniform_log, unit
from recording import Take, room_response
from speech_texts import DIGITS, ENGLISH, HELLO, GOODBYE, LANGUAGES, YES_NO

MEN = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "adam", "boris", "max", "john", "paul", "gustave", "grandpa", "edward")
WOMEN = ("f1", "f2", "f3", "f4", "f5", "linda", "steph", "belinda", "aunty", "Andrea", "Annie", "anika", "grandma", "shelby")


def espeak(text: str, voice: str, rng: Rng, low: int = 25, high: int = 75, words_per_minute: tuple[int, int] = (120, 210)) -> Array:
    """@param voice language and variant, `de+f3` @returns mono at RATE @throws CalledProcessError"""
    command = ["espeak-ng", "-v", voice, "-s", str(int(rng.integers(*words_per_minute))), "-p", str(int(rng.integers(low, high))), "--stdout", text]
    done = subprocess.run(command, check=True, capture_output=True)
    # espeak-ng streams to a pipe and so cannot write the length into the header.
    samples = np.frombuffer(done.stdout[44:], dtype="<i2").astype(np.float64) / 32768
    rate = int.from_bytes(done.stdout[24:28], "little")
    return unit(np.trim_zeros(resample(samples, rate)))


def flite(text: str, voice: str, rng: Rng, stretch: tuple[float, float] = (0.85, 1.25), mean_hz: float | None = None) -> Array:
    """@param voice slt (a woman), rms, awb, kal16 (men) @returns mono at RATE @throws CalledProcessError"""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={rng.uniform(*stretch):.3f}"]
        if mean_hz is not None:
            command += ["--setf", f"int_f0_target_mean={mean_hz:.0f}"]
        subprocess.run([*command, "-t", text, "-o", file.name], check=True, capture_output=True)
        samples, rate = soundfile.read(io.BytesIO(Path(file.name).read_bytes()), dtype="float64")
    return unit(resample(samples, rate))


def man(text: str, rng: Rng) -> tuple[Array, str]:
    """@returns the speech and the voice's name. Two thirds flite: recorded units sound more like people."""
    if rng.random() < 0.66:
        voice = str(rng.choice(["rms", "awb", "kal16", "rms", "awb"]))
        # A longer or shorter throat by tape speed, the tempo put back by stretching.
        factor = float(np.exp(rng.uniform(-0.14, 0.08)))
        return speed(flite(text, voice, rng, (0.85 * factor, 1.2 * factor)), factor), f"flite {voice}"
    voice = f"{rng.choice(['en-us', 'en-gb', 'en-gb-scotland', 'en-029'])}+{rng.choice(MEN)}"
    return espeak(text, voice, rng, 20, 60), f"espeak-ng {voice}"


def woman(text: str, rng: Rng) -> tuple[Array, str]:
    if rng.random() < 0.66:
        factor = float(np.exp(rng.uniform(-0.08, 0.12)))
        return speed(flite(text, "slt", rng, (0.85 * factor, 1.2 * factor)), factor), "flite slt"
    voice = f"{rng.choice(['en-us', 'en-gb', 'en-gb-x-rp', 'en-029'])}+{rng.choice(WOMEN)}"
    return espeak(text, voice, rng, 40, 80), f"espeak-ng {voice}"


def child(text: str, rng: Rng) -> tuple[Array, str]:
    factor = float(rng.uniform(1.25, 1.5))
    return speed(flite(text, "slt", rng, (1.2 * factor, 1.5 * factor)), factor), "flite slt, short throat"


def foreign(rng: Rng, women: bool) -> tuple[Array, str, str]:
    """@returns speech, voice, and the language's English name"""
    code, name, sentences = LANGUAGES[rng.integers(len(LANGUAGES))]
    voice = f"{code}+{rng.choice(WOMEN if women else MEN)}"
    return espeak(str(rng.choice(sentences)), voice, rng), f"espeak-ng {voice}", name


def whispered(x: Array, rng: Rng) -> Array:
    """The same mouth without the vocal cords: the smoothed spectrum of each 16 ms carried by noise, low end removed."""
    _, _, frames = signal.stft(x, RATE, nperseg=512, noverlap=384)
    _, _, breath = signal.stft(rng.standard_normal(len(x)), RATE, nperseg=512, noverlap=384)
    cepstrum = np.fft.irfft(np.log(np.abs(frames) + 1e-5), axis=0)
    cepstrum[28:-28] = 0  # keeps formants, drops the pitch
    envelope = np.exp(np.fft.rfft(cepstrum, axis=0).real)
    width = min(envelope.shape[1], breath.shape[1])
    _, out = signal.istft(envelope[:, :width] * breath[:, :width], RATE, nperseg=512, noverlap=384)
    return band(out, 350, None)


def anyone(rng: Rng) -> Array:
    if rng.random() < 0.15:
        return foreign(rng, rng.random() < 0.5)[0]
    speaker = man if rng.random() < 0.5 else woman
    return speaker(str(rng.choice(ENGLISH)), rng)[0]


def babble(pool: list[Array], rng: Rng, seconds: float, voices: int) -> Array:
    """`voices` people talk at once, each at a distance of their own, with pauses."""
    out = silence(seconds)
    for _ in range(voices):
        at = -rng.uniform(0, 3)
        gain = uniform_log(rng, 0.12, 1.0)
        pitch = float(np.exp(rng.uniform(-0.12, 0.12)))
        while at < seconds:
            voice = speed(pool[rng.integers(len(pool))], pitch)
            place(out, voice, at, gain)
            at += len(voice) / RATE + uniform_log(rng, 0.2, 3)
    return out


def clinks(rng: Rng, seconds: float, per_second: float) -> Array:
    """Cutlery, cups and glasses on tables."""
    out = silence(seconds)
    for at in poisson(rng, seconds, per_second):
        low = uniform_log(rng, 1500, 5000)
        place(out, modes(0.4, low * np.array([1, 1.7, 2.6, 3.4]), np.array([0.3, 0.2, 0.12, 0.1]) * rng.uniform(0.4, 2), np.array([1, 0.7, 0.5, 0.3]), rng), at, uniform_log(rng, 0.05, 0.5))
    return out


def voice_takes(rng: Rng) -> Iterator[Take]:
    def take(label: str, tags: tuple[str, ...], captions: tuple[str, ...], x: Array, maker: str, index: int, room: bool = True) -> Take:
        return Take(label, captions[index % len(captions)], tags, x, "speech", maker, room=room)

    for i in range(60):
        x, maker = man(str(rng.choice(ENGLISH)), rng)
        yield take("man speaking", ("speech", "male", "talking"), ("a man speaks", "a man is talking", "a male voice says a sentence", "a guy talking in English", "a man reads something aloud"), x, maker, i)
    for i in range(60):
        x, maker = woman(str(rng.choice(ENGLISH)), rng)
        yield take("woman speaking", ("speech", "female", "talking"), ("a woman speaks", "a woman is talking", "a female voice says a sentence", "a lady talking in English", "a woman reads something aloud"), x, maker, i)
    for i in range(24):
        x, maker = child(str(rng.choice(ENGLISH)), rng)
        yield take("child speaking", ("speech", "child", "kid"), ("a child speaks", "a little kid talking", "a small girl says something", "a child's voice"), x, maker, i)
    for i in range(40):
        women = i % 2 == 0
        x, maker, language = foreign(rng, women)
        who, label = ("a woman", "woman speaking") if women else ("a man", "man speaking")
        yield take(label, ("speech", "foreign language", "female" if women else "male"), (f"{who} speaks {language}", f"{who} talking in {language}", f"{who} speaks a foreign language"), x, maker, i)
    for i in range(30):
        text = str(rng.choice(DIGITS))
        x, maker = (man if i % 2 else woman)(text, rng)
        yield take("spoken digit", ("speech", "number", text), (f"someone says the number {text}", f"a voice says {text}", f"the spoken digit {text}"), x, maker, i)
    for i in range(10):
        x, maker = (man if i % 2 else woman)("ten. nine. eight. seven. six. five. four. three. two. one." if i % 3 else "three. two. one. go!", rng)
        yield take("countdown", ("speech", "counting", "numbers"), ("someone counts down", "a countdown from ten", "a voice counting backwards"), x, maker, i)
    for label, texts, captions in (("woman says hello", HELLO, ("a woman says hello", "a greeting from a woman")), ("woman says goodbye", GOODBYE, ("a woman says goodbye", "a woman says bye")), ("yes or no", YES_NO, ("someone says yes or no", "a short spoken answer"))):
        for i in range(10):
            x, maker = (man if label == "yes or no" and i % 2 else woman)(str(rng.choice(texts)), rng)
            yield take(label, ("speech", "word"), captions, x, maker, i)
    for i in range(24):
        x, maker = (man if i % 2 else woman)(str(rng.choice(ENGLISH)), rng)
        yield take("whispering", ("speech", "whisper", "quiet"), ("someone whispers", "a whispering voice", "a secret whispered into the ear", "hushed whisper"), whispered(x, rng), f"{maker}, whispered", i)
    for i in range(18):
        x = espeak(str(rng.choice(ENGLISH)), f"en+{rng.choice(['robosoft', 'robosoft3', 'robosoft5', 'UniRobot', 'klatt', 'klatt4', 'm3'])}", rng, 10, 50)
        if i % 2:
            x = x * np.sin(2 * np.pi * uniform_log(rng, 35, 120) * np.arange(len(x)) / RATE)
        yield take("robot voice", ("speech", "robot", "computer"), ("a robot speaks", "a computer voice talks", "a mechanical synthetic voice"), x, "espeak-ng, robot", i, room=False)
    for i in range(20):
        x, maker = (man if i % 4 else woman)(str(rng.choice(ENGLISH)), rng)
        x = band(saturate(x, rng.uniform(2, 8)), uniform_log(rng, 300, 600), uniform_log(rng, 2200, 3400), order=4)
        x = unit(x) + rng.uniform(0.02, 0.15) * band(noise(rng, len(x) / RATE)[: len(x)], 500, 4000)
        click = int(rng.uniform(0.05, 0.2) * RATE)
        x = np.concatenate([0.3 * band(rng.standard_normal(click), 800, 4000), x, 0.3 * band(rng.standard_normal(click), 800, 4000)])
        yield take("radio chatter", ("speech", "radio", "walkie-talkie"), ("someone talks over a radio", "a voice on a walkie-talkie", "a pilot speaks over the radio", "a crackly radio voice"), x, f"{maker}, radio", i, room=False)
    for i in range(16):
        x, maker = (man if i % 2 else woman)(str(rng.choice(ENGLISH)), rng)
        hall = room_response(rng, uniform_log(rng, 1.2, 3.0), rng.uniform(0.8, 1.8))
        x = signal.fftconvolve(band(x, 300, 4500), hall)
        yield take("public announcement", ("speech", "loudspeaker", "station"), ("an announcement over loudspeakers", "a station announcement", "a voice over a public address system"), x, f"{maker}, loudspeaker", i, room=False)


def crowd_takes(rng: Rng) -> Iterator[Take]:
    pool = [anyone(rng) for _ in range(48)]
    kinds = (
        ("people talking", 24, (2, 6), ("people", "conversation", "speech"), ("people are talking", "a few people in conversation", "several voices talk at once", "a group of people chatting")),
        ("crowd", 30, (14, 40), ("crowd", "chatter", "people"), ("a crowd of people talking", "crowd chatter in a large room", "many people talk at the same time", "babble of voices", "a busy crowd murmurs")),
        ("restaurant ambience", 16, (8, 20), ("restaurant", "cafe", "people", "dishes"), ("people talk in a restaurant with clinking dishes", "a busy cafe", "chatter and cutlery in a restaurant")),
    )
    for label, count, (low, high), tags, captions in kinds:
        for i in range(count):
            seconds = rng.uniform(4, 9.5)
            x = unit(babble(pool, rng, seconds, int(rng.integers(low, high))))
            if label == "restaurant ambience":
                x = x + 0.6 * clinks(rng, seconds, rng.uniform(1, 4))[: len(x)]
            if label != "people talking":
                x = signal.fftconvolve(x, room_response(rng, uniform_log(rng, 0.5, 2.0), rng.uniform(0.5, 1.5)))[: len(x)]
            yield Take(label, captions[i % len(captions)], tags, x, "speech", "flite and espeak-ng, many voices", room=i % 3 == 0)


def takes(rng: Rng, work: Path) -> Iterator[Take]:
    del work  # nothing of this family goes through files
    yield from voice_takes(rng)
    yield from crowd_takes(rng)
