"""Breaks of a coach: when they may be, when they begin and when they are over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from peerapp.domain.vetting import COACHING_STATES
from peerapp.enums import PauseState, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import Volunteer, VolunteerPause

STANDING = frozenset({PauseState.PLANNED, PauseState.RUNNING})
FURTHEST = timedelta(days=366)


def plan_refusals(
    volunteer: Volunteer,
    others: Iterable[VolunteerPause],
    starts_on: date,
    ends_on: date | None,
    today: date,
) -> list[Refusal]:
    """Say why a break cannot be planned; the codes name the fields of its form."""
    if volunteer.state not in COACHING_STATES | {VolunteerState.PAUSED}:
        return [Refusal("not_coaching", "Only somebody who coaches can take a break.")]
    if starts_on < today:
        return [Refusal("starts_on", "The first day must be today or in the future.")]
    if starts_on > today + FURTHEST:
        return [Refusal("starts_on", "The first day must be within a year.")]
    if ends_on is not None and ends_on < starts_on:
        return [Refusal("ends_on", "The last day must not be before the first.")]
    if any(overlap(other, starts_on, ends_on) for other in others if other.state in STANDING):
        return [Refusal("starts_on", "There is a break at this time already.")]
    if volunteer.state == VolunteerState.PAUSED and starts_on == today:
        return [Refusal("starts_on", "The volunteer is taking a break already.")]
    return []


def overlap(other: VolunteerPause, starts_on: date, ends_on: date | None) -> bool:
    """Say whether two breaks share a day; one without an end goes on for ever."""
    return (ends_on is None or other.starts_on <= ends_on) and (
        other.ends_on is None or starts_on <= other.ends_on
    )


def is_over(pause: VolunteerPause, today: date) -> bool:
    """Say whether the last day of a break has passed."""
    return pause.ends_on is not None and pause.ends_on < today
