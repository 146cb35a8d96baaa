"""What a family says yes to and takes back by itself, on its own pages."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain.family_consents import (
    ConsentStanding,
    earlier_consents,
    giving_refusals,
    standing_consent,
)
from peerapp.domain.family_records import AgreementDetails
from peerapp.enums import AgreementMethod, ConsentPurpose, FamilyState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Family
from peerapp.services import agreements
from peerapp.services.contacts import own_family
from peerapp.services.family_consent_texts import CHANGED, Texts, Words, keep, words_for
from peerapp.services.rows import lock_row

CLOSED = Refusal("is_closed", "Your time with us is over. Tell us if you would like help again.")


def list_standings(session: Session, family: Family) -> list[ConsentStanding]:
    """Return where a family, which the caller may see, stands on each purpose."""
    texts = Texts(session)
    return [_standing(family, purpose, texts) for purpose in ConsentPurpose]


def get_standing(session: Session, family: Family, purpose: ConsentPurpose) -> ConsentStanding:
    """Return where a family, which the caller may see, stands on one purpose."""
    return _standing(family, purpose, Texts(session))


def _standing(family: Family, purpose: ConsentPurpose, texts: Texts) -> ConsentStanding:
    consent = standing_consent(family, purpose)
    newer = consent is not None and texts.has_newer(consent)
    return ConsentStanding(purpose, consent, earlier_consents(family, purpose), newer)


def get_words(session: Session, actor: Account, purpose: ConsentPurpose, wish: str) -> Words:
    """Return the words that the actor's own family reads, in the language it wishes."""
    return words_for(session, own_family(session, actor), purpose, wish)


def give(
    session: Session,
    actor: Account,
    purpose: ConsentPurpose,
    seen: str,
    today: date,
    base_url: str,
) -> Family:
    """Say yes for the actor's own family to the words that stood on its page; twice is once.

    Raises
    ------
    Refused
        The words have changed since, taking part has not been agreed to, or the record is closed.
    """
    family = lock_own(session, actor)
    if family.state == FamilyState.CLOSED:
        raise Refused([CLOSED])
    language = seen.split(".")[1] if seen.count(".") == 2 else ""
    words = Texts(session).words(purpose, (language,))
    refusals = giving_refusals(family, purpose)
    if words.seen != seen:
        refusals.append(CHANGED)
    if refusals:
        raise Refused(refusals)
    standing = standing_consent(family, purpose)
    if standing is not None and standing.version == words.version:
        return family
    given = AgreementDetails(
        given_by=family.name,
        given_on=today,
        method=AgreementMethod.ON_SITE,
        language=words.language,
        purposes=(purpose,),
    )
    agreements.add_agreement(session, actor, family, given, {purpose: keep(session, words, today)})
    agreements.tell_workers(session, family, base_url)
    return family


def withdraw(
    session: Session, actor: Account, purpose: ConsentPurpose, today: date, base_url: str
) -> Family:
    """Take back a yes of the actor's own family, with all that follows, and tell its worker.

    A family whose record is closed can do so too: what it said yes to may outlast its time here.

    Raises
    ------
    Refused
        There is nothing to take back.
    """
    family = agreements.take_back(session, actor, lock_own(session, actor), purpose, today)
    agreements.tell_workers(session, family, base_url)
    return family


def lock_own(session: Session, actor: Account) -> Family:
    """Lock the family whose account this is, open or closed, before it changes something."""
    return lock_row(session, Family, own_family(session, actor).id)
