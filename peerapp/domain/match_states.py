"""The life of a match: its steps, what a refusal leads to, and who may know whom when."""

from __future__ import annotations

from datetime import date

from peerapp.domain.eligibility import support_refusals
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import Consequence, CoverState, DeclineReason, MatchState
from peerapp.errors import Refusal
from peerapp.models import Match, MatchCover

M = MatchState

STEPS: dict[MatchState, frozenset[MatchState]] = {
    M.PROPOSED: frozenset({M.OFFERED_TO_COACH, M.DECLINED, M.WITHDRAWN}),
    M.OFFERED_TO_COACH: frozenset({M.OFFERED_TO_FAMILY, M.DECLINED, M.WITHDRAWN}),
    M.OFFERED_TO_FAMILY: frozenset({M.APPROVED, M.DECLINED, M.WITHDRAWN}),
    M.APPROVED: frozenset({M.INTRODUCED, M.WITHDRAWN, M.ENDED}),
    M.INTRODUCED: frozenset({M.ACTIVE, M.PAUSED, M.ENDED}),
    M.ACTIVE: frozenset({M.PAUSED, M.ENDED}),
    M.PAUSED: frozenset({M.ACTIVE, M.ENDED}),
    M.ENDED: frozenset(),
    M.DECLINED: frozenset(),
    M.WITHDRAWN: frozenset(),
}
"""For each state, the states that may follow it."""

OPEN_PROPOSAL = frozenset({M.PROPOSED, M.OFFERED_TO_COACH, M.OFFERED_TO_FAMILY})
OFFERED = frozenset({M.OFFERED_TO_COACH, M.OFFERED_TO_FAMILY})
"""States in which a proposal lies with the coach or the family; their place is kept meanwhile."""
HOLDS_PLACE = frozenset({M.APPROVED, M.INTRODUCED, M.ACTIVE, M.PAUSED})
KEEPS_PLACE = HOLDS_PLACE | OFFERED
OVER = frozenset({M.ENDED, M.DECLINED, M.WITHDRAWN})
KNOWS_CONTACT = frozenset({M.INTRODUCED, M.ACTIVE})
"""States in which family and coach may see how to reach each other."""

CONSEQUENCES: dict[DeclineReason, Consequence] = {
    DeclineReason.KNOWN_TO_EACH_OTHER: Consequence.EXCLUDED_FOR_GOOD,
    DeclineReason.SAFETY_CONCERN: Consequence.EXCLUDED_FOR_GOOD,
    DeclineReason.FAMILY_SAID_NO: Consequence.EXCLUDED_FOR_GOOD,
    DeclineReason.COACH_SAID_NO: Consequence.EXCLUDED_FOR_GOOD,
    DeclineReason.NOT_NOW: Consequence.COOL_OFF,
    DeclineReason.NO_ANSWER: Consequence.COOL_OFF,
    DeclineReason.FAMILY_DETAILS_WRONG: Consequence.CORRECT_FAMILY,
    DeclineReason.COACH_DETAILS_WRONG: Consequence.CORRECT_COACH,
    DeclineReason.BETTER_ELSEWHERE: Consequence.NONE,
}
"""What each reason to decline does to the next matching run."""


def step_refusals(match: Match, to: MatchState) -> list[Refusal]:
    """Say why a match may not take a step; empty means that the order of steps allows it."""
    if to in STEPS[match.state]:
        return []
    return [Refusal("no_such_step", f"A match that is {match.state.value} cannot be {to.value}.")]


def people_refusals(match: Match, today: date) -> list[Refusal]:
    """Say why this coach and this family may not be together today."""
    return [
        *clearance_refusals(match.volunteer, today),
        *support_refusals(match.family, today),
    ]


def contact_refusals(match: Match, today: date) -> list[Refusal]:
    """Say why family and coach may not see each other's contact details now.

    Asked at every view; nothing is remembered, so an end, a suspension or a lapse takes the
    details away the same second.
    """
    refusals = []
    if match.state not in KNOWS_CONTACT:
        refusals.append(Refusal("not_introduced", "The match is not introduced, or not running."))
    return [*refusals, *sharing_refusals(match), *people_refusals(match, today)]


def cover_refusals(match: Match, cover: MatchCover, today: date) -> list[Refusal]:
    """Say why a family and its backup coach may not see each other's contact details now.

    A pause of the match closes this too; that its coach is away, or no longer cleared, does not.
    """
    refusals = []
    if match.state not in KNOWS_CONTACT:
        refusals.append(Refusal("not_introduced", "The match is not introduced, or not running."))
    if not steps_in(cover, today):
        refusals.append(Refusal("not_covering", "The backup coach does not step in today."))
    return [
        *refusals,
        *sharing_refusals(match),
        *clearance_refusals(cover.volunteer, today),
        *support_refusals(match.family, today),
    ]


def steps_in(cover: MatchCover, today: date) -> bool:
    """Say whether a backup coach is to step in on a day."""
    if cover.state != CoverState.ARRANGED or cover.starts_on is None or cover.ends_on is None:
        return False
    return cover.starts_on <= today <= cover.ends_on


def sharing_refusals(match: Match) -> list[Refusal]:
    """Say what else keeps a family's contact details from whoever coaches it.

    It holds for the coach and for a backup coach alike.
    """
    if not is_frozen(match):
        return []
    return [Refusal("contact_stopped", "Contact is stopped until a worry is settled.")]


def is_frozen(match: Match) -> bool:
    """Say whether a safeguarding concern stops contact in this match."""
    return any(freeze.lifted_at is None for freeze in match.freezes)
