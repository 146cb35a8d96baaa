"""Finding records that may be of one family. Nothing is merged; somebody looks and says."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.access import works_with_family
from peerapp.domain.duplicates import Child, Traces, likenesses
from peerapp.domain.referees import postcode_key
from peerapp.domain.referrals import born_between, may_see_referral, sent_on
from peerapp.enums import Likeness, ReferralState
from peerapp.models import Account, Family, FamilyChild, Referral
from peerapp.models.vault import opened

TEXTS = ("first_name", "last_name", "phone", "email", "postcode", "address")
"""Columns of a family, and names of answers, in the order of ``Traces``."""


@dataclass(frozen=True)
class AlikeFamily:
    """A record that resembles another, and why.

    ``is_open`` is false where the actor may not know whose record it is: then only that there is
    one, and that somebody else has to look.
    """

    family: Family
    why: tuple[Likeness, ...]
    is_open: bool


def alike_families(session: Session, actor: Account, traces: Traces) -> list[AlikeFamily]:
    """Return every record of the scheme that resembles ``traces``, the most alike first.

    All localities are searched: families move. Three queries; of the records that resemble
    nothing only what is compared is read.
    """
    found = {
        family_id: why
        for family_id, other in _all_traces(session).items()
        if (why := likenesses(traces, other))
    }
    if not found:
        return []
    rows = session.scalars(select(Family).where(Family.id.in_(found)))
    alike = [AlikeFamily(one, found[one.id], works_with_family(actor, one)) for one in rows]
    return sorted(alike, key=lambda one: (-len(one.why), one.family.reference))


def alike_to_referral(
    session: Session, actor: Account, referral: Referral, today: date, postcode: str = ""
) -> list[AlikeFamily]:
    """Return the records that resemble a referral, as typed and with its postcode put right.

    Both are compared: whoever puts a postcode right may be wrong too.
    """
    typed = traces_of_referral(referral, today)
    found = {one.family.id: one for one in alike_families(session, actor, typed)}
    if postcode and postcode_key(postcode) != postcode_key(typed.postcode):
        corrected = replace(typed, postcode=postcode)
        again = {one.family.id: one for one in alike_families(session, actor, corrected)}
        found = {**again, **found}
    return list(found.values())


def resembles_any(
    session: Session, referral: Referral, family_ids: Collection[uuid.UUID], today: date
) -> bool:
    """Say whether a referral may be about one of some families."""
    typed = traces_of_referral(referral, today)
    return any(likenesses(typed, one) for one in _all_traces(session, family_ids).values())


def _all_traces(
    session: Session, family_ids: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, Traces]:
    """Return what is compared of each record, or of some, by its id."""
    some = family_ids is not None
    of_children = (FamilyChild.family_id.in_(family_ids or ()),) if some else ()
    of_families = (Family.id.in_(family_ids or ()),) if some else ()
    children: dict[uuid.UUID, list[Child]] = {}
    named = ("family_id", "name", "born_from", "born_to")
    for _, family_id, *child in opened(session, FamilyChild, named, *of_children):
        children.setdefault(family_id, []).append(Child(*child))
    return {
        family_id: _traces(values, children.get(family_id, ()))
        for family_id, *values in opened(session, Family, TEXTS, *of_families)
    }


def alike_referrals(
    session: Session, actor: Account, referral: Referral, today: date
) -> list[Referral]:
    """Return other referrals that wait, which the actor may see and which resemble this one."""
    query = (
        select(Referral)
        .where(Referral.state == ReferralState.SENT, Referral.id != referral.id)
        .order_by(Referral.sent_at, Referral.id)
    )
    traces = traces_of_referral(referral, today)
    return [
        one
        for one in session.scalars(query)
        if may_see_referral(actor, one) and likenesses(traces, traces_of_referral(one, today))
    ]


def traces_of_referral(referral: Referral, today: date) -> Traces:
    """Return what of a referral's answers is compared."""
    answers = referral.answers
    told_on = sent_on(referral, today)
    children = [
        Child(one["name"], *born_between(one["age"], told_on))
        for one in answers.get("children") or ()
    ]
    return _traces([str(answers.get(name, "")) for name in TEXTS], children)


def _traces(texts: Sequence[str], children: Sequence[Child]) -> Traces:
    """Return traces from values in the order of ``TEXTS``."""
    first_name, last_name, phone, email, postcode, address = texts
    return Traces(first_name, last_name, phone, email, postcode, address, children)


def children_rows(children: Sequence[Child]) -> list[FamilyChild]:
    """Return rows of children for a family's record."""
    return [
        FamilyChild(name=one.name, born_from=one.born_from, born_to=one.born_to) for one in children
    ]


def unanswered(alike: Iterable[AlikeFamily], different: Iterable[uuid.UUID]) -> list[AlikeFamily]:
    """Return those of which nobody has said yet that they are other families."""
    known = frozenset(different)
    return [one for one in alike if one.family.id not in known]
