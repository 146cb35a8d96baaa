"""School holidays: each council has its own, and sessions leave them out where wished."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.session_plans import holiday_refusals
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Locality, SchoolHoliday
from peerapp.services import audit, session_plans
from peerapp.services.rows import get_row

KEPT_ON_PAGE = timedelta(days=90)


def list_holidays(session: Session, today: date) -> Sequence[SchoolHoliday]:
    """Return the holidays of the last three months and all that come, the first one first."""
    query = (
        select(SchoolHoliday)
        .where(SchoolHoliday.last_on >= today - KEPT_ON_PAGE)
        .order_by(SchoolHoliday.first_on, SchoolHoliday.council, SchoolHoliday.id)
    )
    return session.scalars(query).all()


def list_councils(session: Session) -> Sequence[str]:
    """Return the councils that localities of the scheme lie in."""
    query = select(Locality.council).where(Locality.council != "").distinct()
    return session.scalars(query.order_by(Locality.council)).all()


def add(
    session: Session, actor: Account, name: str, council: str, first_on: date, last_on: date
) -> SchoolHoliday:
    """Add a holiday; planned sessions on its days fall away soon after.

    Raises
    ------
    Refused
        The days cannot be, or the council has a holiday then already.
    """
    refusals = holiday_refusals(name, first_on, last_on)
    if refusals:
        raise Refused(refusals)
    same = select(SchoolHoliday).where(
        SchoolHoliday.council.in_(("", council)),
        SchoolHoliday.first_on <= last_on,
        SchoolHoliday.last_on >= first_on,
    )
    if session.scalars(same.limit(1)).first():
        text = "There is a holiday on some of these days already. Remove that one first."
        raise Refused([Refusal("first_on", text)])
    holiday = SchoolHoliday(
        name=name.strip(),
        council=council,
        first_on=first_on,
        last_on=last_on,
        recorded_by_id=actor.id,
    )
    session.add(holiday)
    _record(session, actor, "school_holiday.add", holiday)
    return holiday


def remove(session: Session, actor: Account, holiday_id: uuid.UUID) -> None:
    """Take a holiday away; sessions that fell away because of it come back."""
    holiday = get_row(session, SchoolHoliday, holiday_id)
    _record(session, actor, "school_holiday.remove", holiday)
    session.delete(holiday)


def _record(session: Session, actor: Account, action: str, holiday: SchoolHoliday) -> None:
    session_plans.forget_sweeps(session)
    audit.record_change(
        session,
        actor,
        action,
        holiday,
        first_on=holiday.first_on.isoformat(),
        last_on=holiday.last_on.isoformat(),
    )
