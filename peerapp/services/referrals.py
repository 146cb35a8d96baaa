"""Referrals as staff see them: read, compared with families known, accepted or not taken on."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain.access import works_with_family
from peerapp.domain.family_records import is_email
from peerapp.domain.referral_form import is_danger
from peerapp.domain.referrals import may_see_referral
from peerapp.enums import (
    Danger,
    ReferralDecline,
    ReferralLinkKind,
    ReferralSource,
    ReferralState,
    Role,
)
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, Family, Referral, ReferralDifference, ReferralEvent
from peerapp.services import audit, duplicates, front_door, messages, referral_links
from peerapp.services.rows import get_row, lock_row

S, K = ReferralState, ReferralLinkKind
PAGE = 25
IN_DANGER = (Danger.YES, Danger.UNSURE)
FIELDS_SHOWN = ("answers",)


@dataclass(frozen=True)
class ReferralPage:
    """One page of referrals, and how many there are in all."""

    referrals: Sequence[Referral]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class ReferralView:
    """A referral's page: the record, what resembles it, what may be done with it."""

    referral: Referral
    alike: Sequence[duplicates.AlikeFamily]
    different: frozenset[uuid.UUID]
    others_waiting: Sequence[Referral]

    @property
    def to_answer(self) -> list[duplicates.AlikeFamily]:
        return duplicates.unanswered(self.alike, self.different)


def list_referrals(
    session: Session, actor: Account, state: ReferralState, page: int = 1
) -> ReferralPage:
    """Return one page of the referrals in a state that the actor may see: danger, then age."""
    conditions = [referrals_of(actor), Referral.state == state]
    total = session.scalar(select(func.count(Referral.id)).where(*conditions)) or 0
    query = (
        select(Referral)
        .where(*conditions)
        .options(selectinload(Referral.locality), selectinload(Referral.form_asked_by))
        .order_by(_danger_first(), Referral.changed_at, Referral.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return ReferralPage(session.scalars(query).all(), total, page)


def _danger_first() -> ColumnElement[int]:
    waits = and_(Referral.danger.in_(IN_DANGER), Referral.danger_taken_at.is_(None))
    return case((waits, 0), else_=1)


def referrals_of(actor: Account) -> ColumnElement[bool]:
    """Return the condition that leaves the referrals which the actor may see."""
    hidden = Referral.state.in_((S.DRAFT, S.DELETED))
    if actor.role == Role.SAFEGUARDING_LEAD:
        return or_(~hidden, Referral.danger.in_(IN_DANGER))
    near = or_(Referral.locality_id.is_(None), Referral.locality_id.in_(actor.locality_ids))
    return and_(~hidden, near) if actor.role == Role.COORDINATOR else Referral.id.is_(None)


def count_new(session: Session, actor: Account) -> int:
    """Return how many referrals nobody has decided on."""
    query = select(func.count(Referral.id)).where(Referral.state == S.SENT, referrals_of(actor))
    return session.scalar(query) or 0


def list_in_danger(session: Session, actor: Account) -> Sequence[Referral]:
    """Return, for a lead, referrals in which danger was told and which nobody has taken on."""
    query = (
        select(Referral)
        .where(
            Referral.danger.in_(IN_DANGER), Referral.danger_taken_at.is_(None), referrals_of(actor)
        )
        .order_by(Referral.danger_told_at, Referral.id)
    )
    return session.scalars(query).all()


def list_forms(session: Session, actor: Account) -> Sequence[Referral]:
    """Return the forms that are with professionals, as whoever sent them may see; no answers."""
    query = (
        select(Referral)
        .where(Referral.state == S.DRAFT, Referral.form_email != "")
        .options(selectinload(Referral.form_asked_by))
        .order_by(Referral.created_at, Referral.id)
    )
    if actor.role == Role.COORDINATOR:
        query = query.where(Referral.form_asked_by_id == actor.id)
    return session.scalars(query).all()


def read_referral(
    session: Session, actor: Account, referral_id: uuid.UUID, today: date, postcode: str = ""
) -> ReferralView:
    """Return a referral with what resembles it; that it was read is audited.

    ``postcode`` is what somebody is about to put in place of the one that was typed.

    Raises
    ------
    NotFound
        There is none that the actor may see.
    """
    referral = _seen(actor, session.get(Referral, referral_id))
    audit.record_read(session, actor, "referral.read", referral, fields=FIELDS_SHOWN)
    session.flush()
    return _view(session, actor, referral, today, postcode)


def _view(
    session: Session, actor: Account, referral: Referral, today: date, postcode: str
) -> ReferralView:
    if referral.state != S.SENT:
        return ReferralView(referral, (), frozenset(), ())
    return ReferralView(
        referral,
        duplicates.alike_to_referral(session, actor, referral, today, postcode),
        frozenset(one.family_id for one in referral.differences),
        duplicates.alike_referrals(session, actor, referral, today),
    )


def _seen(actor: Account, referral: Referral | None) -> Referral:
    if referral is None or not may_see_referral(actor, referral):
        raise NotFound("there is no such referral")
    return referral


def lock_referral(
    session: Session, actor: Account, referral_id: uuid.UUID, state: ReferralState | None = S.SENT
) -> Referral:
    """Lock a referral that the actor may see, in a state in which it can be decided on.

    Raises
    ------
    NotFound
        There is none that the actor may see.
    Refused
        Somebody has decided on it already.
    """
    _seen(actor, get_row(session, Referral, referral_id))
    referral = _seen(actor, lock_row(session, Referral, referral_id))
    if state is not None and referral.state != state:
        message = "Somebody has decided on this referral already."
        raise Refused([Refusal("referral_decided", message)])
    return referral


def call_different(
    session: Session, actor: Account, referral_id: uuid.UUID, family_id: uuid.UUID
) -> Referral:
    """Record that a record which resembles a referral is of another family; twice is once."""
    referral = lock_referral(session, actor, referral_id)
    _known(session, actor, family_id)
    if all(one.family_id != family_id for one in referral.differences):
        referral.differences.append(ReferralDifference(family_id=family_id, by_id=actor.id))
        audit.record_change(
            session, actor, "referral.call_different", referral, family=str(family_id)
        )
    return referral


def call_same(
    session: Session, actor: Account, referral_id: uuid.UUID, family_id: uuid.UUID, today: date
) -> Referral:
    """Put a referral to a record that is there already. Nothing of that record changes.

    Raises
    ------
    Refused
        Somebody is in danger, and no lead has taken that on.
    """
    referral = lock_referral(session, actor, referral_id)
    refuse_open_danger(referral)
    family = _known(session, actor, family_id)
    settle(session, actor, referral, S.ACCEPTED, today, "Put to a record that was there.")
    referral.family = family
    referral.locality_id = family.locality_id
    audit.record_change(session, actor, "referral.call_same", referral, family=str(family_id))
    return referral


def _known(session: Session, actor: Account, family_id: uuid.UUID) -> Family:
    family = session.get(Family, family_id)
    if family is None or not works_with_family(actor, family):
        raise NotFound("there is no such family")
    return family


def settle(
    session: Session,
    actor: Account,
    referral: Referral,
    to: ReferralState,
    today: date,
    reason: str = "",
) -> None:
    """Record a decision on a locked referral."""
    front_door.move(referral, to, reason, actor.id)
    referral.decided_on, referral.decided_by_id = today, actor.id
    session.flush()


def decline(
    session: Session,
    actor: Account,
    referral_id: uuid.UUID,
    reason: ReferralDecline,
    note: str,
    today: date,
) -> Referral:
    """Do not take a referral on. Its referrer sees that it is closed, and not why.

    Raises
    ------
    Refused
        Somebody is in danger, and no lead has taken that on.
    """
    referral = lock_referral(session, actor, referral_id)
    refuse_open_danger(referral)
    settle(session, actor, referral, S.DECLINED, today, note)
    referral.decline_reason, referral.decline_note = reason, note
    audit.record_change(session, actor, "referral.decline", referral, reason=reason.value)
    return referral


def refuse_open_danger(referral: Referral) -> None:
    """Nobody decides on a referral over a danger that no lead has looked at."""
    if is_danger(referral.danger) and referral.danger_taken_at is None:
        message = "Somebody may be in danger. The safeguarding lead takes that on first."
        raise Refused([Refusal("danger_open", message)])


def take_danger_on(
    session: Session, actor: Account, referral_id: uuid.UUID, note: str, now: datetime
) -> Referral:
    """Record that a lead has taken a danger on, and what they did; reminders stop.

    Each taking on stays in the history with its note, also when worse is told later.

    Raises
    ------
    Forbidden
        The actor does not lead safeguarding.
    """
    if actor.role != Role.SAFEGUARDING_LEAD:
        raise Forbidden("only a safeguarding lead takes a danger on")
    referral = lock_referral(session, actor, referral_id, None)
    if referral.danger_taken_at is None:
        referral.danger_taken_at, referral.danger_taken_by_id = now, actor.id
        referral.danger_note = note
        taken = ReferralEvent(
            from_state=referral.state, to_state=referral.state, by_id=actor.id, reason=note
        )
        referral.history.append(taken)
        audit.record_change(session, actor, "referral.take_danger", referral)
    return referral


def send_form(
    session: Session,
    actor: Account,
    email: str,
    now: datetime,
    base_url: str,
    choose: Callable[[str], str] = secrets.choice,
) -> tuple[Referral, str]:
    """Send a professional a form for one family; return its draft and the link.

    Raises
    ------
    Refused
        The address has not the form of one.
    """
    if not is_email(email):
        message = "Enter an email address in the correct format, like name@example.com"
        raise Refused([Refusal("email", message)])
    referral = front_door.make_draft(session, ReferralSource.PROFESSIONAL, now, choose)
    referral.form_email, referral.form_asked_by_id = email, actor.id
    session.flush()
    link = referral_links.send_form(session, referral, now, base_url)
    audit.record_change(session, actor, "referral.send_form", referral)
    return referral, link


def resend_form(
    session: Session, actor: Account, referral_id: uuid.UUID, now: datetime, base_url: str
) -> str:
    """Send the form again under a new link; the earlier link stops working."""
    referral = _lock_form(session, actor, referral_id)
    messages.cancel_for_referral(session, referral.id)
    referral.changed_at = now
    link = referral_links.send_form(session, referral, now, base_url)
    audit.record_change(session, actor, "referral.send_form", referral)
    return link


def revoke_form(session: Session, actor: Account, referral_id: uuid.UUID, now: datetime) -> None:
    """Take a form back: its link stops working, and what was typed is thrown away."""
    front_door.forget(session, _lock_form(session, actor, referral_id), now, "Taken back.")
    audit.record_change(
        session, actor, "referral.revoke_form", get_row(session, Referral, referral_id)
    )


def _lock_form(session: Session, actor: Account, referral_id: uuid.UUID) -> Referral:
    """Lock a form that is out, by whoever sent it or by a lead."""
    referral = lock_row(session, Referral, referral_id)
    is_mine = referral.form_asked_by_id == actor.id or actor.role == Role.SAFEGUARDING_LEAD
    if not referral.form_email or not is_mine or referral.state == S.DELETED:
        raise NotFound("there is no such form")
    if referral.state != S.DRAFT:
        raise Refused([Refusal("form_sent", "The form has been sent in meanwhile.")])
    return referral
