"""Duty cover, what waits for a second person, requests about data, a hold; all by services."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.demo.decisions import BASE_URL
from peerapp.domain.access import works_with_family
from peerapp.enums import CoverVerdict, FamilyState, RightKind, Role
from peerapp.models import Account, Family
from peerapp.services import (
    bulk_exports,
    duty_covers,
    legal_holds,
    rights_requests,
    staff_of,
)

YESTERDAY = timedelta(hours=26)


def build(session: Session, now: datetime, today: date, rng: random.Random) -> None:
    """Leave a few things for the managers and the lead to look at."""
    coordinators = staff_of.list_active(session, Role.COORDINATOR)
    manager = staff_of.list_active(session, Role.MANAGER)[0]
    families = session.scalars(select(Family).order_by(Family.reference)).all()
    for coordinator in coordinators[:2]:
        _cover(session, coordinator, manager, families, now)
    bulk_exports.ask_for_families(
        session, coordinators[0], "Totals for the partnership board.", now, BASE_URL
    )
    _rights(session, manager, families, today, rng)


def _cover(
    session: Session,
    coordinator: Account,
    manager: Account,
    families: Sequence[Family],
    now: datetime,
) -> None:
    """Open two records elsewhere, yesterday: one looked through since, one to look through."""
    elsewhere = [one for one in families if not works_with_family(coordinator, one)][:2]
    reasons = (
        "Out-of-hours duty: a school rang about a child who was not collected.",
        "Standing in for a colleague who is ill; the coach could not reach the family.",
    )
    for family, reason in zip(elsewhere, reasons, strict=False):
        begun = now - YESTERDAY
        grant = duty_covers.open_record(
            session, coordinator, family.reference, reason, begun, BASE_URL
        )
        grant.created_at = begun
        if reason == reasons[0]:
            note = "Rang the duty desk: it was as described."
            given = grant.id, CoverVerdict.IN_ORDER, note, now
            duty_covers.sign_off(session, manager, *given)


def _rights(
    session: Session,
    manager: Account,
    families: Sequence[Family],
    today: date,
    rng: random.Random,
) -> None:
    closed = [one for one in families if one.state == FamilyState.CLOSED]
    open_ones = [one for one in families if one.state == FamilyState.WAITING]
    for family in closed[:1]:
        legal_holds.set_hold(
            session,
            manager,
            family.reference,
            "A serious case review has asked for the file.",
            today + timedelta(days=120),
            today,
        )
    for family, kind, words in zip(
        open_ones,
        (RightKind.ACCESS, RightKind.CORRECT),
        ("I would like to see what you hold.", "You have my middle name wrong."),
        strict=False,
    ):
        days = timedelta(days=9)
        given = kind, words, today - days, today
        rights_requests.receive(session, manager, *given, person=family, choose=rng.choice)
    given = RightKind.COMPLAINT, "A letter came although I had asked for none.", today, today
    rights_requests.receive(session, manager, *given, who="A parent, by phone", choose=rng.choice)
