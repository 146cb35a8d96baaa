"""Totals of outside questionnaires by name. Their items are licensed and are not kept here."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import goals as rules
from peerapp.enums import Occasion
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Measure, MeasureTotal
from peerapp.services import audit, families
from peerapp.services.rows import get_row


@dataclass(frozen=True)
class Series:
    """The totals of one measure for one family, oldest first."""

    measure: Measure
    totals: Sequence[MeasureTotal]


def list_measures(session: Session, *, used_only: bool = False) -> Sequence[Measure]:
    """Return the measures of the scheme by name."""
    query = select(Measure).order_by(Measure.name, Measure.id)
    if used_only:
        query = query.where(Measure.is_used)
    return session.scalars(query).all()


def add_measure(
    session: Session,
    actor: Account,
    name: str,
    *,
    lowest: int,
    highest: int,
    higher_is_better: bool,
) -> Measure:
    """Set up a measure by its name and the range of its total.

    Raises
    ------
    Refused
        There is one of that name, or the range is empty.
    """
    refusals = rules.measure_refusals(name, lowest, highest)
    known = {one.name.casefold() for one in list_measures(session)}
    if name.strip().casefold() in known:
        refusals.append(Refusal("name", "There is a measure of this name already."))
    if refusals:
        raise Refused(refusals)
    measure = Measure(
        name=name.strip(), lowest=lowest, highest=highest, higher_is_better=higher_is_better
    )
    session.add(measure)
    audit.record_change(session, actor, "measure.add", measure)
    session.flush()
    return measure


def set_used(session: Session, actor: Account, measure_id: uuid.UUID, *, is_used: bool) -> Measure:
    """Put a measure out of use, or back into it; its totals stay."""
    measure = get_row(session, Measure, measure_id)
    if measure.is_used != is_used:
        measure.is_used = is_used
        audit.record_change(session, actor, "measure.use", measure, used=is_used)
        session.flush()
    return measure


def list_series(session: Session, family_id: uuid.UUID) -> list[Series]:
    """Return the totals of a family that the caller may see, by measure."""
    query = (
        select(MeasureTotal)
        .where(MeasureTotal.family_id == family_id)
        .options(joinedload(MeasureTotal.measure), joinedload(MeasureTotal.recorded_by))
        .order_by(MeasureTotal.taken_on, MeasureTotal.id)
    )
    by_measure: dict[Measure, list[MeasureTotal]] = defaultdict(list)
    for total in session.scalars(query):
        by_measure[total.measure].append(total)
    return [Series(one, by_measure[one]) for one in sorted(by_measure, key=lambda one: one.name)]


def record_total(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    measure_id: uuid.UUID,
    *,
    total: int,
    taken_on: date,
    occasion: Occasion,
    today: date,
) -> MeasureTotal:
    """Record the total of a measure; a second one of the same day replaces the first.

    Raises
    ------
    NotFound
        The measure is not in use, or the actor may not know of the family.
    Refused
        The total is out of the measure's range, or the day is in the future.
    """
    family = families.lock_family(session, actor, family_id)
    measure = get_row(session, Measure, measure_id)
    if not measure.is_used:
        raise NotFound("there is no such measure")
    refusals = rules.total_refusals(measure, total, taken_on, today)
    if refusals:
        raise Refused(refusals)
    query = select(MeasureTotal).where(
        MeasureTotal.family_id == family.id,
        MeasureTotal.measure_id == measure.id,
        MeasureTotal.taken_on == taken_on,
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        row = MeasureTotal(family_id=family.id, measure_id=measure.id, taken_on=taken_on)
        session.add(row)
    row.total, row.occasion, row.recorded_by_id = total, occasion, actor.id
    session.flush()
    audit.record_change(session, actor, "measure.total", row, occasion=occasion.value)
    return row
