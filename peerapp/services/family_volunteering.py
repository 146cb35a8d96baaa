"""From a supported family to a volunteer: asked by the family itself, answered with yes or no.

The volunteer's record knows nothing of the family's. One row alone holds both ids: an exclusion,
which the matcher reads and no page shows.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.cooling_off import CoolingOff, cooling_off
from peerapp.enums import Consequence, Role
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Exclusion, Family, Volunteer
from peerapp.services import accounts, audit, contacts, rows

OWN_HOUSEHOLD = "own_household"


def get_answer(session: Session, actor: Account, today: date) -> CoolingOff:
    """Say whether an adult of the actor's own family may apply, and from which day."""
    return _answer(contacts.own_family(session, actor), today)


def _answer(family: Family, today: date) -> CoolingOff:
    return cooling_off(family, family.state_since.astimezone(LONDON).date(), today)


def apply(
    session: Session, actor: Account, email: str, now: datetime, today: date, base_url: str
) -> None:
    """Start a volunteer's account for an adult of the actor's family, and send it its link.

    Raises
    ------
    Refused
        The family is still supported or has not been closed for long enough; or the address is
        that of the family's account.
    """
    family = rows.lock_row(session, Family, contacts.own_family(session, actor).id)
    if not _answer(family, today).may_apply:
        raise Refused([Refusal("too_soon", "It is too soon to volunteer with us.")])
    if accounts.normalise_email(email) in {actor.email, accounts.normalise_email(family.email)}:
        message = (
            "Use another email address than the one you used with us as a family. "
            "If you have no other one, contact us."
        )
        raise Refused([Refusal("email", message)])
    accounts.sign_up_volunteer(session, email, now, base_url)
    # Neither the audit row nor any other names the volunteer beside the family.
    audit.record_change(session, actor, "family.ask_to_volunteer", family)
    _keep_apart(session, family, email)


def _keep_apart(session: Session, family: Family, email: str) -> None:
    """Never match the two; an address whose owner has confirmed it before is somebody else's."""
    account = accounts.find_by_email(session, email)
    if account is None or account.role != Role.VOLUNTEER or account.confirmed_at is not None:
        return
    volunteer = session.scalars(select(Volunteer).where(Volunteer.account_id == account.id)).one()
    known = select(Exclusion.id).where(
        Exclusion.family_id == family.id,
        Exclusion.volunteer_id == volunteer.id,
        Exclusion.reason == OWN_HOUSEHOLD,
    )
    if session.scalars(known).first() is None:
        session.add(
            Exclusion(
                family_id=family.id,
                volunteer_id=volunteer.id,
                consequence=Consequence.EXCLUDED_FOR_GOOD,
                reason=OWN_HOUSEHOLD,
            )
        )
