"""Letters to families: why this coach suits you, or why you wait and what would help.

A letter says nothing of anybody else: no id, no number, no coach's past, nobody's clearance. It
names only what the wording has a name for, so needs of a sensitive kind cannot appear; nor does it
mention distances, training or people who must not meet, since it may be read by the wrong person.
Notes for a coordinator, which may name people, are in `matching.notes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from matching.costs import met_needs
from matching.problem import SLOT_INDEX, SLOTS, Coach, Family, Problem
from matching.result import Reason
from matching.rules import RULES
from matching.wording import ENGLISH, Wording

# The rules that fail for most coaches come first: the question is asked of every coach.
_CHEAPEST_FIRST = tuple(dict.fromkeys(("distance", "clearance", *RULES)))


class Match(Protocol):
    """What a letter must know of a proposal."""

    @property
    def family_id(self) -> str: ...
    @property
    def coach_id(self) -> str: ...
    @property
    def slot(self) -> str: ...
    @property
    def mode(self) -> str: ...


class LeftOut(Protocol):
    """What a letter must know of a family left out."""

    @property
    def family_id(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Line:
    """One sentence, or two that belong together, before it is put into words.

    Attributes
    ----------
    key
        Which one of `Wording.letter`.
    slot, day, needs, languages, things, gender
        What fills its gap, as in the problem; at most one is there.
    """

    key: str
    slot: str = ""
    day: date | None = None
    needs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    gender: str = ""

    def told(self, wording: Wording) -> str:
        return wording.letter[self.key].format(
            slot=wording.slots.get(self.slot, ""),
            day=wording.day(self.day) if self.day else "",
            needs=wording.listed([wording.needs[tag] for tag in self.needs]),
            languages=wording.listed([wording.languages[code] for code in self.languages]),
            things=wording.listed([wording.household[tag] for tag in self.things]),
            gender=wording.genders.get(self.gender, ""),
        )


@dataclass(frozen=True)
class Letter:
    """What one family is told; the same lines in any language."""

    family_id: str
    lines: tuple[Line, ...]

    def sentences(self, wording: Wording = ENGLISH) -> tuple[str, ...]:
        return tuple(line.told(wording) for line in self.lines)

    def text(self, wording: Wording = ENGLISH) -> str:
        """All of it, a line each."""
        return "\n".join(self.sentences(wording))


def match_letter(problem: Problem, match: Match, wording: Wording = ENGLISH) -> Letter:
    """Why this coach suits the family.

    Parameters
    ----------
    match
        A row of `Result.proposals`.
    wording
        What it has no name for is left out of the letter.

    Raises
    ------
    ValueError
        When the family or the coach is not in the problem.
    """
    family = _family(problem, match.family_id)
    coach = problem.coach_by_id.get(match.coach_id)
    if coach is None:
        raise ValueError("the coach is not in the problem")
    return Letter(family.family_id, tuple(_matched(family, coach, match, wording)))


def waiting_letter(problem: Problem, left_out: LeftOut) -> Letter:
    """Why the family waits, and what would help.

    Parameters
    ----------
    left_out
        A row of `Result.unmatched`.

    Raises
    ------
    ValueError
        When the family is not in the problem.
    """
    family = _family(problem, left_out.family_id)
    return Letter(family.family_id, tuple(_waiting(problem, family, Reason(left_out.reason))))


def _family(problem: Problem, family_id: str) -> Family:
    family = problem.family_by_id.get(family_id)
    if family is None:
        raise ValueError("the family is not in the problem")
    return family


def _named(tags: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    known = set(names)
    return tuple(tag for tag in tags if tag in known)


def _matched(family: Family, coach: Coach, match: Match, wording: Wording) -> Iterator[Line]:
    remote = match.mode == "remote"
    yield Line("matched")
    yield Line("time", slot=match.slot)
    yield Line("remote" if remote else "in_person")
    # By work or by life is not said: what a coach has lived through is the coach's to tell.
    needs = _named(met_needs(family, coach), wording.needs)
    if needs:
        yield Line("needs", needs=needs)
    if len(needs) < len(family.needs):
        yield Line("other_needs")
    languages = _named(sorted(family.languages & coach.languages), wording.languages)
    if languages:
        yield Line("language", languages=languages)
    if family.coach_gender in wording.genders:
        yield Line("gender", gender=family.coach_gender)
    things = _named(sorted(family.household), wording.household)
    if things and not remote:
        yield Line("household", things=things)
    yield Line("next")


def _waiting(problem: Problem, family: Family, reason: Reason) -> Iterator[Line]:
    yield Line("waiting")
    yield Line("since", day=family.waiting_since)
    if reason == Reason.OUTRANKED:
        yield Line("all_taken")
        yield Line("order")
        if len(family.slots) < len(SLOTS):
            yield Line("more_times")
    else:
        yield from _no_candidate(problem, family)
    yield Line("still_looking")
    yield Line("ask")


def _no_candidate(problem: Problem, family: Family) -> Iterator[Line]:
    """Only times and ways to meet are asked of a family: never to live nearer or further, to do
    without its language, or to take any other coach than it asked for."""
    if not family.slots:
        yield Line("no_times")
        return
    yield Line("none_fits")
    slot = helpful_slot(problem, family)
    if slot is not None:
        yield Line("this_time", slot=slot)
    elif remote_would_help(problem, family):
        yield Line("by_phone")
    else:
        yield Line("new_coaches")
        yield Line("keep_wishes")


def helpful_slot(problem: Problem, family: Family) -> str | None:
    """The slot that would make a pair with the most coaches; None if no slot alone does."""
    counts = Counter(
        slot
        for coach in _breaking_only("slots", problem, family)
        if problem.free_places(coach)
        for slot in problem.free_slots(coach)
    )
    return min(counts, key=lambda slot: (-counts[slot], SLOT_INDEX[slot]), default=None)


def remote_would_help(problem: Problem, family: Family) -> bool:
    """Whether accepting to meet remotely would alone make a pair."""
    if family.accepts_remote:
        return False
    return any(
        coach.offers_remote and problem.free_places(coach)
        for coach in _breaking_only("distance", problem, family)
    )


def _breaking_only(rule: str, problem: Problem, family: Family) -> Iterator[Coach]:
    others = [RULES[name] for name in _CHEAPEST_FIRST if name != rule]
    for coach in problem.coaches:
        if not any(breaks(problem, family, coach) for breaks in others) and RULES[rule](
            problem, family, coach
        ):
            yield coach
