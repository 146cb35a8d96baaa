"""What the matcher saw of a family and a coach, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import matching
from peerapp.domain.access import may_see_sensitive_needs
from peerapp.enums import SENSITIVE_NEEDS, OfferSide
from peerapp.models import Account, Family, Match, Volunteer
from peerapp.services.matching_problem import canonical, coach_of, family_of
from peerapp.services.schemes import get_scheme

Snapshot = dict[str, dict[str, Any]]

LEFT_OUT = frozenset({"family_id", "coach_id", "status", "supervisor", "training"})
"""Not told apart here: ids, what the gate asks each time, and training, which follows needs."""

PLACE = ("easting", "northing")


@dataclass(frozen=True)
class Change:
    """One thing that is not as the matcher saw it; a place is named, never told."""

    side: OfferSide
    field: str
    before: Any
    after: Any


def snapshot_of(family: matching.Family, coach: matching.Coach) -> Snapshot:
    """Return what the matcher saw of the two, as JSON can hold it."""
    return {"family": _values(family), "coach": _values(coach)}


def _values(row: matching.Family | matching.Coach) -> dict[str, Any]:
    return {
        one.name: canonical(getattr(row, one.name))
        for one in fields(row)
        if one.name not in LEFT_OUT
    }


def changes_for(session: Session, actor: Account, match: Match, today: date) -> tuple[Change, ...]:
    """Return what differs between the snapshot of a match and today.

    To whoever may not know of sensitive needs, a change of them is not told.
    """
    if not match.snapshot:
        return ()
    sensitive = may_see_sensitive_needs(actor)
    now = snapshot_now(session, match.family, match.volunteer, today)
    found = []
    for side in (OfferSide.FAMILY, OfferSide.COACH):
        before, after = match.snapshot.get(side.value, {}), now[side.value]
        found += _differences(side, before, after, sensitive)
    return tuple(found)


def snapshot_now(session: Session, family: Family, volunteer: Volunteer, today: date) -> Snapshot:
    """Return what the matcher would see of the two today."""
    coach = coach_of(volunteer, get_scheme(session), today)
    return snapshot_of(family_of(family), coach)


def _differences(
    side: OfferSide, before: Mapping[str, Any], after: Mapping[str, Any], sensitive: bool
) -> list[Change]:
    changed = [name for name in after if name in before and before[name] != after[name]]
    found = [
        Change(side, name, _shown(name, before[name]), _shown(name, after[name]))
        for name in changed
        if name not in PLACE
    ]
    if any(name in PLACE for name in changed):
        found.append(Change(side, "place", None, None))
    if sensitive:
        return found
    public = [_public(one) for one in found]
    return [one for one in public if one.before != one.after or one.field == "place"]


def _shown(name: str, value: Any) -> Any:
    return dict(value) if name == "needs" else value


def _public(change: Change) -> Change:
    """Leave sensitive needs out of a change."""
    if change.field not in {"needs", "experience", "lived_experience"}:
        return change
    return Change(change.side, change.field, _without(change.before), _without(change.after))


def _without(value: Any) -> Any:
    hidden = {need.value for need in SENSITIVE_NEEDS}
    if isinstance(value, dict):
        return {tag: weight for tag, weight in value.items() if tag not in hidden}
    return [tag for tag in value if tag not in hidden]
