"""Which families and coaches must not come together: asked by each run, and at each step nearer.

Recorded by staff or by a decision, said by the family of somebody who must not find out, or of one
home. The last two are read from the records as they are now, so they can become true of two who
were matched before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from peerapp.domain.hidden_from import pairs_hidden_from
from peerapp.domain.households import pairs_of_one_home
from peerapp.errors import Refusal
from peerapp.models import Exclusion, Family, Match, Volunteer

KEPT_APART = Refusal(
    "kept_apart",
    "This family and this coach are to be kept apart. Look at whom the family named, and end "
    "their match.",
)


def kept_apart(
    families: Sequence[Family], volunteers: Sequence[Volunteer]
) -> frozenset[tuple[str, str]]:
    """Return the pairs of ids that are never matched, whatever is recorded of them as a pair."""
    return pairs_of_one_home(families, volunteers) | pairs_hidden_from(families, volunteers)


def standing_exclusions(
    session: Session, today: date, of: ColumnElement[bool] | None = None
) -> Iterable[tuple[str, str]]:
    """Return the pairs of ids that are recorded, for good or until a day after this one."""
    query = select(Exclusion).where(
        or_(Exclusion.until.is_(None), Exclusion.until > today), true() if of is None else of
    )
    return [(str(row.family_id), str(row.volunteer_id)) for row in session.scalars(query)]


def apart_refusals(session: Session, match: Match, today: date) -> list[Refusal]:
    """Say whether two who are matched already must not be brought any nearer."""
    if kept_apart([match.family], [match.volunteer]):
        return [KEPT_APART]
    these = Exclusion.family_id == match.family_id, Exclusion.volunteer_id == match.volunteer_id
    return [KEPT_APART] if standing_exclusions(session, today, these[0] & these[1]) else []
