"""Raising a safeguarding concern, and what whoever raised it is told.

It is a record of its own: no note, no page of a family or a volunteer shows it.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import concerns as rules
from peerapp.domain.access import may_see_family, may_see_match, may_see_volunteer
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.domain.references import new_reference
from peerapp.enums import ConcernAbout, ConcernState, ConcernStep, Role
from peerapp.errors import NotFound, Refused, Stale
from peerapp.models import (
    Account,
    Base,
    Concern,
    ConcernEvent,
    Family,
    Match,
    MatchCover,
    Scheme,
    Volunteer,
    utc_now,
)
from peerapp.services import audit, contact_freezes, messages
from peerapp.services.rows import get_row, lock_row
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import list_active

SHOWN = 50
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Subject:
    """Whom a concern can be about, from where it is raised; all None: nobody in particular.

    Attributes
    ----------
    can_stop
        There is contact between a family and a coach that could be stopped: in the match, or,
        where only a volunteer is named, in any match in which they meet a family.
    """

    match: Match | None = None
    family: Family | None = None
    volunteer: Volunteer | None = None
    can_stop: bool = False


@dataclass(frozen=True)
class Report:
    """What somebody told the scheme.

    Attributes
    ----------
    form_key
        The form that it came from: the same form sent twice is one concern.
    stop_contact
        Whether family and coach are kept from each other until a lead has looked.
    """

    form_key: uuid.UUID
    about: ConcernAbout
    danger_now: bool
    words: str
    stop_contact: bool


def subject_for_staff(
    session: Session,
    actor: Account,
    *,
    match_id: uuid.UUID | None = None,
    family_id: uuid.UUID | None = None,
    volunteer_id: uuid.UUID | None = None,
) -> Subject:
    """Return whom a member of staff worries about: the record on whose page they were.

    Raises
    ------
    NotFound
        The actor may not know of that record.
    """
    if match_id:
        return _of_pair(_seen(session, actor, Match, match_id, may_see_match))
    if family_id:
        family = _seen(session, actor, Family, family_id, may_see_family)
        return _of_family(session, family)
    if volunteer_id:
        found = _seen(session, actor, Volunteer, volunteer_id, may_see_volunteer)
        return _of_volunteer(session, found)
    return Subject()


def subject_for_family(session: Session, actor: Account) -> Subject:
    """Return the family of the actor, with the match that it has, or had last."""
    family = session.scalar(select(Family).where(Family.account_id == actor.id))
    return Subject() if family is None else _of_family(session, family)


def subject_for_coach(session: Session, actor: Account, match_id: uuid.UUID | None) -> Subject:
    """Return the actor, with one of their own matches or with none.

    Raises
    ------
    NotFound
        The match is not this coach's.
    """
    if match_id is None:
        own = session.scalar(select(Volunteer).where(Volunteer.account_id == actor.id))
        return Subject() if own is None else _of_volunteer(session, own)
    for match in list_own_matches(session, actor):
        if match.id == match_id:
            return _of_pair(match)
    raise NotFound("there is no such match")


def list_own_matches(session: Session, actor: Account) -> Sequence[Match]:
    """Return the matches that a coach, or a backup who steps in, may be worried about.

    Running ones come first.
    """
    stepped_in = and_(MatchCover.starts_on.is_not(None), MatchCover.volunteer_id == Volunteer.id)
    query = (
        select(Match)
        .join(Volunteer, or_(Match.volunteer_id == Volunteer.id, Match.covers.any(stepped_in)))
        .where(Volunteer.account_id == actor.id, Match.state.in_(rules.ABOUT_PAIR))
        .options(joinedload(Match.family).joinedload(Family.locality))
        .order_by(Match.ended_on.desc().nulls_first(), Match.created_at, Match.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def _of_pair(match: Match) -> Subject:
    can_stop = match.state in HOLDS_PLACE
    return Subject(match, match.family, match.volunteer, can_stop=can_stop)


def _of_volunteer(session: Session, volunteer: Volunteer) -> Subject:
    met = contact_freezes.list_met(session, volunteer.id)
    return Subject(volunteer=volunteer, can_stop=bool(met))


def _of_family(session: Session, family: Family) -> Subject:
    query = (
        select(Match)
        .where(Match.family_id == family.id, Match.state.in_(rules.ABOUT_PAIR))
        .order_by(Match.ended_on.desc().nulls_first(), Match.created_at.desc(), Match.id)
        .limit(1)
    )
    match = session.scalar(query)
    return Subject(family=family) if match is None else _of_pair(match)


def _seen(
    session: Session,
    actor: Account,
    kind: type[Row],
    row_id: uuid.UUID,
    may_see: Callable[[Account, Row], bool],
) -> Row:
    row = get_row(session, kind, row_id)
    if not may_see(actor, row):
        raise NotFound(f"there is no such {kind.__tablename__}")
    return row


def raise_concern(
    session: Session,
    actor: Account,
    subject: Subject,
    report: Report,
    now: datetime,
    base_url: str,
    *,
    choose: Callable[[str], str] = secrets.choice,
) -> Concern:
    """Record a concern, tell the safeguarding leads, and stop contact where that is asked for.

    Anybody who can sign in may raise one. The same form sent again returns the same concern.

    Parameters
    ----------
    choose
        Source of the reference's letters; a demonstration gives a seeded one.

    Raises
    ------
    Refused
        Nothing is said in it.
    """
    before = _sent_before(session, actor, report)
    if before is not None:
        return before
    refusals = rules.words_refusals(report.words)
    if refusals:
        raise Refused(refusals)
    to_stop = _lock_what_stops(session, actor, subject, report)
    concern = _save(session, actor, subject, report, now, choose)
    if concern is None:
        return _found_again(session, actor, report)
    _record(session, actor, concern)
    if _stop(session, actor, concern, to_stop, base_url):
        record_step(session, concern, ConcernStep.CONTACT_STOPPED, actor)
    tell_leads(session, actor, concern, base_url)
    session.flush()
    return concern


def _record(session: Session, actor: Account, concern: Concern) -> None:
    record_step(session, concern, ConcernStep.RAISED, actor)
    about, danger = concern.about.value, concern.danger_now
    audit.record_change(session, actor, "concern.raise", concern, about=about, danger_now=danger)


def _sent_before(session: Session, actor: Account, report: Report) -> Concern | None:
    query = select(Concern).where(
        Concern.form_key == report.form_key, Concern.raised_by_id == actor.id
    )
    return session.scalars(query).one_or_none()


def _found_again(session: Session, actor: Account, report: Report) -> Concern:
    """Return what the same form, sent twice at the same moment, has made."""
    before = _sent_before(session, actor, report)
    if before is None:
        raise Stale("This could not be sent. Open the page again.")
    return before


def _lock_what_stops(
    session: Session, actor: Account, subject: Subject, report: Report
) -> list[uuid.UUID]:
    """Lock and return the matches in which contact is to stop; before the concern is saved.

    Saving it first would hold a share of each row that it names, and two concerns at the same
    moment would wait for each other's for ever. Where only a volunteer is named, the volunteer
    is locked too: a match that is approved at this moment comes before this, or after it.
    """
    if subject.match is not None:
        if not rules.stops_contact(report.about, report.stop_contact):
            return []
        return [lock_row(session, Match, subject.match.id).id]
    if subject.volunteer is None:
        return []
    about_them = subject.volunteer.account_id != actor.id
    if not rules.stops_contact(report.about, report.stop_contact, about_them=about_them):
        return []
    coach = lock_row(session, Volunteer, subject.volunteer.id)
    met = sorted(one.id for one in contact_freezes.list_met(session, coach.id))
    return [lock_row(session, Match, one).id for one in met]


def _stop(
    session: Session,
    actor: Account,
    concern: Concern,
    match_ids: Sequence[uuid.UUID],
    base_url: str,
) -> bool:
    """Stop contact in each of some matches; return whether it was not stopped before in any."""
    given = actor, concern
    stopped = [contact_freezes.stop_if_running(session, *given, one, base_url) for one in match_ids]
    return any(stopped)


def _save(
    session: Session,
    actor: Account,
    subject: Subject,
    report: Report,
    now: datetime,
    choose: Callable[[str], str],
) -> Concern | None:
    """Save a concern under a new reference; None where its form is there already.

    The form's key may be another account's by chance, or by intent: then this one gets its own.
    """
    while True:
        concern = _build(actor, subject, report, now, get_scheme(session), choose)
        try:
            with session.begin_nested():
                session.add(concern)
            return concern
        except IntegrityError:
            if _sent_before(session, actor, report) is not None:
                return None
            report = replace(report, form_key=uuid.uuid4())


def _build(
    actor: Account,
    subject: Subject,
    report: Report,
    now: datetime,
    scheme: Scheme,
    choose: Callable[[str], str],
) -> Concern:
    return Concern(
        reference=new_reference(choose, "C"),
        form_key=report.form_key,
        raised_by_id=actor.id,
        about=report.about,
        danger_now=report.danger_now,
        words=report.words.strip(),
        created_at=now,
        answer_by=rules.answer_by(scheme, now, danger_now=report.danger_now),
        match_id=subject.match.id if subject.match else None,
        family_id=subject.family.id if subject.family else None,
        volunteer_id=subject.volunteer.id if subject.volunteer else None,
    )


def record_step(
    session: Session,
    concern: Concern,
    step: ConcernStep,
    actor: Account | None,
    note: str = "",
) -> None:
    """Write one step into the history of a concern."""
    last = select(func.max(ConcernEvent.position)).where(ConcernEvent.concern_id == concern.id)
    event = ConcernEvent(
        concern_id=concern.id,
        position=(session.scalar(last) or 0) + 1,
        step=step,
        by_id=actor.id if actor else None,
        note=note.strip(),
        created_at=utc_now(),
    )
    session.add(event)
    session.flush()
    session.expire(concern, ["events"])


def tell_leads(session: Session, actor: Account | None, concern: Concern, base_url: str) -> None:
    """Tell the leads that a concern waits; managers as well where there is no other lead."""
    leads = [one for one in list_active(session, Role.SAFEGUARDING_LEAD) if one != actor]
    for lead in leads:
        messages.queue_notice(session, lead, f"{base_url}/staff/concerns/{concern.id}")
    for manager in list_active(session, Role.MANAGER) if not leads else ():
        messages.queue_notice(session, manager, f"{base_url}/staff/concerns/")


def list_own(session: Session, actor: Account) -> Sequence[Concern]:
    """Return the concerns that the actor raised, newest first."""
    query = (
        select(Concern)
        .where(Concern.raised_by_id == actor.id)
        .order_by(Concern.created_at.desc(), Concern.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def get_own(session: Session, actor: Account, concern_id: uuid.UUID) -> Concern:
    """Return a concern that the actor raised.

    Raises
    ------
    NotFound
        There is none, or somebody else raised it.
    """
    concern = get_row(session, Concern, concern_id)
    if concern.raised_by_id != actor.id:
        raise NotFound("there is no such concern")
    return concern


def is_contact_stopped(concern: Concern) -> bool:
    """Say whether contact stands still because of a concern, for its reporter."""
    return concern.state != ConcernState.CLOSED and bool(rules.standing_freezes(concern))
