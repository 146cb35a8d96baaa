"""The words that families agree to: published by version, said in other languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from peerapp.domain.family_consent_texts import FIRST_NUMBER, FIRST_TEXTS
from peerapp.domain.family_consents import text_refusals
from peerapp.enums import ConsentPurpose, FamilyState, Role
from peerapp.errors import Forbidden, Refusal, Refused
from peerapp.models import Account, Agreement, Family, FamilyConsentText
from peerapp.services import audit
from peerapp.services.schemes import get_scheme

ENGLISH = "en"
CHANGED = Refusal("text_changed", "The words have changed since you opened this page. Read again.")


@dataclass(frozen=True)
class Words:
    """What a family agrees to for one purpose, in one language.

    Attributes
    ----------
    languages
        In which the present version can be read, English first.
    row
        The stored text; None for the first version while nobody has agreed to it.
    """

    purpose: ConsentPurpose
    number: int
    version: str
    language: str
    revision: int
    body: str
    languages: tuple[str, ...]
    row: FamilyConsentText | None

    @property
    def seen(self) -> str:
        """What a form sends back, so that nobody agrees to words they have not read."""
        return f"{self.number}.{self.language}.{self.revision}"


class Texts:
    """All words of a scheme, read by one query."""

    def __init__(self, session: Session) -> None:
        self.first_version = get_scheme(session).agreement_version
        query = (
            select(FamilyConsentText)
            .options(joinedload(FamilyConsentText.written_by))
            .order_by(FamilyConsentText.number, FamilyConsentText.revision)
        )
        self.rows: Sequence[FamilyConsentText] = session.scalars(query).all()

    def of(self, purpose: ConsentPurpose) -> list[FamilyConsentText]:
        """Return every row of a purpose, oldest first."""
        return [row for row in self.rows if row.purpose == purpose]

    def number(self, purpose: ConsentPurpose) -> int:
        """Return the number of the version that stands."""
        return max((row.number for row in self.of(purpose)), default=FIRST_NUMBER)

    def words(self, purpose: ConsentPurpose, languages: Sequence[str] = ()) -> Words:
        """Return what stands, in the first of ``languages`` that there is; else in English."""
        number = self.number(purpose)
        rows = {row.language: row for row in self.of(purpose) if row.number == number}
        known = (ENGLISH, *sorted(rows.keys() - {ENGLISH}))
        language = next((one for one in languages if one in known), ENGLISH)
        row = rows.get(language)
        if row is None:
            first = (purpose, FIRST_NUMBER, self.first_version, ENGLISH, 1, FIRST_TEXTS[purpose])
            return Words(*first, known, None)
        return Words(purpose, number, row.version, language, row.revision, row.body, known, row)

    def has_newer(self, agreement: Agreement) -> bool:
        """Say whether the scheme asks families to read words that came after an agreement."""
        said = self.of(agreement.purpose)
        numbers = {row.version: row.number for row in said}
        given = numbers.get(agreement.version, FIRST_NUMBER)
        return any(row.asks_again and row.number > given for row in said)


def words_for(session: Session, family: Family, purpose: ConsentPurpose, wish: str = "") -> Words:
    """Return the words that a family reads: as it wishes, else in its language."""
    return Texts(session).words(purpose, (wish, *family.languages))


def keep(session: Session, words: Words, today: date) -> FamilyConsentText:
    """Return the stored text; the first version is written down once somebody agrees to it."""
    if words.row is not None:
        return words.row
    row = FamilyConsentText(
        purpose=words.purpose,
        number=words.number,
        version=words.version,
        body=words.body,
        written_on=today,
    )
    try:
        return _add(session, row)
    except Refused:  # somebody else agreed to it in the same moment
        kept = Texts(session).words(words.purpose).row
        if kept is None:
            raise
        return kept


def write(
    session: Session,
    actor: Account,
    purpose: ConsentPurpose,
    body: str,
    seen: str,
    today: date,
    *,
    asks_again: bool,
) -> FamilyConsentText:
    """Make a new version, in English; consents to older ones stand until they are taken back.

    ``asks_again``: families who agreed to older words are asked, on their page, to read these.

    Raises
    ------
    Refused
        It says nothing, is what stands already, or somebody else wrote one meanwhile.
    """
    current = _writable(session, actor, purpose, seen)
    refusals = text_refusals(body, current.body)
    if refusals:
        raise Refused(refusals)
    keep(session, current, today)
    number = current.number + 1
    row = FamilyConsentText(
        purpose=purpose,
        number=number,
        version=f"{today.year}-{number}",
        body=_tidy(body),
        asks_again=asks_again,
        written_on=today,
        written_by_id=actor.id,
    )
    return _audited(session, actor, _add(session, row))


def translate(
    session: Session,
    actor: Account,
    purpose: ConsentPurpose,
    language: str,
    body: str,
    seen: str,
    today: date,
) -> FamilyConsentText:
    """Say the present version in another language, or say it better there.

    Raises
    ------
    Refused
        It says nothing, or the English words have changed meanwhile.
    """
    current = _writable(session, actor, purpose, seen)
    if language == ENGLISH:
        raise Refused([Refusal("language", "Write a new version to change the English words.")])
    standing = Texts(session).words(purpose, (language,))
    known = standing.language == language
    refusals = text_refusals(body, standing.body if known else "")
    if refusals:
        raise Refused(refusals)
    english = keep(session, current, today)
    row = FamilyConsentText(
        purpose=purpose,
        number=english.number,
        revision=standing.revision + 1 if known else 1,
        version=english.version,
        language=language,
        body=_tidy(body),
        asks_again=english.asks_again,
        written_on=today,
        written_by_id=actor.id,
    )
    return _audited(session, actor, _add(session, row))


def _writable(session: Session, actor: Account, purpose: ConsentPurpose, seen: str) -> Words:
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager writes what families agree to")
    current = Texts(session).words(purpose)
    if seen != current.seen:
        raise Refused([CHANGED])
    return current


def _tidy(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.strip().splitlines())


def _add(session: Session, row: FamilyConsentText) -> FamilyConsentText:
    """Add a text; refuse one that somebody else added in the same moment."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise Refused([CHANGED]) from error
    return row


def _audited(session: Session, actor: Account, row: FamilyConsentText) -> FamilyConsentText:
    audit.record_change(
        session,
        actor,
        "family_consent_text.write",
        row,
        purpose=row.purpose.value,
        version=row.version,
        language=row.language,
        asks_again=row.asks_again,
    )
    return row


def count_older(session: Session, texts: Texts) -> dict[ConsentPurpose, int]:
    """Return, for each purpose, how many standing consents are to older words than today's."""
    query = (
        select(Agreement.purpose, Agreement.version, func.count(Agreement.id))
        .join(Family, Agreement.family_id == Family.id)
        .where(Agreement.withdrawn_on.is_(None), Family.state != FamilyState.CLOSED)
        .group_by(Agreement.purpose, Agreement.version)
    )
    counts = dict.fromkeys(ConsentPurpose, 0)
    for purpose, version, number in session.execute(query):
        if version != texts.words(purpose).version:
            counts[purpose] += number
    return counts
