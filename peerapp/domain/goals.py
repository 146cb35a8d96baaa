"""Goals of a family: how many, what a score means, and when the next one is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from peerapp.enums import FamilyState, GoalState, Occasion
from peerapp.errors import Refusal
from peerapp.models import Family, Goal, Measure

MOST_OPEN = 3
LONGEST = 300
LOWEST, HIGHEST = 0, 10
"""0: as far away as can be; 10: it is so."""


def open_goals(goals: Iterable[Goal]) -> list[Goal]:
    """Return the goals that the family works on."""
    return [goal for goal in goals if goal.state == GoalState.OPEN]


def add_refusals(family: Family, goals: Iterable[Goal], words: str) -> list[Refusal]:
    """Say why a goal cannot be added."""
    if family.state == FamilyState.CLOSED:
        return [Refusal("is_closed", "The time with us is over. Ask us if you want help again.")]
    if len(open_goals(goals)) >= MOST_OPEN:
        message = "There are three goals already. Finish one of them first."
        return [Refusal("too_many", message)]
    if not words.strip():
        return [Refusal("words", "Say what you want, in your own words.")]
    if len(words.strip()) > LONGEST:
        return [Refusal("words", f"Your answer must be {LONGEST} characters or fewer.")]
    return []


def score_refusals(score: int) -> list[Refusal]:
    """Say why a number is no score."""
    if LOWEST <= score <= HIGHEST:
        return []
    return [Refusal("score", f"Choose a number from {LOWEST} to {HIGHEST}.")]


def occasion_of(goal: Goal, *, at_end: bool) -> Occasion:
    """Return the occasion of the next score: the first one is the start, whenever that is."""
    if not goal.scores:
        return Occasion.START
    return Occasion.END if at_end else Occasion.REVIEW


def review_due(goal: Goal, weeks: int, today: date) -> bool:
    """Say whether it is time to ask again how near an open goal is."""
    if goal.state != GoalState.OPEN:
        return False
    if not goal.scores:
        return True
    return goal.scores[-1].scored_on + timedelta(weeks=weeks) <= today


def total_refusals(measure: Measure, total: int, taken_on: date, today: date) -> list[Refusal]:
    """Say why the total of a measure cannot be recorded."""
    refusals = []
    if not measure.lowest <= total <= measure.highest:
        message = f"The total of {measure.name} is from {measure.lowest} to {measure.highest}."
        refusals.append(Refusal("total", message))
    if taken_on > today:
        refusals.append(Refusal("taken_on", "The day must be today or in the past."))
    return refusals


def measure_refusals(name: str, lowest: int, highest: int) -> list[Refusal]:
    """Say why a measure cannot be set up."""
    if not name.strip():
        return [Refusal("name", "Enter the name of the measure.")]
    if lowest >= highest:
        return [Refusal("highest", "The highest total must be above the lowest.")]
    return []
