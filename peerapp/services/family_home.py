"""Where things stand for a family: who stands by it, since when it waits, what waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain.family_consents import ConsentStanding
from peerapp.domain.safe_contact import safe_channels
from peerapp.enums import FamilyState
from peerapp.models import Account, Family
from peerapp.services import family_consents, family_workers
from peerapp.services.contacts import own_family
from peerapp.wording import day_of


@dataclass(frozen=True)
class OwnHome:
    """What a family's first page says beside its stage.

    Attributes
    ----------
    waits_since
        The day from which we look for a coach; None before and after that.
    to_say
        What the family should read: it has not said yes though we need it, or the words changed.
    to_answer_contact
        It has not said how it can safely be reached.
    """

    worker: str
    referred_on: date
    waits_since: date | None
    to_say: Sequence[ConsentStanding]
    to_answer_contact: bool

    @property
    def has_to_do(self) -> bool:
        return bool(self.to_say) or self.to_answer_contact


def get_home(session: Session, actor: Account) -> OwnHome:
    """Return what waits for the actor's own family, and who its worker is.

    Nothing here tells what a coach did: it is the same for a pause, a suspension and a lapse.
    """
    family = own_family(session, actor)
    worker = family_workers.own_worker(session, actor)
    is_open = family.state != FamilyState.CLOSED
    standings = family_consents.list_standings(session, family) if is_open else []
    return OwnHome(
        worker=worker.name if worker else "",
        referred_on=family.referred_on,
        waits_since=_waits_since(family),
        to_say=[one for one in standings if _is_to_say(one)],
        to_answer_contact=is_open and not safe_channels(family),
    )


def _waits_since(family: Family) -> date | None:
    return day_of(family.state_since) if family.state == FamilyState.WAITING else None


def _is_to_say(standing: ConsentStanding) -> bool:
    return standing.has_newer_words or (standing.is_needed and standing.consent is None)
