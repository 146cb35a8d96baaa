"""A volunteer's own certificate: how it stands, the Update Service, consent to status checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from peerapp.domain.certificates import current_certificate, recheck_due
from peerapp.domain.consents import standing_consent
from peerapp.domain.courses import title_of
from peerapp.domain.subscriptions import RENEWABLE_DAYS, Window, join_window, stands
from peerapp.enums import CertificateStatus, WarningKind
from peerapp.models import Account, Certificate, StatusConsent, Subscription, Volunteer
from peerapp.services import volunteers
from peerapp.services.expiries import Ending, endings, passed
from peerapp.services.progress import check_in_words
from peerapp.wording import count
from peerapp.wording import date as in_words


@dataclass(frozen=True)
class OwnCertificate:
    """All that the volunteer's page about the certificate shows.

    Attributes
    ----------
    words
        How the check stands, and what happens next.
    days_left
        Days until a new check is due; None while the certificate does not count.
    window
        When the certificate may join the Update Service; None where its level never may.
    subscription
        The one that stands today.
    may_renew
        DBS would renew it now.
    """

    volunteer: Volunteer
    words: str
    certificate: Certificate | None
    due_on: date | None
    days_left: int | None
    window: Window | None
    join_days: int
    subscription: Subscription | None
    has_ended: bool
    may_renew: bool
    consent: StatusConsent | None


def get_own(session: Session, actor: Account, today: date) -> OwnCertificate:
    """Return how the actor's own certificate stands.

    Raises
    ------
    peerapp.errors.NotFound
        The account has no volunteer record.
    """
    volunteer = volunteers.get_own(session, actor)
    scheme, held = volunteer.scheme, current_certificate(volunteer)
    counts = held is not None and held.status == CertificateStatus.ACCEPTED
    due_on = recheck_due(held, scheme.recheck_months) if held and counts else None
    subscription = held.subscription if held else None
    is_in = subscription is not None and stands(subscription, today)
    return OwnCertificate(
        volunteer=volunteer,
        words=check_in_words(volunteer, today),
        certificate=held,
        due_on=due_on,
        days_left=(due_on - today).days if due_on else None,
        window=join_window(held, scheme.join_days, today) if held else None,
        join_days=scheme.join_days,
        subscription=subscription if is_in else None,
        has_ended=subscription is not None and not is_in,
        may_renew=is_in and _may_renew(subscription, today),
        consent=standing_consent(volunteer),
    )


def _may_renew(subscription: Subscription | None, today: date) -> bool:
    if subscription is None:
        return False
    return today >= subscription.renew_by - timedelta(days=RENEWABLE_DAYS)


def withdrawal_consequences(own: OwnCertificate) -> list[str]:
    """Say what follows when the volunteer takes the consent back, before they do."""
    lines = ["We will not ask DBS about your certificate any more. This takes effect at once."]
    if own.due_on is not None:
        lines.append(
            f"Your certificate still counts until {in_words(own.due_on)}. Your coordinator is "
            "told, and may ask you for a new certificate before that day."
        )
    else:
        lines.append("Your coordinator is told, and may ask you for a new certificate.")
    lines.append("You stay in the Update Service: only you can leave it, on the website of DBS.")
    lines.append("We keep a record of when you agreed and when you took it back.")
    lines.append("You can agree again at any time.")
    return lines


def reminders(volunteer: Volunteer, today: date) -> list[str]:
    """Return, in words for the volunteer, what of theirs runs out soon or has run out."""
    return [
        _WORDS[one.kind](volunteer, one, today)
        for one in endings(volunteer, today)
        if one.kind in _WORDS and passed(one, today)
    ]


def _of_certificate(_: Volunteer, ending: Ending, today: date) -> str:
    if ending.due_on <= today:
        return "Your DBS certificate is too old. You cannot coach until you have a new one."
    return f"You need a new DBS check by {in_words(ending.due_on)}: {_left(ending, today)}."


def _of_training(volunteer: Volunteer, ending: Ending, today: date) -> str:
    course = next(one.course for one in volunteer.training if one.id == ending.subject_id)
    name = title_of(volunteer.scheme, course)
    if ending.due_on <= today:
        return f"Your training “{name}” is out of date. You need to do it again."
    return f"Your training “{name}” runs out on {in_words(ending.due_on)}: {_left(ending, today)}."


def _of_subscription(_: Volunteer, ending: Ending, today: date) -> str:
    if ending.due_on <= today:
        return "Your place in the DBS Update Service has ended: it was not renewed in time."
    day = in_words(ending.due_on)
    return f"Renew your place in the DBS Update Service before {day}: {_left(ending, today)}."


def _of_joining(_: Volunteer, ending: Ending, today: date) -> str:
    last = ending.due_on - timedelta(days=1)
    when = "only today" if last == today else f"until {in_words(last)}"
    return f"You can join the DBS Update Service {when}. After that it is too late."


def _left(ending: Ending, today: date) -> str:
    return f"{count((ending.due_on - today).days, 'day')} left"


_WORDS: dict[WarningKind, Callable[[Volunteer, Ending, date], str]] = {
    WarningKind.CERTIFICATE: _of_certificate,
    WarningKind.TRAINING: _of_training,
    WarningKind.SUBSCRIPTION: _of_subscription,
    WarningKind.JOINING: _of_joining,
}
