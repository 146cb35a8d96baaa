"""Showing who one is: the document groups of DBS, and what each of its routes asks for.

Source: the ID checking guidelines of the Disclosure and Barring Service for standard and
enhanced checks, as in force since 1 November 2025. Since then no document has to show the
address; it is confirmed all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from peerapp.domain.certificates import add_months
from peerapp.enums import DocumentGroup, DocumentKind, IdentityRoute
from peerapp.errors import Refusal
from peerapp.models import Volunteer

D = DocumentKind
G = DocumentGroup


class Dated(StrEnum):
    """Which date of a document decides whether it counts."""

    NONE = "none"
    EXPIRES = "expires"
    ISSUED = "issued"
    ISSUED_AT_BIRTH = "issued_at_birth"
    ISSUED_LATER = "issued_later"
    ISSUED_BEFORE_1998 = "issued_before_1998"


@dataclass(frozen=True)
class DocumentRule:
    """What DBS asks of one kind of document.

    Attributes
    ----------
    months
        For ``issued``: how old it may be. For ``expires``: for how long after its last day it
        still counts.
    shows_birth
        It states the date of birth.
    oldest
        Age in years up to which somebody may use it; None for everybody.
    """

    group: DocumentGroup
    dated: Dated = Dated.NONE
    months: int = 0
    shows_birth: bool = False
    oldest: int | None = None


def _until(group: DocumentGroup, months: int = 0, *, birth: bool = False) -> DocumentRule:
    return DocumentRule(group, Dated.EXPIRES, months, shows_birth=birth)


def _within(months: int) -> DocumentRule:
    return DocumentRule(G.GROUP_2B, Dated.ISSUED, months)


RULES: Mapping[DocumentKind, DocumentRule] = {
    D.PASSPORT: _until(G.GROUP_1, 6, birth=True),
    D.RESIDENCE_PERMIT: _until(G.GROUP_1, 18, birth=True),
    D.E_VISA: _until(G.GROUP_1, birth=True),
    D.REGISTRATION_CARD: _until(G.GROUP_1, birth=True),
    D.DRIVING_LICENCE: _until(G.GROUP_1, birth=True),
    D.BIRTH_CERTIFICATE: DocumentRule(G.GROUP_1, Dated.ISSUED_AT_BIRTH, 12, shows_birth=True),
    D.ADOPTION_CERTIFICATE: DocumentRule(G.GROUP_1, shows_birth=True),
    D.FOREIGN_DRIVING_LICENCE: _until(G.GROUP_2A, birth=True),
    D.PAPER_DRIVING_LICENCE: DocumentRule(G.GROUP_2A, Dated.ISSUED_BEFORE_1998, shows_birth=True),
    D.LATER_BIRTH_CERTIFICATE: DocumentRule(G.GROUP_2A, Dated.ISSUED_LATER, 12, shows_birth=True),
    D.MARRIAGE_CERTIFICATE: DocumentRule(G.GROUP_2A),
    D.FORCES_CARD: _until(G.GROUP_2A, birth=True),
    D.FIREARMS_LICENCE: _until(G.GROUP_2A, birth=True),
    D.MORTGAGE_STATEMENT: _within(12),
    D.BANK_STATEMENT: _within(3),
    D.ACCOUNT_LETTER: _within(3),
    D.CARD_STATEMENT: _within(3),
    D.FINANCIAL_STATEMENT: _within(12),
    D.P45_OR_P60: _within(12),
    D.COUNCIL_TAX: _within(12),
    D.UTILITY_BILL: _within(3),
    D.BENEFIT_STATEMENT: _within(12),
    D.ENTITLEMENT_LETTER: _within(3),
    D.TAX_LETTER: _within(12),
    D.HEALTH_CARD: _until(G.GROUP_2B),
    D.EEA_IDENTITY_CARD: _until(G.GROUP_2B, birth=True),
    D.IRISH_PASSPORT_CARD: _until(G.GROUP_2B, birth=True),
    D.PASS_CARD: _until(G.GROUP_2B, birth=True),
    D.HEAD_TEACHER_LETTER: DocumentRule(G.GROUP_2B, Dated.ISSUED, 3, oldest=19),
}
"""Each kind of document with its group and its limits."""

NOT_TOGETHER = ((D.PASSPORT, D.IRISH_PASSPORT_CARD),)


@dataclass(frozen=True)
class RouteRule:
    """What a route asks for: documents of the first group, and more of the others.

    Attributes
    ----------
    count
        How many documents in all.
    first, further
        Of these groups one document is needed; of these groups all others.
    needs
        Kinds without which the route cannot be taken.
    external_check
        A validation service must confirm the identity as well.
    """

    count: int
    first: DocumentGroup
    further: frozenset[DocumentGroup]
    needs: frozenset[DocumentKind] = frozenset()
    external_check: bool = False


SECOND = frozenset({G.GROUP_2A, G.GROUP_2B})
ROUTES: Mapping[IdentityRoute, RouteRule] = {
    IdentityRoute.ROUTE_1: RouteRule(3, G.GROUP_1, frozenset(G)),
    IdentityRoute.ROUTE_2: RouteRule(3, G.GROUP_2A, SECOND, external_check=True),
    IdentityRoute.ROUTE_3: RouteRule(
        5, G.GROUP_2A, SECOND, needs=frozenset({D.LATER_BIRTH_CERTIFICATE})
    ),
}


@dataclass(frozen=True)
class ShownDocument:
    """A document that lies on the table.

    Attributes
    ----------
    dated_on
        The date that its rule asks for: last day or day of issue. It is looked at and not kept.
    """

    kind: DocumentKind
    dated_on: date | None = None


@dataclass(frozen=True)
class Shown:
    """One look at documents: by which route, what was confirmed, which documents."""

    route: IdentityRoute
    route_reason: str
    documents: Sequence[ShownDocument]
    checked_on: date
    name_confirmed: bool
    birth_confirmed: bool
    address_confirmed: bool
    external_check: bool = False


def kinds_for(route: IdentityRoute) -> list[DocumentKind]:
    """Return the kinds of documents that a route takes, by group."""
    rule = ROUTES[route]
    groups = {rule.first, *rule.further}
    return [kind for kind, asked in RULES.items() if asked.group in groups]


def identity_refusals(shown: Shown, volunteer: Volunteer, today: date) -> list[Refusal]:
    """Say why what was shown does not prove who the volunteer is; empty means that it does."""
    refusals = _route_refusals(shown)
    refusals += combination_refusals(shown.route, [document.kind for document in shown.documents])
    for document in shown.documents:
        refusals += document_refusals(document, volunteer, shown.checked_on)
    refusals += _confirmed_refusals(shown)
    if shown.checked_on > today:
        message = "The day of the check must be today or in the past."
        refusals.append(Refusal("checked_on", message))
    return refusals


def _route_refusals(shown: Shown) -> list[Refusal]:
    refusals = []
    if shown.route != IdentityRoute.ROUTE_1 and not shown.route_reason.strip():
        message = "Say why the earlier routes are not possible for this volunteer."
        refusals.append(Refusal("route_reason", message))
    if ROUTES[shown.route].external_check and not shown.external_check:
        message = "Route 2 also needs the check by an external validation service."
        refusals.append(Refusal("external_check", message))
    return refusals


def combination_refusals(route: IdentityRoute, kinds: Sequence[DocumentKind]) -> list[Refusal]:
    """Say why these kinds of documents together do not fulfil a route."""
    rule = ROUTES[route]
    refusals = [
        Refusal("documents_twice", f"Each document counts once: {words(kind)}.")
        for kind, times in Counter(kinds).items()
        if times > 1
    ]
    refusals += [
        Refusal("documents_together", f"{words(one)} and {words(other)} count as one document.")
        for one, other in NOT_TOGETHER
        if one in kinds and other in kinds
    ]
    refusals += [
        Refusal("documents_missing", f"This route needs this document: {words(kind)}.")
        for kind in sorted(rule.needs - set(kinds))
    ]
    wrong = [kind for kind in kinds if RULES[kind].group not in {rule.first, *rule.further}]
    refusals += [
        Refusal("documents_group", f"This route does not take this document: {words(kind)}.")
        for kind in wrong
    ]
    if not any(RULES[kind].group == rule.first and kind not in rule.needs for kind in kinds):
        also = " besides the birth certificate" if rule.needs else ""
        name = rule.first.value.replace("_", " ")
        refusals.append(
            Refusal("documents_first", f"At least one document must be of {name}{also}.")
        )
    if len(set(kinds)) < rule.count:
        message = f"This route needs {rule.count} documents. You have chosen {len(set(kinds))}."
        refusals.append(Refusal("documents_count", message))
    if not any(RULES[kind].shows_birth for kind in kinds):
        message = "At least one document must show the date of birth."
        refusals.append(Refusal("documents_birth", message))
    return refusals


def document_refusals(
    document: ShownDocument, volunteer: Volunteer, checked_on: date
) -> list[Refusal]:
    """Say why a document does not count on the day on which it was looked at."""
    rule, code = RULES[document.kind], document.kind.value
    name = words(document.kind)
    if rule.oldest is not None and not _is_at_most(volunteer, rule.oldest, checked_on):
        return [Refusal(code, f"{name}: only for somebody who is {rule.oldest} or younger.")]
    if rule.dated == Dated.NONE:
        return []
    if document.dated_on is None:
        return [Refusal(code, f"{name}: enter the date on the document.")]
    fault = _date_fault(rule, document.dated_on, volunteer, checked_on)
    return [Refusal(code, f"{name}: {fault}")] if fault else []


def _date_fault(rule: DocumentRule, day: date, volunteer: Volunteer, checked_on: date) -> str:
    """Return what is wrong with a document's date, or nothing."""
    born = volunteer.date_of_birth
    if rule.dated == Dated.EXPIRES:
        return "" if checked_on <= add_months(day, rule.months) else "it has run out."
    if day > checked_on:
        return "it cannot have been issued after you looked at it."
    if rule.dated == Dated.ISSUED:
        fresh = checked_on <= add_months(day, rule.months)
        return "" if fresh else f"it must have been issued in the last {rule.months} months."
    if rule.dated == Dated.ISSUED_BEFORE_1998:
        return "" if day.year < 1998 else "paper licences count only if issued before 1998."
    if born is None:
        return "record the volunteer’s date of birth first."
    if day < born:
        return "it cannot have been issued before the volunteer was born."
    early = day <= add_months(born, rule.months)
    if rule.dated == Dated.ISSUED_AT_BIRTH:
        return "" if early else "it was issued later than 12 months after birth: group 2a."
    return "it was issued within 12 months of birth: group 1." if early else ""


def _confirmed_refusals(shown: Shown) -> list[Refusal]:
    refusals = []
    asked = (
        ("name_confirmed", shown.name_confirmed, "the current name"),
        ("birth_confirmed", shown.birth_confirmed, "the date of birth"),
        ("address_confirmed", shown.address_confirmed, "the current address"),
    )
    for code, is_so, what in asked:
        if not is_so:
            refusals.append(Refusal(code, f"Confirm {what} before you record the check."))
    return refusals


def _is_at_most(volunteer: Volunteer, years: int, day: date) -> bool:
    born = volunteer.date_of_birth
    return born is not None and day < add_months(born, 12 * (years + 1))


def words(kind: DocumentKind) -> str:
    """Return the kind in plain words for a message."""
    text = kind.value.replace("_", " ")
    return text[0].upper() + text[1:]
