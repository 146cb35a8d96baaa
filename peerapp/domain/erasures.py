"""When somebody may be erased, and what becomes of each table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peerapp.domain.match_states import HOLDS_PLACE, OPEN_PROPOSAL
from peerapp.domain.onboarding import FINAL
from peerapp.domain.person_records.kinds import Fate, Record
from peerapp.enums import CoachGender, FamilyState
from peerapp.errors import Refusal
from peerapp.models import Family, Match, Volunteer

ABOUT_THE_FAMILY = frozenset({"session_note", "session_plan", "first_visit", "match_ending"})
"""What coaches and staff wrote about a family: it stays when its coach is erased."""

WHY_THE_FAMILYS = "It is about the family, who has not been erased."


def fate_of(record: Record, person: Family | Volunteer) -> Fate:
    """Return what an erasure of this person does with a table."""
    if isinstance(person, Volunteer) and record.table in ABOUT_THE_FAMILY:
        return Fate.KEPT
    return record.fate


def why_kept(record: Record, person: Family | Volunteer) -> str:
    """Say why something of a table outlives an erasure of this person; empty where nothing does."""
    if isinstance(person, Volunteer) and record.table in ABOUT_THE_FAMILY:
        return WHY_THE_FAMILYS
    return record.why_kept


def erasing_refusals(
    person: Family | Volunteer, *, is_held: bool, matches: Iterable[Match], has_concern: bool
) -> list[Refusal]:
    """Say why somebody cannot be erased now; empty means that they can."""
    found = []
    if is_held:
        text = "A legal hold stands on this record, or on that of somebody they were matched with."
        found.append(Refusal("held", text))
    if has_concern:
        found.append(Refusal("concern", "A safeguarding concern about this person is open."))
    if any(one.state in OPEN_PROPOSAL | HOLDS_PLACE for one in matches):
        found.append(Refusal("match", "End the matches first."))
    is_closed = (
        person.state == FamilyState.CLOSED if isinstance(person, Family) else person.state in FINAL
    )
    if not is_closed:
        found.append(Refusal("open", "Close the record first."))
    return found


def empty_of(nullable: bool, value: Any) -> Any:
    """Return what stands where a value was: nothing of it, and of a kind that the column takes."""
    if nullable:
        return None
    if isinstance(value, CoachGender):
        return CoachGender.ANY
    for kind, empty in ((bool, False), (int, 0), (str, ""), (tuple, ()), (dict, {}), (list, [])):
        if isinstance(value, kind):
            return empty
    raise ValueError(f"there is no empty value for {type(value).__name__}")
