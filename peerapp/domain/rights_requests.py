"""Until when a request about data must be answered, and what may be done with it."""

from __future__ import annotations

from datetime import date, timedelta

from peerapp.domain.certificates import add_months
from peerapp.enums import RightKind, RightState
from peerapp.errors import Refusal
from peerapp.models import RightsRequest

ACKNOWLEDGED_WITHIN = timedelta(days=30)
"""Data protection complaints: Data (Use and Access) Act 2025, section 103."""

ANSWERED_WITHIN = 1
"""Months in which a person's request is answered (UK GDPR, article 12(3))."""


def due_on(kind: RightKind, received_on: date) -> date:
    """Return the last day: to acknowledge a complaint, to answer anything else."""
    if kind == RightKind.COMPLAINT:
        return received_on + ACKNOWLEDGED_WITHIN
    return add_months(received_on, ANSWERED_WITHIN)


def is_late(request: RightsRequest, today: date) -> bool:
    """Say whether a request should have been answered, or a complaint acknowledged, already."""
    if request.state != RightState.OPEN:
        return False
    if request.kind == RightKind.COMPLAINT and request.acknowledged_on is not None:
        return False
    return today > request.due_on


def closing_refusals(request: RightsRequest, outcome: str) -> list[Refusal]:
    """Say why a request cannot be closed."""
    refusals = []
    if request.state not in {RightState.OPEN, RightState.RELEASED}:
        refusals.append(Refusal("closed", "It is closed already."))
    if not outcome.strip():
        refusals.append(Refusal("outcome", "Say what came of it."))
    return refusals
