"""How a scheme has status checks made: as whom, how often, and whether DBS's terms are agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Scheme
from peerapp.services import audit
from peerapp.services.schemes import lock_scheme

FEWEST_DAYS, MOST_DAYS = 1, 365


@dataclass(frozen=True)
class StatusSettings:
    """What DBS is told of the scheme, and how often it is asked.

    The checker is the member of staff who answers for the checks of the schedule.
    """

    organisation: str
    checker_forename: str
    checker_surname: str
    every_days: int
    terms_agreed: bool


def save(session: Session, actor: Account, given: StatusSettings, today: date) -> Scheme:
    """Keep how status checks are made; without agreement to the terms none is.

    Raises
    ------
    Refused
        The number of days is out of its bounds.
    """
    if not FEWEST_DAYS <= given.every_days <= MOST_DAYS:
        message = f"Enter a number of days from {FEWEST_DAYS} to {MOST_DAYS}."
        raise Refused([Refusal("every_days", message)])
    scheme = lock_scheme(session)
    scheme.status_organisation = given.organisation.strip()
    scheme.status_checker_forename = given.checker_forename.strip()
    scheme.status_checker_surname = given.checker_surname.strip()
    scheme.status_check_days = given.every_days
    agreed_on = scheme.status_terms_agreed_on
    scheme.status_terms_agreed_on = (agreed_on or today) if given.terms_agreed else None
    audit.record_change(
        session,
        actor,
        "scheme.set_status_checks",
        scheme,
        days=given.every_days,
        terms=given.terms_agreed,
    )
    return scheme
