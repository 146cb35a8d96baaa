"""Named workers, talks about needs, and words in other languages, by the services people use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.enums import ConsentPurpose, FamilyState, Heading
from peerapp.models import Account, Family
from peerapp.services import family_consent_texts, family_workers, needs_guide
from peerapp.services.family_consent_texts import Texts

CoordinatorOf = Callable[[Family], Account]
TALKED = 12
SAID = {
    Heading.EDUCATION: "Mornings are a fight. He says his tummy hurts, and then we are late.",
    Heading.EARLY_YEARS: "She sleeps in my bed. I would like one evening for myself.",
    Heading.HEALTH: "I have nobody to call when it is a bad day. My sister lives in Leeds.",
    Heading.FAMILY_RELATIONSHIPS: "His dad has them every second weekend. We do not talk much.",
    Heading.HOUSING: "The flat is damp. We want to stay, the school is round the corner.",
    Heading.MONEY: "The last week of the month is beans on toast. The forms beat me.",
}
POLISH = {
    ConsentPurpose.TAKE_PART: (
        "Chcesz, żebyśmy poszukali dla Ciebie osoby wspierającej. To ktoś z okolicy, kto sam "
        "przeszedł trudne chwile albo chce pomagać. Każdą taką osobę sprawdzamy, zanim zacznie.\n\n"
        "Żeby znaleźć właściwą osobę, przechowujemy to, co nam powiesz: imię i nazwisko, gdzie "
        "mieszkasz, czego potrzebujesz i kiedy masz czas. Widzą to osoby, które prowadzą ten "
        "program. Zapisujemy każde obejrzenie tych danych.\n\n"
        "Musimy powiadomić innych, jeśli uważamy, że dziecku lub dorosłemu może stać się krzywda. "
        "Powiemy Ci o tym, jeśli to bezpieczne.\n\n"
        "Możesz przestać w każdej chwili. Nie musisz mówić dlaczego."
    ),
    ConsentPurpose.SHARE_WITH_COACH: (
        "Zanim się spotkacie, mówimy osobie wspierającej, w jakiej części miasta mieszkasz, w "
        "czym chcesz pomocy i kiedy masz czas. Nie podajemy Twojego imienia.\n\n"
        "Jeśli obie strony się zgodzą i byliśmy na pierwszym spotkaniu, podajemy Twoje imię i "
        "te sposoby kontaktu, które są dla Ciebie bezpieczne.\n\n"
        "Nigdy nie mówimy, gdzie mieszkasz, jak masz na nazwisko, kiedy urodziły się Twoje "
        "dzieci ani co inni o Tobie napisali."
    ),
}


def build(session: Session, manager: Account, coordinator_of: CoordinatorOf, today: date) -> None:
    """Give every accepted family its worker, and some of them a talk about their needs."""
    for purpose, words in POLISH.items():
        seen = Texts(session).words(purpose).seen
        family_consent_texts.translate(session, manager, purpose, "pl", words, seen, today)
    accepted = select(Family).where(
        Family.state.in_((FamilyState.WAITING, FamilyState.MATCHED)), Family.worker_id.is_(None)
    )
    families = session.scalars(accepted.order_by(Family.reference)).all()
    for family in families:
        family_workers.begin(session, coordinator_of(family), family, family.referred_on)
    for number, family in enumerate(families[:TALKED]):
        _talk(session, coordinator_of(family), family, today - timedelta(days=number))


def _talk(session: Session, coordinator: Account, family: Family, day: date) -> None:
    """Write down what was said under the headings that the family's needs stand under."""
    standing = {row.need: row.weight for row in family.needs}
    for heading, words in SAID.items():
        under = {n: standing[n] for n in needs_guide.needs_under(heading) if n in standing}
        if under:
            needs_guide.record_topic(
                session, coordinator, family.id, None, heading, words, under, day
            )
