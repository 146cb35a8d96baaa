"""Localities: which postcode sectors they hold, and who lives in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from peerapp.adapters import places
from peerapp.adapters.places import LocalitySeed
from peerapp.domain.sectors import LineFault, read_sectors, sector_of
from peerapp.enums import Role
from peerapp.errors import Forbidden, Refusal, Refused
from peerapp.models import Account, Family, Locality, LocalitySector, Volunteer
from peerapp.models.vault import opened
from peerapp.services import audit
from peerapp.services.rows import get_row, lock_row

__all__ = [
    "LineFault", "LocalityRow", "Moved", "SectorsRefused", "create_locality", "find_locality",
    "get_locality", "list_localities", "list_rows", "load_localities", "localities_by_sector",
    "update_locality",
]  # fmt: skip

Person = TypeVar("Person", Family, Volunteer)


class SectorsRefused(Refused):
    """The list of sectors has faults; ``faults`` names each with its line."""

    def __init__(self, faults: Sequence[LineFault]) -> None:
        self.faults = tuple(faults)
        super().__init__([Refusal("sectors_wrong", fault.message) for fault in faults])


@dataclass(frozen=True)
class LocalityRow:
    """A locality (None: outside all of them) with how many it has of what."""

    locality: Locality | None
    sectors: int
    families: int
    volunteers: int


@dataclass(frozen=True)
class Moved:
    """How many people a change put into another locality, and how many into none."""

    families: int = 0
    volunteers: int = 0
    homeless: int = 0


def list_localities(session: Session) -> Sequence[Locality]:
    """Return the scheme's localities by name."""
    return session.scalars(select(Locality).order_by(Locality.name, Locality.id)).all()


def list_rows(session: Session) -> list[LocalityRow]:
    """Return each locality with its counts, and those who live outside all, if any."""
    families, volunteers = _counts(session, Family), _counts(session, Volunteer)
    query = select(LocalitySector.locality_id, func.count(LocalitySector.id))
    sectors = dict(session.execute(query.group_by(LocalitySector.locality_id)).all())
    rows = [
        LocalityRow(one, sectors.get(one.id, 0), families.get(one.id, 0), volunteers.get(one.id, 0))
        for one in list_localities(session)
    ]
    outside = LocalityRow(None, 0, families.get(None, 0), volunteers.get(None, 0))
    return [*rows, outside] if outside.families or outside.volunteers else rows


def _counts(session: Session, model: type[Family] | type[Volunteer]) -> dict[uuid.UUID | None, int]:
    query = select(model.locality_id, func.count(model.id)).group_by(model.locality_id)
    return dict(session.execute(query).all())


def get_locality(session: Session, locality_id: uuid.UUID) -> Locality:
    """Return a locality."""
    return get_row(session, Locality, locality_id)


def find_locality(session: Session, sector: str) -> Locality | None:
    """Return the locality that holds a sector, if one does."""
    query = select(Locality).join(Locality.sectors).where(LocalitySector.sector == sector)
    return session.scalar(query)


def localities_by_sector(session: Session) -> dict[str, Locality]:
    """Return the locality of every sector that has one, in two queries."""
    query = select(Locality).options(selectinload(Locality.sectors)).order_by(Locality.id)
    return {row.sector: locality for locality in session.scalars(query) for row in locality.sectors}


def create_locality(
    session: Session, actor: Account, name: str, council: str, sectors: str, *, move: bool = False
) -> tuple[Locality, Moved]:
    """Make a locality from a typed list of sectors.

    Raises
    ------
    SectorsRefused
        The list has faults. ``move`` takes sectors out of other localities instead.
    Refused
        Another locality has the name.
    """
    _only_managers(actor)
    _refuse_name(session, name, None)
    wanted = _read(session, sectors, None, move)
    locality = Locality(name=name, council=council)
    session.add(locality)
    moved = _set_sectors(session, locality, wanted)
    _audit(session, actor, "locality.create", locality, moved)
    return locality, moved


def update_locality(
    session: Session,
    actor: Account,
    locality_id: uuid.UUID,
    name: str,
    council: str,
    sectors: str,
    *,
    move: bool = False,
) -> tuple[Locality, Moved]:
    """Rename a locality and set its sectors; people whose sector moved follow it."""
    _only_managers(actor)
    locality = lock_row(session, Locality, locality_id)
    _refuse_name(session, name, locality.id)
    wanted = _read(session, sectors, locality.id, move)
    locality.name, locality.council = name, council
    moved = _set_sectors(session, locality, wanted)
    _audit(session, actor, "locality.update", locality, moved)
    return locality, moved


def load_localities(session: Session, actor: Account | None, seeds: Iterable[LocalitySeed]) -> int:
    """Make the localities that the scheme does not have by name; return how many that were.

    Sectors that another locality holds stay there, so loading twice changes nothing.
    """
    known = {locality.name for locality in list_localities(session)}
    taken = set(localities_by_sector(session))
    new = [seed for seed in seeds if seed.name not in known]
    for seed in new:
        free = [sector for sector in seed.sectors if sector not in taken]
        taken.update(free)
        locality = Locality(name=seed.name, council=seed.council)
        session.add(locality)
        moved = _set_sectors(session, locality, free)
        _audit(session, actor, "locality.load", locality, moved)
    return len(new)


def _only_managers(actor: Account) -> None:
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager changes localities")


def _refuse_name(session: Session, name: str, own_id: uuid.UUID | None) -> None:
    query = select(Locality.id).where(func.lower(Locality.name) == name.lower())
    found = session.scalar(query)
    if found is not None and found != own_id:
        raise Refused(
            [Refusal("name_taken", "Another locality has this name. Choose another name.")]
        )


def _read(session: Session, text: str, own_id: uuid.UUID | None, move: bool) -> tuple[str, ...]:
    known = {one.sector for one in places.sectors().values() if one.easting is not None}
    taken = {
        sector: locality.name
        for sector, locality in localities_by_sector(session).items()
        if locality.id != own_id
    }
    wanted, faults = read_sectors(text, known, {} if move else taken)
    if faults:
        raise SectorsRefused(faults)
    return wanted


def _set_sectors(session: Session, locality: Locality, wanted: Iterable[str]) -> Moved:
    """Make ``wanted`` the locality's sectors, and let everybody who lives there follow."""
    wanted = frozenset(wanted)
    before = {row.sector: row for row in locality.sectors}
    for sector in before.keys() - wanted:
        locality.sectors.remove(before[sector])
    gained = wanted - before.keys()
    session.flush()
    elsewhere = select(LocalitySector).where(LocalitySector.sector.in_(gained))
    for row in session.scalars(elsewhere).all():
        row.locality.sectors.remove(row)
    session.flush()  # deleted first: a sector is in one locality only
    locality.sectors.extend(LocalitySector(sector=sector) for sector in sorted(gained))
    session.flush()
    return _follow(session, gained | (before.keys() - wanted))


def _follow(session: Session, sectors: frozenset[str]) -> Moved:
    """Put everybody who lives in ``sectors`` where those sectors are now."""
    if not sectors:
        return Moved()
    query = select(LocalitySector.sector, LocalitySector.locality_id)
    homes = dict(session.execute(query).all())
    people: list[Family | Volunteer] = [
        *_people(session, Family, sectors),
        *_people(session, Volunteer, sectors),
    ]
    moved: list[Family | Volunteer] = []
    for person in people:
        home = homes.get(sector_of(person.postcode))
        if person.locality_id != home:
            person.locality_id = home
            moved.append(person)
    return Moved(
        families=sum(isinstance(one, Family) for one in moved),
        volunteers=sum(isinstance(one, Volunteer) for one in moved),
        homeless=sum(one.locality_id is None for one in moved),
    )


def _people(session: Session, model: type[Person], sectors: frozenset[str]) -> Sequence[Person]:
    homes = opened(session, model, ["postcode"])
    ids = [row_id for row_id, postcode in homes if sector_of(postcode or "") in sectors]
    return session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)).all()


def _audit(
    session: Session, actor: Account | None, action: str, locality: Locality, moved: Moved
) -> None:
    audit.record_change(
        session,
        actor,
        action,
        locality,
        families=moved.families,
        volunteers=moved.volunteers,
        homeless=moved.homeless,
    )
