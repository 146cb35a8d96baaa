"""The volunteer agreement: published by version, signed by volunteers, asked for again.

The agreement of a *family* to take part is another thing: ``services.agreements``. What counts
towards the gate is the ``GateRecord``: signing makes it, and a new version that must be signed
sets the last day on which it counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import volunteer_agreements as rules
from peerapp.domain.onboarding import FINAL
from peerapp.enums import GateItem, Role, SignatureMethod
from peerapp.errors import Forbidden, NotFound, Refusal, Refused, Stale
from peerapp.models import (
    Account,
    AgreementSignature,
    AgreementText,
    GateRecord,
    Volunteer,
    utc_now,
)
from peerapp.services import audit, gates, messages, rows, volunteers
from peerapp.services.schemes import get_scheme, lock_scheme

LINK = "/volunteer/agreement"


@dataclass(frozen=True)
class OwnAgreement:
    """What the volunteer's page shows.

    Attributes
    ----------
    text
        The version that stands; None while the scheme has published none.
    signed
        The signature that stands, of whichever version.
    sign_by
        Last day on which the earlier signature counts, where a new one is asked for.
    must_sign
        The standing version is to be signed.
    """

    text: AgreementText | None
    signed: AgreementSignature | None
    sign_by: date | None
    must_sign: bool


def list_texts(session: Session) -> Sequence[AgreementText]:
    """Return every version, newest first."""
    query = (
        select(AgreementText)
        .options(joinedload(AgreementText.published_by))
        .order_by(AgreementText.number.desc())
    )
    return session.scalars(query).all()


def newest_text(session: Session) -> AgreementText | None:
    """Return the version that stands, if any was published."""
    return session.scalars(
        select(AgreementText).order_by(AgreementText.number.desc()).limit(1)
    ).first()


def get_text(session: Session, text_id: uuid.UUID) -> AgreementText:
    """Return one version."""
    return rows.get_row(session, AgreementText, text_id)


def suggested_last_day(session: Session, today: date) -> date:
    """Return until when earlier signatures count unless the manager says otherwise."""
    return today + timedelta(days=get_scheme(session).agreement_grace_days)


def publish(
    session: Session,
    actor: Account,
    body: str,
    old_counts_until: date | None,
    today: date,
    base_url: str,
) -> AgreementText:
    """Publish a new version; earlier ones are kept as they were.

    Parameters
    ----------
    old_counts_until
        Last day on which earlier signatures, typed or on paper, count; from the next day on who
        has not signed the new version is not cleared. None: nobody has to sign again.

    Raises
    ------
    Forbidden
        The actor is not a manager.
    """
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager publishes the agreement")
    lock_scheme(session)
    newest = newest_text(session)
    refusals = rules.text_refusals(body, newest.body if newest else None)
    refusals += rules.old_counts_refusals(old_counts_until, today)
    if refusals:
        raise Refused(refusals)
    text = AgreementText(
        number=newest.number + 1 if newest else 1,
        body=body.strip(),
        published_on=today,
        published_by_id=actor.id,
        old_counts_until=old_counts_until,
    )
    session.add(text)
    asked = _ask_again(session, old_counts_until, base_url) if old_counts_until else 0
    _record(session, actor, text, asked)
    return text


def _record(session: Session, actor: Account, text: AgreementText, asked: int) -> None:
    facts: dict[str, Any] = {"number": text.number, "asked": asked}
    audit.record_change(session, actor, "volunteer_agreement.publish", text, **facts)


def _ask_again(session: Session, last_day: date, base_url: str) -> int:
    """Set the last day of every signature that counts, and tell those who have to sign."""
    query = select(GateRecord).where(GateRecord.item == GateItem.AGREEMENT)
    records = {record.volunteer_id: record for record in session.scalars(query)}
    for record in records.values():
        record.valid_until = rules.shortened(record.valid_until, last_day)
    people = (
        select(Volunteer)
        .where(Volunteer.state.not_in(FINAL), Volunteer.gate_records.any(item=GateItem.AGREEMENT))
        .options(joinedload(Volunteer.account))
        .order_by(Volunteer.id)
    )
    asked = session.scalars(people).all()
    for volunteer in asked:
        messages.queue_notice(session, volunteer.account, f"{base_url}{LINK}")
    return len(asked)


def get_own(session: Session, volunteer: Volunteer) -> OwnAgreement:
    """Return what there is for a volunteer to sign, and what they signed."""
    text = newest_text(session)
    signed = standing_signature(session, volunteer)
    record = gates.find_record(volunteer, GateItem.AGREEMENT)
    counts_for_good = record is not None and record.valid_until is None
    may_sign = volunteer.state not in rules.MAY_NOT_SIGN
    return OwnAgreement(
        text=text,
        signed=signed,
        sign_by=record.valid_until if record else None,
        must_sign=text is not None and may_sign and not counts_for_good,
    )


def list_signatures(session: Session, volunteer: Volunteer) -> Sequence[AgreementSignature]:
    """Return what a volunteer signed, newest first, with what was taken back."""
    query = (
        select(AgreementSignature)
        .where(AgreementSignature.volunteer_id == volunteer.id)
        .options(joinedload(AgreementSignature.text), joinedload(AgreementSignature.recorded_by))
        .order_by(AgreementSignature.recorded_at.desc(), AgreementSignature.id)
    )
    return session.scalars(query).all()


def standing_signature(session: Session, volunteer: Volunteer) -> AgreementSignature | None:
    """Return the newest signature that was not taken back."""
    standing = [one for one in list_signatures(session, volunteer) if one.taken_back_at is None]
    return standing[0] if standing else None


def sign(
    session: Session,
    actor: Account,
    text_id: uuid.UUID,
    typed_name: str,
    now: datetime,
    today: date,
) -> AgreementSignature:
    """Sign the version that the actor has just read, by typing their name.

    Raises
    ------
    Stale
        A newer version was published meanwhile.
    Refused
        The name is another one, or there is no application yet.
    """
    lock_scheme(session, to_read=True)
    volunteer = volunteers.lock_own(session, actor)
    text = _standing(session, text_id)
    refusals = rules.signing_refusals(volunteer, typed_name)
    if refusals:
        raise Refused(refusals)
    signed = standing_signature(session, volunteer)
    if signed is not None and signed.text_id == text.id and _counts(volunteer):
        return signed
    row = _signature(volunteer, text, actor, now)
    row.typed_name, row.method, row.signed_on = typed_name.strip(), SignatureMethod.TYPED, today
    return _keep(session, actor, volunteer, row, today)


def record_paper(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    text_id: uuid.UUID,
    signed_on: date,
    now: datetime,
    today: date,
) -> AgreementSignature:
    """Record that a volunteer signed the standing version on paper, seen by the actor."""
    lock_scheme(session, to_read=True)
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    text = _standing(session, text_id)
    if not text.published_on <= signed_on <= today:
        message = "The date must be between the day this version was published and today."
        raise Refused([Refusal("signed_on", message)])
    if volunteer.state in rules.MAY_NOT_SIGN:
        raise Refused([Refusal("not_applied", "The volunteer has not applied yet.")])
    row = _signature(volunteer, text, actor, now)
    row.typed_name, row.method, row.signed_on = volunteer.name, SignatureMethod.PAPER, signed_on
    return _keep(session, actor, volunteer, row, today)


def take_back(session: Session, actor: Account, volunteer_id: uuid.UUID, today: date) -> Volunteer:
    """Take back a signature that should not be there; the gate is open again at once.

    Raises
    ------
    NotFound
        The volunteer has signed nothing.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    signed = standing_signature(session, volunteer)
    if signed is None and gates.find_record(volunteer, GateItem.AGREEMENT) is None:
        raise NotFound("nothing is signed")
    for one in list_signatures(session, volunteer):
        if one.taken_back_at is None:
            one.taken_back_at, one.taken_back_by_id = utc_now(), actor.id
    if gates.find_record(volunteer, GateItem.AGREEMENT) is not None:
        gates.remove_gate_item(session, actor, volunteer_id, GateItem.AGREEMENT, today)
    audit.record_change(session, actor, "volunteer_agreement.take_back", volunteer)
    return volunteer


def _standing(session: Session, text_id: uuid.UUID) -> AgreementText:
    text = newest_text(session)
    if text is None or text.id != text_id:
        raise Stale("The agreement has changed since you opened this page. Read the new version.")
    return text


def _counts(volunteer: Volunteer) -> bool:
    record = gates.find_record(volunteer, GateItem.AGREEMENT)
    return record is not None and record.valid_until is None


def _signature(
    volunteer: Volunteer, text: AgreementText, actor: Account, now: datetime
) -> AgreementSignature:
    return AgreementSignature(
        volunteer_id=volunteer.id, text_id=text.id, recorded_at=now, recorded_by_id=actor.id
    )


def _keep(
    session: Session,
    actor: Account,
    volunteer: Volunteer,
    signature: AgreementSignature,
    today: date,
) -> AgreementSignature:
    """Write the signature and the fact that the gate asks for."""
    session.add(signature)
    record = gates.find_record(volunteer, GateItem.AGREEMENT)
    if record is None:
        record = GateRecord(item=GateItem.AGREEMENT)
        volunteer.gate_records.append(record)
    record.done_on, record.valid_until = signature.signed_on, None
    record.recorded_by_id, record.note = actor.id, ""
    audit.record_change(
        session, actor, "volunteer_agreement.sign", signature, method=signature.method.value
    )
    volunteers.settle(session, actor, volunteer, today, "agreement_signed")
    return signature
