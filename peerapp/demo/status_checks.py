"""Made-up consents and subscriptions, and a first round of questions to the stand-in for DBS."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.adapters.update_service import UpdateService
from peerapp.db import Database
from peerapp.demo.update_service import Register, running
from peerapp.demo.update_service_answers import Entry, Told
from peerapp.domain import consents as consent_rules
from peerapp.domain.certificates import current_certificate
from peerapp.domain.status_checks import surname_as_printed
from peerapp.domain.subscriptions import renewal_after
from peerapp.enums import CertificateStatus
from peerapp.models import (
    Account,
    Certificate,
    StatusConsent,
    Subscription,
    Volunteer,
)
from peerapp.services import status_check_jobs, status_check_settings
from peerapp.services.status_check_settings import StatusSettings

ORGANISATION = "Wiltshire and Central Beds Family Coaching"
ROUNDS = (23, 16, 9, 2, 0)
"""How many days ago the schedule asked."""

EACH = 12  # in a round
JOINED_AFTER = timedelta(days=16)
TOLD = {3: Told.NEW_INFO, 6: Told.NO_MATCH, 9: Told.SERVER_ERROR, 12: Told.NON_BLANK}
"""How the stand-in answers about some, by their place among those who take part."""


def set_up(session: Session, manager: Account, checker: Account, today: date) -> None:
    """Have the manager set status checks up."""
    forename, _, surname = checker.name.partition(" ")
    settings = StatusSettings(ORGANISATION, forename, surname, every_days=30, terms_agreed=True)
    status_check_settings.save(session, manager, settings, today)


def let_join(coaches: Sequence[Volunteer], staff: Account, today: date) -> None:
    """Let two of three coaches agree to status checks and join the Update Service."""
    for number, volunteer in enumerate(coaches):
        held = current_certificate(volunteer)
        if number % 3 == 2 or held is None or held.status != CertificateStatus.ACCEPTED:
            continue
        if held.issue_date + JOINED_AFTER > today:
            continue
        if not consent_rules.has_consent(volunteer):
            given_at = datetime.combine(held.seen_on, time(10), UTC)
            volunteer.consents.append(
                StatusConsent(version=1, typed_name=volunteer.name, given_at=given_at)
            )
        if held.subscription is None:
            joined_on = min(held.issue_date + JOINED_AFTER, today)
            held.subscription = Subscription(
                joined_on=joined_on,
                renew_by=renewal_after(joined_on, today),
                recorded_by_id=staff.id,
            )


def register_of(session: Session) -> dict[str, Entry]:
    """Return every certificate as the stand-in knows it; some it knows to have changed."""
    held = session.scalars(select(Certificate)).all()
    entries, place = {}, 0
    for one in sorted(held, key=lambda one: (one.volunteer_id, one.number)):
        volunteer = one.volunteer
        if volunteer.date_of_birth is None:
            continue
        is_in = one.subscription is not None and one.status == CertificateStatus.ACCEPTED
        place += is_in
        entries[one.number] = Entry(
            surname=surname_as_printed(one, volunteer) or volunteer.last_name,
            forename=volunteer.first_name,
            date_of_birth=volunteer.date_of_birth,
            print_date=one.issue_date,
            told=TOLD.get(place, _as_held(one)) if is_in else _as_held(one),
        )
    return entries


def _as_held(certificate: Certificate) -> Told:
    return Told.NON_BLANK if certificate.has_content else Told.BLANK


def ask_about_all(
    database: Database,
    scheme_id: uuid.UUID,
    entries: Mapping[str, Entry],
    now: datetime,
    today: date,
) -> None:
    """Make the rounds of the last weeks, by the job that makes every other."""
    with running(Register(dict(entries))) as base_url:
        for days in ROUNDS:
            status_check_jobs.run_due(
                database,
                scheme_id,
                UpdateService(base_url),
                now=now - timedelta(days=days),
                today=today - timedelta(days=days),
                base_url="",
                limit=EACH,
            )
