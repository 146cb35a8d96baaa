"""The front door: a referral as whoever fills it in writes, keeps, takes up and sends it.

Nobody here has an account. The first answer is whether anyone is in danger; it reaches the
safeguarding leads at once, whether or not the form is ever sent.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.adapters import places
from peerapp.domain import referral_form
from peerapp.domain.references import ALPHABET, LENGTH
from peerapp.domain.referral_form import MOST_CHILDREN, is_danger
from peerapp.domain.referrals import is_email_safe, may_tell_referrer
from peerapp.enums import Danger, ReferralLinkKind, ReferralSource, ReferralState
from peerapp.errors import Refusal, Refused
from peerapp.models import Referral, ReferralEvent
from peerapp.services import audit, messages, referral_alerts, referral_links
from peerapp.services.contact_changes import CHANNELS_OF
from peerapp.services.localities import find_locality
from peerapp.services.referral_links import lock_draft

K, S = ReferralLinkKind, ReferralState
NO_SAFE_EMAIL = Refusal(
    "email_unsafe",
    "We can only send you a link by an email address that you said is safe.",
)


@dataclass(frozen=True)
class Sent:
    """What whoever sent a form is shown: its reference, and a referrer's link to the outcome."""

    reference: str
    professional: bool
    link: str = ""


def start(session: Session, danger: Danger, now: datetime, base_url: str) -> tuple[Referral, str]:
    """Begin a family's own form with its first answer; return it and its browser's secret."""
    referral = make_draft(session, ReferralSource.SELF, now)
    secret = referral_links.issue(session, referral, K.BROWSER, now)
    _answer_danger(session, referral, danger, now, base_url)
    return referral, secret


def make_draft(
    session: Session,
    source: ReferralSource,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> Referral:
    """Return a new draft with a reference that is nobody else's."""
    referral = Referral(
        reference=_free_reference(session, choose), source=source, state=S.DRAFT, changed_at=now,
        answers={},
    )  # fmt: skip
    referral.history.append(ReferralEvent(from_state=None, to_state=S.DRAFT))
    session.add(referral)
    audit.record_change(session, None, "referral.start", referral, source=source.value)
    return referral


def _free_reference(session: Session, choose: Callable[[str], str]) -> str:
    while True:
        reference = "R-" + "".join(choose(ALPHABET) for _ in range(LENGTH))
        if session.scalar(select(Referral.id).where(Referral.reference == reference)) is None:
            return reference


def find_draft(session: Session, secret: str, now: datetime) -> Referral:
    """Return the draft that a browser holds; refused where it holds none (any more)."""
    return referral_links.find_draft(session, secret, K.BROWSER, now)


def save_page(
    session: Session,
    secret: str,
    page: str,
    values: Mapping[str, Any],
    now: datetime,
    base_url: str,
) -> Referral:
    """Keep what was typed on one page, complete or not; other pages stay as they are."""
    referral = lock_draft(session, secret, K.BROWSER, now)
    was_safe, address = is_email_safe(referral), referral.answers.get("email")
    asked = referral_form.PAGES[page]
    before = referral.answers
    kept = {name: value for name, value in before.items() if name not in asked}
    given = {name: values[name] for name in asked if values.get(name) not in (None, "")}
    referral.answers = _still_safe(before, {**kept, **given})
    referral.changed_at = now
    is_same = is_email_safe(referral) and referral.answers.get("email") == address
    if was_safe and not is_same:
        referral_links.end(session, referral, now, K.RESUME)
    if page == "danger" and given:
        _answer_danger(session, referral, Danger(given["danger"]), now, base_url)
    return referral


def _still_safe(before: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Take channels back whose number or address changed: nobody has called the new one safe."""
    if after.get("channels") is None:
        return after
    changed = {name for name in ("phone", "email") if before.get(name) != after.get(name)}
    lost = {channel for name in changed for channel in CHANNELS_OF[name]}
    return {**after, "channels": [one for one in after["channels"] if one not in lost]}


def _answer_danger(
    session: Session, referral: Referral, danger: Danger, now: datetime, base_url: str
) -> None:
    """Keep the answer, and tell the leads at once of what is worse than all that was said before.

    What was said before is not unsaid: an answer that goes to and fro alarms nobody twice.
    """
    referral.answers = {**referral.answers, "danger": danger.value}
    if not referral_form.is_worse(danger, referral.danger):
        return
    referral.danger = danger
    if is_danger(danger):  # whoever took it on knew of less
        referral.danger_taken_at = referral.danger_taken_by_id = None
        referral_alerts.tell_leads(session, referral, now, base_url)


def add_child(session: Session, secret: str, name: str, age: int, now: datetime) -> Referral:
    """Add a child to a draft."""
    referral = lock_draft(session, secret, K.BROWSER, now)
    children = list(referral.answers.get("children") or ())
    if len(children) >= MOST_CHILDREN:
        raise Refused([Refusal("children", f"You can add {MOST_CHILDREN} children here.")])
    referral.answers = {**referral.answers, "children": [*children, {"name": name, "age": age}]}
    referral.changed_at = now
    return referral


def remove_child(session: Session, secret: str, position: int, now: datetime) -> Referral:
    """Take a child out of a draft, by its position; one that is not there (any more) is gone."""
    referral = lock_draft(session, secret, K.BROWSER, now)
    children = list(referral.answers.get("children") or ())
    referral.answers = {
        **referral.answers,
        "children": [one for number, one in enumerate(children) if number != position],
    }
    referral.changed_at = now
    return referral


def send_link(session: Session, secret: str, now: datetime, base_url: str) -> None:
    """Send the family a link to go on later.

    Raises
    ------
    Refused
        The family has not called email safe.
    """
    referral = lock_draft(session, secret, K.BROWSER, now)
    if not is_email_safe(referral):
        raise Refused([NO_SAFE_EMAIL])
    referral_links.send_resume(session, referral, now, base_url)


def delete_draft(session: Session, secret: str, now: datetime) -> None:
    """Throw a draft away at the wish of whoever wrote it."""
    forget(session, lock_draft(session, secret, K.BROWSER, now), now, "")


def forget(session: Session, referral: Referral, now: datetime, reason: str) -> None:
    """Throw away what a draft holds. That there was danger stays, with what the lead noted."""
    referral.answers = {}
    referral.form_email = ""
    move(referral, S.DELETED, reason)
    referral_links.end(session, referral, now)
    messages.cancel_for_referral(session, referral.id)
    audit.record_change(session, None, "referral.delete", referral)


def move(
    referral: Referral, to: ReferralState, reason: str = "", by_id: uuid.UUID | None = None
) -> None:
    """Change the state of a referral, with its event."""
    event = ReferralEvent(from_state=referral.state, to_state=to, by_id=by_id, reason=reason)
    referral.history.append(event)
    referral.state = to


def send(session: Session, secret: str, now: datetime, today: date, base_url: str) -> Sent:
    """Send a form to the scheme. Sent again by the same browser it changes nothing.

    Raises
    ------
    Refused
        Answers are missing, or the browser holds no draft (any more).
    """
    referral = lock_draft(session, secret, K.BROWSER, now)
    refusals = [
        refusal
        for page in referral_form.pages_for(referral.source)
        for refusal in referral_form.page_refusals(page, referral.answers, today)
    ]
    if refusals:
        raise Refused(refusals)
    referral.answers = referral_form.final_answers(referral.source, referral.answers)
    referral.sent_at = referral.changed_at = now
    referral.locality_id = locality_of(session, referral.answers["postcode"])
    move(referral, S.SENT)
    referral_links.end(session, referral, now)
    messages.cancel_for_referral(session, referral.id)
    audit.record_change(session, None, "referral.send", referral, danger=is_danger(referral.danger))
    link = ""
    if may_tell_referrer(referral):
        link = referral_links.send_outcome(session, referral, now, base_url)
    referral_alerts.tell_staff(session, referral, base_url)
    return _sent(referral, link)


def was_sent(session: Session, secret: str) -> Sent | None:
    """Return what was sent by this browser's secret before, for whoever clicks twice."""
    link = referral_links.find_any(session, secret)
    if link is None or link.referral.sent_at is None or link.ended_at != link.referral.sent_at:
        return None
    return _sent(link.referral)


def _sent(referral: Referral, link: str = "") -> Sent:
    return Sent(referral.reference, referral.source != ReferralSource.SELF, link)


def locality_of(session: Session, postcode: str) -> uuid.UUID | None:
    """Return the locality in which a postcode lies; None outside all, and where it is wrong."""
    try:
        place = places.locate(postcode)
    except places.PlaceError:
        return None
    locality = find_locality(session, place.sector)
    return locality.id if locality else None
