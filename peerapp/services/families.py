"""Families as staff record them: finding, reading, creating, changing."""

from __future__ import annotations

import math
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.adapters import places
from peerapp.adapters.places import Place
from peerapp.domain.access import is_worker, may_see_family, sees_every_locality, works_in
from peerapp.domain.distances import metres_of, miles_text
from peerapp.domain.eligibility import default_priority
from peerapp.domain.family_records import (
    FamilyDetails,
    FamilyWishes,
    Fault,
    details_faults,
)
from peerapp.domain.references import new_reference
from peerapp.enums import FamilyState, Need
from peerapp.errors import NotFound, Refusal, Refused, Stale
from peerapp.models import Account, Family, FamilyNeed, Locality, utc_now
from peerapp.services import audit
from peerapp.services.contact_changes import follow_contact_change
from peerapp.services.localities import find_locality
from peerapp.services.rows import get_row, lock_row

__all__ = [
    "FamilyDetails", "FamilyFilters", "FamilyPage", "FamilyWishes", "Invalid", "build_family",
    "create_family", "families_of", "free_reference", "get_family", "list_families", "locate",
    "lock_family", "metres_of", "miles_text", "put_needs", "save", "set_needs", "set_wishes",
    "update_family",
]  # fmt: skip

PAGE = 25
ORDER = {state: position for position, state in enumerate(FamilyState)}
"""Referrals before those who wait, and closed records last."""

FIELDS_SHOWN = ("details", "wishes", "needs", "agreement", "safe_contact")
OUTSIDE = "This postcode is in none of the scheme’s localities. Check it, or ask the manager"
NOT_YOURS = "This postcode is in a locality you don’t work in"


class Invalid(Refused):
    """Values that cannot be stored; ``faults`` names each field and what to do."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__([Refusal(f"{one.field}_invalid", one.message) for one in faults])


@dataclass(frozen=True)
class FamilyFilters:
    """What a list of families is narrowed to; None and an empty text narrow nothing."""

    state: FamilyState | None = None
    locality_id: uuid.UUID | None = None
    level: int | None = None
    search: str = ""


@dataclass(frozen=True)
class FamilyPage:
    """One page of families, and how many there are in all."""

    families: Sequence[Family]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / PAGE))


def list_families(
    session: Session, actor: Account, filters: FamilyFilters, page: int = 1
) -> FamilyPage:
    """Return one page of the families that the actor may see, by stage, longest wait first."""
    conditions = [families_of(actor), *_conditions(filters)]
    total = session.scalar(select(func.count(Family.id)).where(*conditions)) or 0
    query = (
        select(Family)
        .where(*conditions)
        .options(
            selectinload(Family.locality),
            selectinload(Family.agreements),
            selectinload(Family.plan_overrides),
            selectinload(Family.safe_contact),
            joinedload(Family.scheme),
        )
        .order_by(case(ORDER, value=Family.state), Family.waiting_since, Family.reference)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return FamilyPage(session.scalars(query).all(), total, page)


def families_of(actor: Account) -> ColumnElement[bool]:
    """Return the condition that leaves the families which the actor may see."""
    if sees_every_locality(actor):
        return Family.id.is_not(None)
    return or_(Family.locality_id.in_(actor.locality_ids), Family.worker_id == actor.id)


def _conditions(filters: FamilyFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state is not None:
        conditions.append(Family.state == filters.state)
    if filters.locality_id is not None:
        conditions.append(Family.locality_id == filters.locality_id)
    if filters.level is not None:
        conditions.append(Family.level == filters.level)
    if filters.search:
        name = Family.first_name + " " + Family.last_name
        conditions.append(
            or_(
                Family.reference.icontains(filters.search, autoescape=True),
                name.icontains(filters.search, autoescape=True),
            )
        )
    return conditions


def get_family(session: Session, actor: Account, family_id: uuid.UUID) -> Family:
    """Return a family with all that staff may see of it; that it was read is audited.

    Raises
    ------
    NotFound
        There is none, or it lives where the actor does not work.
    """
    query = (
        select(Family)
        .where(Family.id == family_id)
        .options(
            selectinload(Family.locality),
            selectinload(Family.needs),
            selectinload(Family.agreements),
            selectinload(Family.safe_contact),
            selectinload(Family.account),
            joinedload(Family.worker),
        )
    )
    family = _seen(actor, session.scalar(query))
    audit.record_read(session, actor, "family.read", family, fields=FIELDS_SHOWN)
    session.flush()
    return family


def lock_family(
    session: Session, actor: Account, family_id: uuid.UUID, version: int | None = None
) -> Family:
    """Lock a family that the actor may see, before it is changed.

    Raises
    ------
    NotFound
        There is none, or it lives where the actor does not work.
    Stale
        Somebody changed it since the actor saw ``version``.
    """
    _seen(actor, get_row(session, Family, family_id))
    family = _seen(actor, lock_row(session, Family, family_id))
    if version is not None and family.version != version:
        raise Stale("Somebody else changed this family’s record while you had it open.")
    return family


def _seen(actor: Account, family: Family | None) -> Family:
    if family is None or not may_see_family(actor, family):
        raise NotFound("there is no such family")
    return family


def create_family(
    session: Session,
    actor: Account,
    details: FamilyDetails,
    today: date,
    *,
    wishes: FamilyWishes | None = None,
    needs: Mapping[Need, int] | None = None,
    choose: Callable[[str], str] = secrets.choice,
) -> Family:
    """Record a family that was referred.

    Parameters
    ----------
    choose
        Source of the reference's letters; a demonstration gives a seeded one.

    Raises
    ------
    Invalid
        Something in ``details`` is wrong, or the postcode is not in a locality of the actor.
    """
    faults = details_faults(details, today)
    place, locality = _place(actor, details.postcode, faults, lambda s: find_locality(session, s))
    reference = free_reference(session, choose)
    family = build_family(reference, details, wishes or FamilyWishes(), place, locality)
    family.needs = [FamilyNeed(need=need, weight=w) for need, w in (needs or {}).items() if w]
    session.add(family)
    audit.record_change(session, actor, "family.create", family, source=details.source.value)
    return family


def build_family(
    reference: str, details: FamilyDetails, wishes: FamilyWishes, place: Place, locality: Locality
) -> Family:
    """Return a new family's row, referred, with what follows from its details filled in."""
    values = {**_columns(details, place, locality), **asdict(wishes)}
    return Family(reference=reference, state=FamilyState.REFERRED, state_since=utc_now(), **values)


def _columns(details: FamilyDetails, place: Place, locality: Locality) -> dict[str, Any]:
    values = asdict(details)
    values["priority"] = details.priority or default_priority(details.level)
    values["waiting_since"] = details.waiting_since or details.referred_on
    values["postcode"] = place.postcode
    values["easting"], values["northing"] = place.easting, place.northing
    values["locality_id"] = locality.id
    return values


def free_reference(session: Session, choose: Callable[[str], str] = secrets.choice) -> str:
    """Return a reference that no family of the scheme has."""
    while True:
        reference = new_reference(choose)
        taken = session.scalar(select(Family.id).where(Family.reference == reference))
        if taken is None:
            return reference


def _place(
    actor: Account,
    postcode: str,
    faults: list[Fault],
    locality_of: Callable[[str], Locality | None],
    anywhere: bool = False,
) -> tuple[Place, Locality]:
    """Find a postcode in a locality of the actor; raise it with all other faults if it is not.

    ``anywhere``: in any locality, as a family keeps its named worker when it moves.
    """
    found, fault = locate(actor, postcode, locality_of, anywhere)
    if fault is not None:
        faults = [*faults, fault]
    if faults or found is None:
        raise Invalid(faults)
    return found


def locate(
    actor: Account,
    postcode: str,
    locality_of: Callable[[str], Locality | None],
    anywhere: bool = False,
) -> tuple[tuple[Place, Locality] | None, Fault | None]:
    """Find a postcode and its locality, or say what is wrong with it for this actor."""
    try:
        place = places.locate(postcode)
    except places.PlaceError as error:
        return None, Fault("postcode", error.message)
    locality = locality_of(place.sector)
    if locality is None:
        return None, Fault("postcode", OUTSIDE)
    if not anywhere and not works_in(actor, locality.id):
        return None, Fault("postcode", NOT_YOURS)
    return (place, locality), None


def update_family(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    version: int,
    details: FamilyDetails,
    today: date,
) -> Family:
    """Change a family's details; a new phone, email or address is unsafe until it is asked about.

    Raises
    ------
    Invalid
        Something in ``details`` is wrong.
    Stale
        Somebody else was faster.
    """
    family = lock_family(session, actor, family_id, version)
    faults = details_faults(details, today)
    stays = is_worker(actor, family)
    place, locality = _place(
        actor, details.postcode, faults, lambda s: find_locality(session, s), anywhere=stays
    )
    located = replace(details, postcode=place.postcode)
    fault = follow_contact_change(session, actor, family, located)
    if fault is not None:
        raise Invalid([fault])
    return save(session, actor, family, "family.update", _columns(details, place, locality))


def set_wishes(
    session: Session, actor: Account, family_id: uuid.UUID, version: int, wishes: FamilyWishes
) -> Family:
    """Set when the family is free and what it wishes of a coach."""
    family = lock_family(session, actor, family_id, version)
    return save(session, actor, family, "family.set_wishes", asdict(wishes))


def set_needs(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    version: int,
    weights: Mapping[Need, int],
) -> Family:
    """Set the family's needs; a weight of 0 is no need."""
    family = lock_family(session, actor, family_id, version)
    return put_needs(session, actor, family, weights)


def put_needs(
    session: Session, actor: Account, family: Family, weights: Mapping[Need, int]
) -> Family:
    """Set the needs of a locked family; a weight of 0 is no need."""
    wanted = {need: weight for need, weight in weights.items() if weight}
    if wanted == {row.need: row.weight for row in family.needs}:
        return family
    rows = {row.need: row for row in family.needs}
    for need in rows.keys() - wanted.keys():
        family.needs.remove(rows[need])
    for need, weight in wanted.items():
        if need in rows:
            rows[need].weight = weight
        else:
            family.needs.append(FamilyNeed(need=need, weight=weight))
    family.version += 1
    audit.record_change(session, actor, "family.set_needs", family, count=len(wanted))
    return family


def save(
    session: Session, actor: Account, family: Family, action: str, values: Mapping[str, Any]
) -> Family:
    """Write what differs; count the version on and audit the names of the fields, if any does."""
    changed = [name for name, value in values.items() if _differs(family, name, value)]
    for name in changed:
        setattr(family, name, values[name])
    if changed:
        family.version += 1
        audit.record_change(session, actor, action, family, fields=changed)
    return family


def _differs(family: Family, name: str, value: Any) -> bool:
    now = getattr(family, name)
    if isinstance(value, tuple):
        return sorted(set(now)) != sorted(set(value))
    return bool(now != value)
