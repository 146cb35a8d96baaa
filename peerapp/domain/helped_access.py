"""Letting a family or a volunteer in again: what has to be asked first, and how long a code lasts.

Whoever looks for a family knows its names, birthdays and old addresses. So nothing of that is
asked: only what the scheme and the person have done together. And nobody is believed on a call
that comes in: the coordinator rings the number that the record holds.
"""

from __future__ import annotations

from datetime import timedelta

from peerapp.enums import HelpKind, ProofQuestion, ProofWay, Role
from peerapp.errors import Refusal

Q = ProofQuestion

QUESTIONS: dict[tuple[Role, ProofWay], tuple[ProofQuestion, ...]] = {
    (Role.FAMILY, ProofWay.CALLED_BACK): (Q.WORKER, Q.PARTNER, Q.LAST_TIME, Q.FIRST_TIME, Q.GOAL),
    (Role.VOLUNTEER, ProofWay.CALLED_BACK): (
        *(Q.WORKER, Q.PARTNER, Q.LAST_TIME, Q.FIRST_TIME),
        *(Q.REFEREES, Q.COURSE),
    ),
    (Role.FAMILY, ProofWay.IN_PERSON): (Q.SEEN,),
    (Role.VOLUNTEER, ProofWay.IN_PERSON): (Q.SEEN,),
}
"""What may be asked of whom, by the way in which they are spoken to."""

ANSWERS_NEEDED = {ProofWay.CALLED_BACK: 3, ProofWay.IN_PERSON: 1}
"""How many right answers let somebody in; in person, that they are known by sight."""

LIFETIME = {ProofWay.CALLED_BACK: timedelta(minutes=30), ProofWay.IN_PERSON: timedelta(hours=24)}
"""How long a code works: one that is read out is used at once, one on paper the next day."""


def questions_of(role: Role) -> tuple[ProofQuestion, ...]:
    """Return everything that may be asked of somebody, on the phone first."""
    return (*QUESTIONS[role, ProofWay.CALLED_BACK], *QUESTIONS[role, ProofWay.IN_PERSON])


def proof_refusals(
    role: Role, way: ProofWay, answered: frozenset[ProofQuestion], *, may_ring: bool
) -> list[Refusal]:
    """Say why somebody has not shown who they are.

    Parameters
    ----------
    answered
        What was asked and answered rightly, without help.
    may_ring
        Whether there is a number to ring, and its owner called that safe.
    """
    if way is ProofWay.CALLED_BACK and not may_ring:
        text = "The phone is not a safe way to reach them. See them in person."
        return [Refusal("way", text)]
    needed = ANSWERS_NEEDED[way]
    if len(answered & frozenset(QUESTIONS[role, way])) >= needed:
        return []
    if way is ProofWay.IN_PERSON:
        return [Refusal("answered", "Let in only whom you know by sight.")]
    text = f"At least {needed} right answers are needed. If in doubt, see them in person."
    return [Refusal("answered", text)]


def needs_code(kind: HelpKind) -> bool:
    return kind in {HelpKind.CODE, HelpKind.BOTH}


def needs_reset(kind: HelpKind) -> bool:
    return kind in {HelpKind.SECOND_STEP, HelpKind.BOTH}
