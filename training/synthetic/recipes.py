"""A recipe: one kind of sound, a function that makes it from chance, and how people call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dsp import Array, Rng
from recording import Take


@dataclass(frozen=True)
class Recipe:
    """`make` returns mono samples at RATE, any level, 0.05-10 s; each call draws other parameters."""

    label: str
    count: int
    tags: tuple[str, ...]
    captions: tuple[str, ...]
    make: Callable[[Rng], Array]
    room: bool = True


def takes_of(recipes: tuple[Recipe, ...], rng: Rng) -> Iterator[Take]:
    """`count` takes of each, captions in turn."""
    for recipe in recipes:
        for index in range(recipe.count):
            caption = recipe.captions[index % len(recipe.captions)]
            yield Take(recipe.label, caption, recipe.tags, recipe.make(rng), "numpy", f"{recipe.make.__module__}.{recipe.make.__name__} {index}", room=recipe.room)
