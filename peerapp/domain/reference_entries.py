"""What a referee said or wrote elsewhere, typed in by a member of staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from peerapp.domain.referees import name_key
from peerapp.enums import GivenHow, ReferenceState
from peerapp.errors import Refusal
from peerapp.models import Account, Reference
from peerapp.wording import day_of

UNSENT = "unsent"
"""Where answers keep the concern of a form that the referee had begun and not sent."""


@dataclass(frozen=True)
class Entry:
    """Who gave the answers, how and on which day."""

    given_by: str
    how: GivenHow
    given_on: date


def entry_refusals(
    reference: Reference, entry: Entry, actor: Account, today: date
) -> list[Refusal]:
    """Say why an answer cannot be typed in for the referee."""
    if reference.state != ReferenceState.ASKED:
        return [Refusal("not_asked", "This referee has answered already.")]
    refusals = []
    given_by = name_key(entry.given_by)
    if given_by in {name_key(reference.volunteer.name), name_key(actor.name)}:
        message = "Enter the name of the referee who answered: not the volunteer’s, not your own."
        refusals.append(Refusal("given_by", message))
    if not given_by:
        refusals.append(Refusal("given_by", "Enter who gave the answers."))
    if entry.given_on > today:
        refusals.append(Refusal("given_on", "The date must be today or in the past."))
    if entry.given_on < day_of(reference.asked_at):
        message = "They were named later than that. A reference is given for this application."
        refusals.append(Refusal("given_on", message))
    return refusals
