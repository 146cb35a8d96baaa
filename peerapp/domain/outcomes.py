"""What many families and coaches say together; what could tell of single people is not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peerapp.domain.funnel import SMALLEST, hidden
from peerapp.enums import OfferSide

HELPED = (5, 4, 3, 2, 1)
WAYS = ("better", "same", "worse")

Counts = tuple[tuple[str, int | None], ...]
"""Groups in their order, each with its count, or None where that is not shown."""


@dataclass(frozen=True)
class Said:
    """What one of the two said after the end: from 1 to 5, and two times yes or no."""

    side: OfferSide
    helped: int
    ended_well: bool
    would_again: bool


@dataclass(frozen=True)
class Answers:
    """What one side said, counted; ``count`` is None under five, and then nothing is shown."""

    side: OfferSide
    count: int | None
    helped: Counts
    ended_well: Counts
    would_again: Counts


@dataclass(frozen=True)
class Course:
    """Where one family began and where it is now, in numbers of which more is better or not."""

    first: float
    last: float


@dataclass(frozen=True)
class Progress:
    """How some families went on; ``families`` is None under five, and then nothing is shown."""

    name: str
    families: int | None
    first: float | None
    last: float | None
    ways: Counts


def answers(side: OfferSide, said: Iterable[Said]) -> Answers:
    """Count what one side said."""
    theirs = [one for one in said if one.side == side]
    helped = Counter(str(one.helped) for one in theirs)
    return Answers(
        side=side,
        count=_shown(len(theirs)),
        helped=_counts(helped, [str(one) for one in HELPED]),
        ended_well=_counts(Counter(_word(one.ended_well) for one in theirs), ["yes", "no"]),
        would_again=_counts(Counter(_word(one.would_again) for one in theirs), ["yes", "no"]),
    )


def progress(name: str, courses: Sequence[Course], *, higher_is_better: bool = True) -> Progress:
    """Count how families went on, and say where they began and are on average."""
    ways = Counter(_way(one, higher_is_better) for one in courses)
    enough = len(courses) >= SMALLEST
    return Progress(
        name=name,
        families=_shown(len(courses)),
        first=_average([one.first for one in courses]) if enough else None,
        last=_average([one.last for one in courses]) if enough else None,
        ways=_counts(ways, WAYS),
    )


def _shown(count: int) -> int | None:
    return count if count >= SMALLEST else None


def _counts(counted: Counter[str], names: Sequence[str]) -> Counts:
    counts = {name: counted[name] for name in names}
    away = hidden(counts)
    return tuple((name, None if name in away else counts[name]) for name in names)


def _average(numbers: Sequence[float]) -> float:
    return round(sum(numbers) / len(numbers), 1)


def _way(course: Course, higher_is_better: bool) -> str:
    if course.first == course.last:
        return "same"
    return "better" if (course.last > course.first) == higher_is_better else "worse"


def _word(answer: bool) -> str:
    return "yes" if answer else "no"
