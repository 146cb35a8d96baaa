"""What the compiled loops over pairs read: families' and coaches' columns, and the settings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.encoding import ALL_BITS, ALL_GENDERS, Bools, Encoded, Ints, Numbers
from matching.problem import Settings


class Seekers(NamedTuple):
    """The families' columns for the compiled loop.

    Attributes
    ----------
    languages
        Masks of which one bit must be a coach's; families without a wish have the common bit.
    forbids
        Masks of which no bit may be a coach's: other genders, training that would be lacking,
        what the household has.
    """

    easting: Ints
    northing: Ints
    slots: Ints
    remote: Bools
    min_distance: Ints
    pinned: Ints
    previous: Ints
    languages: Ints
    forbids: Ints
    needs: Ints
    training: Ints
    excluded_start: Ints
    excluded: Ints


class Helpers(NamedTuple):
    """The usable coaches' columns, in the order of the cells; `number` leads back.

    Attributes
    ----------
    languages, forbidden
        The other side of `Seekers.languages` and `Seekers.forbids`.
    """

    number: Numbers
    easting: Ints
    northing: Ints
    slots: Ints
    remote: Bools
    max_distance: Ints
    other_language: Bools
    languages: Ints
    forbidden: Ints
    lived: Ints
    known: Ints
    training: Ints


class Prices(NamedTuple):
    """The settings that the cost of a pair is made of."""

    travel_per_mile: int
    remote: int
    unmet_need: int
    no_peer: int
    scarce_language: int
    scarce_training: int
    change: int


def seekers_of(encoded: Encoded) -> Seekers:
    f = encoded.family
    count = max(1, len(encoded.coaches))
    owner = encoded.excluded // count
    anybody = ~f.languages.any(axis=1)
    return Seekers(
        easting=f.easting,
        northing=f.northing,
        slots=f.slots,
        remote=f.remote,
        min_distance=f.min_distance,
        pinned=f.pinned,
        previous=f.previous,
        languages=np.column_stack([anybody.astype(np.int64), f.languages]),
        forbids=np.column_stack([ALL_GENDERS & ~f.genders, f.training, f.household]),
        needs=np.ascontiguousarray(np.stack(f.needs, axis=1)),
        training=f.training,
        excluded_start=np.searchsorted(owner, np.arange(len(encoded.families) + 1)),
        excluded=encoded.excluded % count,
    )


def helpers_of(encoded: Encoded, order: Ints) -> Helpers:
    c = encoded.coach
    common = np.ones(len(encoded.coaches), dtype=np.int64)
    return Helpers(
        number=order.astype(np.int32),
        easting=c.easting[order],
        northing=c.northing[order],
        slots=c.slots[order],
        remote=c.remote[order],
        max_distance=c.max_distance[order],
        other_language=c.other_language[order],
        languages=np.column_stack([common, c.languages])[order],
        forbidden=np.column_stack([c.gender, ALL_BITS & ~c.training, c.avoids])[order],
        lived=c.lived[order],
        known=c.known[order],
        training=c.training[order],
    )


def prices_of(settings: Settings) -> Prices:
    return Prices(*(getattr(settings, name) for name in Prices._fields))
