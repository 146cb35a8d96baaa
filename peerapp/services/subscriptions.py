"""The Update Service: recorded as joined, renewed and ended, by the volunteer or by staff."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from peerapp import wording
from peerapp.domain import subscriptions as rules
from peerapp.domain.certificates import add_months, current_certificate
from peerapp.errors import NotFound, Refused
from peerapp.models import Account, Certificate, Subscription, Volunteer
from peerapp.services import audit, volunteers
from peerapp.services.checks import find_certificate


def window_in_words(volunteer: Volunteer, certificate: Certificate, today: date) -> list[str]:
    """Say until when a certificate may join, or why it cannot any more."""
    days = volunteer.scheme.join_days
    window = rules.join_window(certificate, days, today)
    if window is None:
        return ["Only standard and enhanced certificates can join the Update Service."]
    if not window.is_open:
        return [rules.TOO_LATE.format(days=days)]
    if window.days_left == 0:
        return ["Today is the last day on which this certificate can join."]
    left = wording.count(window.days_left, "day")
    return [f"This certificate can join until {wording.date(window.last_day)}: {left} left."]


def join_own(session: Session, actor: Account, joined_on: date, today: date) -> Subscription:
    """Record that the actor's own certificate has joined."""
    volunteer = volunteers.lock_own(session, actor)
    return _join(session, actor, volunteer, _current(volunteer), joined_on, today)


def join(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    joined_on: date,
    today: date,
) -> Subscription:
    """Record that a volunteer's certificate has joined; recorded again, the day is put right.

    Raises
    ------
    Refused
        It is of a level that cannot join, or it joined too late for that to be true.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    certificate = find_certificate(volunteer, certificate_id)
    return _join(session, actor, volunteer, certificate, joined_on, today)


def _join(
    session: Session,
    actor: Account,
    volunteer: Volunteer,
    certificate: Certificate,
    joined_on: date,
    today: date,
) -> Subscription:
    days = volunteer.scheme.join_days
    refusals = rules.joining_refusals(certificate, joined_on, days, today)
    if refusals:
        raise Refused(refusals)
    held = certificate.subscription or Subscription()
    held.joined_on, held.ended_on = joined_on, None
    held.renew_by = rules.renewal_after(joined_on, today)
    held.recorded_by_id = actor.id
    certificate.subscription = held
    session.flush()
    audit.record_change(session, actor, "subscription.join", held)
    return held


def renew_own(session: Session, actor: Account, today: date) -> Subscription:
    """Record that the actor has renewed their own subscription for another year."""
    volunteer = volunteers.lock_own(session, actor)
    return _renew(session, actor, _current(volunteer), today)


def renew(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    today: date,
) -> Subscription:
    """Record that a subscription was renewed for another year.

    Raises
    ------
    Refused
        There is none, it has ended, or DBS would not renew it yet.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    return _renew(session, actor, find_certificate(volunteer, certificate_id), today)


def _renew(session: Session, actor: Account, certificate: Certificate, today: date) -> Subscription:
    held = certificate.subscription
    refusals = rules.renewal_refusals(held, today)
    if held is None or refusals:
        raise Refused(refusals)
    held.renew_by = add_months(held.joined_on, _months_until(held) + rules.YEAR)
    held.recorded_by_id = actor.id
    audit.record_change(session, actor, "subscription.renew", held)
    return held


def _months_until(held: Subscription) -> int:
    """Count from the day of joining: a subscription of 29 February keeps its day in leap years."""
    return rules.YEAR * (held.renew_by.year - held.joined_on.year)


def end(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    today: date,
) -> Subscription:
    """Record that a certificate has left the Update Service; ended twice, it ended the first time.

    Raises
    ------
    NotFound
        It never joined.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    held = find_certificate(volunteer, certificate_id).subscription
    if held is None:
        raise NotFound("this certificate never joined")
    if held.ended_on is None:
        held.ended_on = today
        audit.record_change(session, actor, "subscription.end", held)
    return held


def _current(volunteer: Volunteer) -> Certificate:
    certificate = current_certificate(volunteer)
    if certificate is None:
        raise NotFound("there is no certificate yet")
    return certificate
