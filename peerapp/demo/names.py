"""Names of made-up people; the lists stand in ``names.toml``."""

from __future__ import annotations

import random
import tomllib
from functools import cache
from importlib import resources

from peerapp.enums import Gender


@cache
def _names(kind: str) -> tuple[str, ...]:
    text = resources.files(__package__).joinpath("names.toml").read_text("utf-8")
    names: str = tomllib.loads(text)[kind]
    return tuple(names.split())


def first_name(rng: random.Random, gender: Gender) -> str:
    """Return a first name; for ``other`` from either list."""
    kinds = {Gender.WOMAN: ("women",), Gender.MAN: ("men",)}.get(gender, ("women", "men"))
    return rng.choice(_names(rng.choice(kinds)))


def last_name(rng: random.Random) -> str:
    """Return a family name."""
    return rng.choice(_names("last"))
