"""What the page of one family shows beside its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain.access import may_see_sensitive_needs, sees_every_locality
from peerapp.domain.eligibility import (
    acceptance_refusals,
    matching_refusals,
    standing_agreement,
    support_refusals,
)
from peerapp.domain.family_consents import standing_consent
from peerapp.enums import SENSITIVE_NEEDS, ConsentPurpose, FamilyState
from peerapp.errors import Refusal
from peerapp.models import Account, Agreement, Family, FamilyNeed, Locality, Match, utc_now
from peerapp.services.localities import list_localities
from peerapp.wording import day_of


@dataclass(frozen=True)
class FamilyView:
    """A family's page.

    Attributes
    ----------
    needs
        Heaviest first; without the sensitive ones where the reader may not see them.
    refusals
        Why the family is not accepted, or not matched, or why contact with its coach is closed
        today; empty where nothing is to be done.
    matches
        Newest first.
    """

    needs: Sequence[FamilyNeed]
    hidden_needs: bool
    agreement: Agreement | None
    consents: Sequence[Agreement]
    refusals: Sequence[Refusal]
    may_accept: bool
    matches: Sequence[Match]


def get_page(session: Session, actor: Account, family: Family) -> FamilyView:
    """Return what the page of a family shows to ``actor``, who may see it."""
    open_to_all = [row for row in family.needs if row.need not in SENSITIVE_NEEDS]
    needs = family.needs if may_see_sensitive_needs(actor) else open_to_all
    query = (
        select(Match)
        .where(Match.family_id == family.id)
        .options(joinedload(Match.volunteer))
        .order_by(Match.created_at.desc(), Match.id)
    )
    return FamilyView(
        needs=sorted(needs, key=lambda row: (-row.weight, row.need)),
        hidden_needs=len(needs) < len(family.needs),
        agreement=standing_agreement(family),
        consents=[one for one in map(partial(standing_consent, family), ConsentPurpose) if one],
        refusals=_refusals(family, day_of(utc_now())),
        may_accept=not acceptance_refusals(family, day_of(utc_now())),
        matches=session.scalars(query).all(),
    )


def _refusals(family: Family, today: date) -> list[Refusal]:
    if family.state == FamilyState.REFERRED:
        return acceptance_refusals(family, today)
    if family.state == FamilyState.WAITING:
        return matching_refusals(family, today)
    if family.state == FamilyState.MATCHED:
        return support_refusals(family, today)
    return []


def list_own_localities(session: Session, actor: Account) -> Sequence[Locality]:
    """Return the localities whose families the actor may see, by name."""
    everywhere = sees_every_locality(actor)
    return [one for one in list_localities(session) if everywhere or one.id in actor.locality_ids]
