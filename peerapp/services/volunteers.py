"""Volunteers' records: finding, locking and listing them by access, and what every change does."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain import access, onboarding
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import DropOutReason, Role, VolunteerState
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Locality, Volunteer
from peerapp.services import audit, matches, rows
from peerapp.services.rows import once

PAGE = 30
REFERENCE = re.compile(r"V([0-9A-F]{8})")


@dataclass(frozen=True)
class Filters:
    """Which volunteers to list; without a state, those whose record is not closed.

    Attributes
    ----------
    search
        Words of a name, or a reference.
    every_state
        List closed records as well.
    """

    state: VolunteerState | None = None
    locality_id: uuid.UUID | None = None
    search: str = ""
    every_state: bool = False


def reference(volunteer: Volunteer) -> str:
    """Return what volunteer and staff call the application on the phone, such as V0A1B2C3D."""
    return f"V{volunteer.id.hex[:8].upper()}"


def get_own(session: Session, actor: Account) -> Volunteer:
    """Return the volunteer's own record.

    Raises
    ------
    NotFound
        The account has none.
    """
    query = select(Volunteer).where(Volunteer.account_id == actor.id)
    volunteer = once(session, (Volunteer, actor.id), lambda: session.scalar(query))
    if volunteer is None:
        raise NotFound("this account has no volunteer record")
    return volunteer


def lock_own(session: Session, actor: Account) -> Volunteer:
    """Lock the volunteer's own record, and read it afresh.

    Raises
    ------
    NotFound
        The account has none.
    Refused
        The record is closed.
    """
    volunteer = rows.lock_row(session, Volunteer, get_own(session, actor).id)
    return _refuse_closed(volunteer)


def find_volunteer(session: Session, actor: Account, volunteer_id: uuid.UUID) -> Volunteer:
    """Return a volunteer for a page that shows no more than the name and the state.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of it.
    """
    volunteer = rows.get_row(session, Volunteer, volunteer_id)
    if not access.may_see_volunteer(actor, volunteer):
        raise NotFound("there is no such volunteer")
    return volunteer


EVERYTHING = ("profile", "contact", "gates", "training", "certificates", "history")


def get_volunteer(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    fields: Sequence[str] = EVERYTHING,
) -> Volunteer:
    """Return a volunteer with what staff may know; the view of ``fields`` is audited.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of it.
    """
    volunteer = find_volunteer(session, actor, volunteer_id)
    audit.record_read(session, actor, "volunteer.view", volunteer, fields=fields)
    return volunteer


def lock_volunteer(session: Session, actor: Account, volunteer_id: uuid.UUID) -> Volunteer:
    """Lock a volunteer before deciding on them, and read them afresh.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of it.
    Refused
        The record is closed.
    """
    volunteer = rows.lock_row(session, Volunteer, volunteer_id)
    if not access.may_see_volunteer(actor, volunteer):
        raise NotFound("there is no such volunteer")
    return _refuse_closed(volunteer)


def _refuse_closed(volunteer: Volunteer) -> Volunteer:
    if volunteer.state in onboarding.FINAL:
        raise Refused([Refusal("record_closed", "This volunteer’s record is closed.")])
    return volunteer


def is_open(volunteer: Volunteer) -> bool:
    """Say whether the record is open: not declined, withdrawn or left."""
    return volunteer.state not in onboarding.FINAL


def drop_out_reasons(state: VolunteerState) -> tuple[DropOutReason, ...]:
    """Return why a record may be closed into a state, for the form that asks."""
    return onboarding.DROP_OUT_REASONS[state]


def settle(
    session: Session, actor: Account | None, volunteer: Volunteer, today: date, reason: str
) -> None:
    """Do what follows from every change that matching may feel; ``actor`` is None for a job.

    Proposals made from the old version go stale. When the volunteer is not cleared (any more),
    open ones are withdrawn in the same transaction, and what waits to be sent about them with
    them.
    """
    volunteer.version += 1
    session.flush()
    if clearance_refusals(volunteer, today):
        matches.withdraw_open_for_volunteer(session, actor, volunteer, reason)


def list_volunteers(
    session: Session, actor: Account, filters: Filters, page: int = 1
) -> tuple[Sequence[Volunteer], int]:
    """Return one page of the volunteers whom the actor may see, by name, and how many pages.

    What the task list of gates asks for is loaded with them.
    """
    wanted = (visible_to(actor), *_conditions(filters))
    total = session.scalar(select(func.count(Volunteer.id)).where(*wanted)) or 0
    query = (
        select(Volunteer)
        .where(*wanted)
        .options(
            joinedload(Volunteer.locality),
            joinedload(Volunteer.scheme),
            joinedload(Volunteer.account),
            selectinload(Volunteer.gate_records),
            selectinload(Volunteer.training),
            selectinload(Volunteer.certificates),
        )
        .order_by(func.lower(Volunteer.last_name), func.lower(Volunteer.first_name), Volunteer.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return session.scalars(query).all(), -(-total // PAGE)


def list_localities(session: Session, actor: Account) -> Sequence[Locality]:
    """Return the localities whose volunteers the actor may see, by name."""
    query = select(Locality).order_by(Locality.name, Locality.id)
    if not access.sees_every_locality(actor):
        query = query.where(Locality.id.in_(actor.locality_ids))
    return session.scalars(query).all()


def visible_to(actor: Account) -> ColumnElement[bool]:
    """``access.may_see_volunteer`` as a condition; a test holds the two together."""
    if access.sees_every_locality(actor):
        return true()
    if actor.role != Role.COORDINATOR:
        return false()
    return or_(Volunteer.locality_id.is_(None), Volunteer.locality_id.in_(actor.locality_ids))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state is not None:
        conditions.append(Volunteer.state == filters.state)
    elif not filters.every_state:
        conditions.append(Volunteer.state.not_in(onboarding.FINAL))
    if filters.locality_id is not None:
        conditions.append(Volunteer.locality_id == filters.locality_id)
    if filters.search:
        conditions.append(_matches(filters.search))
    return conditions


def _matches(search: str) -> ColumnElement[bool]:
    by_reference = REFERENCE.fullmatch(search.strip().upper())
    if by_reference:
        # SQLite keeps ids without hyphens; the first eight digits are the same on both.
        return cast(Volunteer.id, String).startswith(by_reference[1].lower())
    name = Volunteer.first_name + " " + Volunteer.last_name
    return and_(*(_has_word(name, word) for word in search.split()))


def _has_word(name: ColumnElement[str], word: str) -> ColumnElement[bool]:
    # SQLite lowers ASCII letters only, so the word is looked for as typed as well.
    return or_(
        func.lower(name).contains(word.lower(), autoescape=True),
        name.contains(word, autoescape=True),
    )


def set_scheme_phone(
    session: Session, actor: Account, volunteer_id: uuid.UUID, phone: str
) -> Volunteer:
    """Record the phone number that the scheme gives a coach to share; empty takes it away."""
    volunteer = lock_volunteer(session, actor, volunteer_id)
    volunteer.scheme_phone = phone
    audit.record_change(
        session, actor, "volunteer.set_scheme_phone", volunteer, fields=("scheme_phone",)
    )
    return volunteer


def resolve_query(
    session: Session, actor: Account, volunteer_id: uuid.UUID, today: date
) -> Volunteer:
    """Say that details which a declined match called wrong are right now."""
    volunteer = lock_volunteer(session, actor, volunteer_id)
    if volunteer.details_query:
        volunteer.details_query = ""
        audit.record_change(session, actor, "volunteer.resolve_query", volunteer)
        settle(session, actor, volunteer, today, "details_changed")
    return volunteer
