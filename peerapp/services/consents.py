"""Consent to status checks: the text of the scheme, and what a volunteer gives and takes back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from peerapp.domain import consents as rules
from peerapp.enums import Role
from peerapp.errors import Forbidden, Refusal, Refused
from peerapp.models import Account, ConsentText, StatusConsent, Volunteer, utc_now
from peerapp.services import audit, messages, volunteers
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import coordinators_of

SHORTEST = 60
CHANGED = Refusal("text_changed", "The text has changed since you opened this page. Read it again.")


@dataclass(frozen=True)
class CurrentText:
    """What a volunteer agrees to today."""

    version: int
    text: str


def current_text(session: Session) -> CurrentText:
    """Return the newest version of the scheme's text, or the one that every scheme begins with."""
    query = select(ConsentText).order_by(ConsentText.version.desc()).limit(1)
    found = session.scalars(query).first()
    if found is None:
        return CurrentText(1, rules.FIRST_TEXT)
    return CurrentText(found.version, found.text)


def give(session: Session, actor: Account, version: int, typed_name: str) -> StatusConsent:
    """Record the actor's own consent to the version that stood on their page; twice is once.

    Raises
    ------
    Refused
        The name is not theirs, or another version has come meanwhile.
    """
    volunteer = volunteers.lock_own(session, actor)
    standing = rules.standing_consent(volunteer)
    if standing is not None and standing.version == version:
        return standing
    text = current_text(session)
    if version != text.version:
        raise Refused([CHANGED])
    refusals = rules.signing_refusals(volunteer, typed_name)
    if refusals:
        raise Refused(refusals)
    _keep_first_text(session, text)
    consent = StatusConsent(version=version, typed_name=typed_name.strip())
    volunteer.consents.append(consent)
    session.flush()
    audit.record_change(session, actor, "status_consent.give", consent, version=version)
    return consent


def withdraw(session: Session, actor: Account, base_url: str) -> Volunteer:
    """Take the actor's own consent back: from now on nobody asks DBS; coordinators are told.

    Raises
    ------
    Refused
        There is none to take back.
    """
    volunteer = volunteers.lock_own(session, actor)
    standing = [one for one in volunteer.consents if one.withdrawn_at is None]
    if not standing:
        message = "You have not agreed to status checks, so there is nothing to take back."
        raise Refused([Refusal("no_consent", message)])
    for consent in standing:
        consent.withdrawn_at = utc_now()
        audit.record_change(
            session, actor, "status_consent.withdraw", consent, version=consent.version
        )
    for coordinator in coordinators_of(session, volunteer):
        link = f"{base_url}/staff/volunteers/{volunteer.id}"
        messages.queue_notice(session, coordinator, link)
    return volunteer


def write_text(
    session: Session, actor: Account, text: str, seen_version: int, *, asks_again: bool
) -> ConsentText:
    """Make a new version of the text; ``asks_again``: consent to older ones counts no longer.

    Raises
    ------
    Refused
        It is too short to say anything, is the same, or somebody else changed it meanwhile.
    """
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager writes the text")
    current = current_text(session)
    wording = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if seen_version != current.version:
        raise Refused([CHANGED])
    if len(wording) < SHORTEST:
        raise Refused([Refusal("text", "Say what is checked, with whom, and how to take it back.")])
    if wording == current.text:
        raise Refused([Refusal("text", "This is the text that stands already.")])
    _keep_first_text(session, current)
    row = ConsentText(version=current.version + 1, text=wording, written_by_id=actor.id)
    _add(session, row)
    if asks_again:
        get_scheme(session).consent_from_version = row.version
    audit.record_change(
        session, actor, "consent_text.write", row, version=row.version, asks_again=asks_again
    )
    return row


def _keep_first_text(session: Session, text: CurrentText) -> None:
    """Write down the text that a scheme begins with, once somebody agrees to it or changes it."""
    if text.version != 1:
        return
    found = session.scalars(select(ConsentText.id).where(ConsentText.version == 1)).first()
    if found is None:
        _add(session, ConsentText(version=1, text=text.text))


def _add(session: Session, row: ConsentText) -> None:
    """Add a version; refuse one that somebody else added in the same moment."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise Refused([CHANGED]) from error
