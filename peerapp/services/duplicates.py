"""Finding records that may be of one family. Nothing is merged; somebody looks and says."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain.access import may_see_family
from peerapp.domain.duplicates import Child, Traces, likenesses
from peerapp.domain.referrals import born_between, may_see_referral, sent_on
from peerapp.enums import Likeness, ReferralState
from peerapp.models import Account, Family, FamilyChild, Referral


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

    All localities are searched: families move. A constant number of queries.
    """
    query = select(Family).options(selectinload(Family.children_named)).order_by(Family.reference)
    found = [(one, likenesses(traces, traces_of_family(one))) for one in session.scalars(query)]
    alike = [AlikeFamily(one, why, may_see_family(actor, one)) for one, why in found if why]
    return sorted(alike, key=lambda one: (-len(one.why), one.family.reference))


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


def traces_of_family(family: Family) -> Traces:
    """Return what of a family's record is compared."""
    return Traces(
        first_name=family.first_name,
        last_name=family.last_name,
        phone=family.phone,
        email=family.email,
        postcode=family.postcode,
        address=family.address,
        children=[Child(c.name, c.born_from, c.born_to) for c in family.children_named],
    )


def traces_of_referral(referral: Referral, today: date) -> Traces:
    """Return what of a referral's answers is compared."""
    answers = referral.answers
    told_on = sent_on(referral, today)
    texts = {
        name: str(answers.get(name, ""))
        for name in ("first_name", "last_name", "phone", "email", "postcode", "address")
    }
    children = [
        Child(one["name"], *born_between(one["age"], told_on))
        for one in answers.get("children") or ()
    ]
    return Traces(**texts, children=children)


def children_rows(children: Sequence[Child]) -> list[FamilyChild]:
    """Return rows of children for a family's record."""
    return [
        FamilyChild(name=one.name, born_from=one.born_from, born_to=one.born_to) for one in children
    ]


def unanswered(alike: Iterable[AlikeFamily], different: Iterable[uuid.UUID]) -> list[AlikeFamily]:
    """Return those of which nobody has said yet that they are other families."""
    known = frozenset(different)
    return [one for one in alike if one.family.id not in known]
