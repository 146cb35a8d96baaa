"""The matching problem as data: families, coaches and what binds them.

Everything here is frozen and checks itself when it is made: a `Problem` that exists is sound.
What-ifs are made with `Problem.replace`. Places are metres on the British National Grid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any

from matching.faults import Fault, FaultFinder, ProblemError

__all__ = [
    "COACH_GENDERS", "DAYS", "GENDERS", "PARTS", "SLOTS", "SLOT_INDEX", "STATUSES",
    "Coach", "Family", "Fault", "Placement", "Problem", "ProblemError", "Settings",
]  # fmt: skip

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = ("morning", "afternoon", "after_school", "evening")
SLOTS = tuple(f"{day}_{part}" for day in DAYS for part in PARTS)
SLOT_INDEX = {slot: index for index, slot in enumerate(SLOTS)}
STATUSES = ("cleared", "not_cleared")
GENDERS = ("woman", "man", "other")
COACH_GENDERS = ("any", *GENDERS)
SLOTS_ALLOWED = "mon to sun with _morning, _afternoon, _after_school or _evening"

# The grid of Great Britain is 700 by 1,300 km. The bounds catch swapped and truncated numbers
# and keep every sum of the solver far inside 64 bits.
EASTING_MAX = 700_000
NORTHING_MAX = 1_300_000
DISTANCE_MAX = 2_000_000
COUNT_MAX = 1_000_000
POINTS_MAX = 1_000_000


def _week_order(slots: Iterable[str]) -> tuple[str, ...]:
    """Each slot once, in the order of the week; what is no slot comes last and is refused."""
    return tuple(sorted(set(slots), key=lambda slot: (SLOT_INDEX.get(slot, len(SLOTS)), slot)))


def _check_place(finder: FaultFinder, easting: object, northing: object) -> None:
    finder.whole("easting", easting, 0, EASTING_MAX)
    finder.whole("northing", northing, 0, NORTHING_MAX)


def _check_slots(finder: FaultFinder, slots: Iterable[str]) -> None:
    for slot in slots:
        if slot not in SLOT_INDEX:
            finder.add("slots", slot, SLOTS_ALLOWED)


def _freeze(row: object, names: Iterable[str]) -> None:
    """Turn list-like fields into frozen sets: the order of a list means nothing here."""
    for name in names:
        object.__setattr__(row, name, frozenset(getattr(row, name)))


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family that waits for a coach.

    Attributes
    ----------
    easting, northing
        Place in metres on the British National Grid.
    priority
        1 is most urgent.
    slots
        Weekly slots in which the family could meet, kept in the order of `SLOTS`.
    needs
        ``(tag, weight)`` pairs, weight 1 to 3, kept sorted by tag.
    languages
        ISO 639-1 codes; empty means that English will do.
    training, household
        What a coach must have been trained in; what the household has (``pets``, ``smoking``).
    min_distance_m
        How far away a coach must live at least to meet in person, metres.

    Raises
    ------
    ProblemError
        With every fault of the row.
    """

    family_id: str
    easting: int
    northing: int
    priority: int
    waiting_since: date
    slots: tuple[str, ...] = ()
    needs: tuple[tuple[str, int], ...] = ()
    languages: frozenset[str] = frozenset()
    coach_gender: str = "any"
    training: frozenset[str] = frozenset()
    accepts_remote: bool = False
    min_distance_m: int = 0
    household: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", _week_order(self.slots))
        object.__setattr__(self, "needs", tuple(sorted(self.needs)))
        _freeze(self, ("languages", "training", "household"))
        finder = FaultFinder("families", str(self.family_id))
        finder.identifier("family_id", self.family_id)
        _check_place(finder, self.easting, self.northing)
        finder.whole("priority", self.priority, 1, COUNT_MAX)
        if type(self.waiting_since) is not date:
            finder.add("waiting_since", self.waiting_since, "a date as YYYY-MM-DD")
        _check_slots(finder, self.slots)
        self._check_needs(finder)
        finder.languages("languages", self.languages)
        finder.one_of("coach_gender", self.coach_gender, COACH_GENDERS)
        finder.tags("training", self.training)
        finder.yes_no("accepts_remote", self.accepts_remote)
        finder.whole("min_distance_m", self.min_distance_m, 0, DISTANCE_MAX)
        finder.tags("household", self.household)
        finder.stop()

    def _check_needs(self, finder: FaultFinder) -> None:
        finder.tags("needs", [tag for tag, _ in self.needs])
        for tag, weight in self.needs:
            if type(weight) is not int or not 1 <= weight <= 3:
                finder.add("needs", f"{tag}:{weight}", "tag:weight with a weight from 1 to 3")
        for tag, times in Counter(tag for tag, _ in self.needs).items():
            if times > 1:
                finder.add("needs", tag, "each need once")


@dataclass(frozen=True, kw_only=True)
class Coach:
    """A volunteer who may be matched.

    Attributes
    ----------
    status
        ``cleared`` or ``not_cleared``; the matcher knows no more about checks than this.
    slots
        Weekly slots the coach offers, active placements included, in the order of `SLOTS`.
    capacity
        Families at one time, active placements included.
    max_distance_m
        How far the coach travels, metres.
    avoids
        What a household must not have.
    supervisor
        Id of the supervisor who carries the coach's matches, or None.

    Raises
    ------
    ProblemError
        With every fault of the row.
    """

    coach_id: str
    easting: int
    northing: int
    status: str
    slots: tuple[str, ...] = ()
    capacity: int
    experience: frozenset[str] = frozenset()
    lived_experience: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    gender: str
    training: frozenset[str] = frozenset()
    max_distance_m: int
    offers_remote: bool = False
    avoids: frozenset[str] = frozenset()
    supervisor: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", _week_order(self.slots))
        _freeze(self, ("experience", "lived_experience", "languages", "training", "avoids"))
        finder = FaultFinder("coaches", str(self.coach_id))
        finder.identifier("coach_id", self.coach_id)
        _check_place(finder, self.easting, self.northing)
        finder.one_of("status", self.status, STATUSES)
        _check_slots(finder, self.slots)
        finder.whole("capacity", self.capacity, 0, COUNT_MAX)
        finder.tags("experience", self.experience)
        finder.tags("lived_experience", self.lived_experience)
        finder.languages("languages", self.languages)
        finder.one_of("gender", self.gender, GENDERS)
        finder.tags("training", self.training)
        finder.whole("max_distance_m", self.max_distance_m, 0, DISTANCE_MAX)
        finder.yes_no("offers_remote", self.offers_remote)
        finder.tags("avoids", self.avoids)
        if self.supervisor is not None:
            finder.identifier("supervisor", self.supervisor)
        finder.stop()


@dataclass(frozen=True, kw_only=True)
class Placement:
    """An active match: a fact, so it may exceed what a limit would allow now.

    The family need not be among the problem's families.
    """

    family_id: str
    coach_id: str
    slot: str

    def __post_init__(self) -> None:
        finder = FaultFinder("placements", f"{self.family_id} {self.coach_id}")
        finder.identifier("family_id", self.family_id)
        finder.identifier("coach_id", self.coach_id)
        if self.slot not in SLOT_INDEX:
            finder.add("slot", self.slot, SLOTS_ALLOWED)
        finder.stop()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The points of the objective, whole numbers from 0. See the definition's "Objective"."""

    travel_per_mile: int = 10
    remote: int = 60
    unmet_need: int = 20
    no_peer: int = 15
    scarce_language: int = 25
    scarce_training: int = 10
    change: int = 30
    load: int = 5

    def __post_init__(self) -> None:
        finder = FaultFinder("settings", "")
        for setting in fields(self):
            finder.whole(setting.name, getattr(self, setting.name), 0, POINTS_MAX)
        finder.stop()


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Families, coaches and everything that binds them.

    Attributes
    ----------
    exclusions
        ``(family_id, coach_id)`` pairs that must never be matched.
    pins
        family_id to the one coach_id that it may get; a pinned family comes first.
    previous
        family_id to the coach_id proposed for it last time.
    supervisors
        supervisor_id to the number of matches that the supervisor can carry.

    Raises
    ------
    ProblemError
        With every duplicate id and every reference to somebody unknown. Whether the pins can hold
        is asked by `matching.solve`.
    """

    families: tuple[Family, ...]
    coaches: tuple[Coach, ...]
    exclusions: frozenset[tuple[str, str]] = frozenset()
    pins: Mapping[str, str] = field(default_factory=dict)
    previous: Mapping[str, str] = field(default_factory=dict)
    placements: tuple[Placement, ...] = ()
    supervisors: Mapping[str, int] = field(default_factory=dict)
    settings: Settings = Settings()

    def __post_init__(self) -> None:
        for name in ("families", "coaches", "placements"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("pins", "previous", "supervisors"):
            object.__setattr__(self, name, dict(getattr(self, name)))
        _freeze(self, ("exclusions",))
        faults = [
            *_duplicates("families", "family_id", [f.family_id for f in self.families]),
            *_duplicates("coaches", "coach_id", [c.coach_id for c in self.coaches]),
            *self._supervisor_faults(),
            *self._reference_faults(),
        ]
        if faults:
            raise ProblemError(faults)

    @cached_property
    def family_by_id(self) -> Mapping[str, Family]:
        return {family.family_id: family for family in self.families}

    @cached_property
    def coach_by_id(self) -> Mapping[str, Coach]:
        return {coach.coach_id: coach for coach in self.coaches}

    @cached_property
    def placements_of(self) -> Mapping[str, tuple[Placement, ...]]:
        """Active placements by coach_id; coaches without one are absent."""
        found: dict[str, list[Placement]] = {}
        for placement in self.placements:
            found.setdefault(placement.coach_id, []).append(placement)
        return {coach_id: tuple(rows) for coach_id, rows in found.items()}

    @cached_property
    def supervised(self) -> Mapping[str, int]:
        """Active placements by supervisor_id."""
        carried = Counter(dict.fromkeys(self.supervisors, 0))
        for placement in self.placements:
            supervisor = self.coach_by_id[placement.coach_id].supervisor
            if supervisor is not None:
                carried[supervisor] += 1
        return carried

    def free_slots(self, coach: Coach) -> tuple[str, ...]:
        """The slots that the coach offers and no active placement takes, in week order."""
        taken = {placement.slot for placement in self.placements_of.get(coach.coach_id, ())}
        return tuple(slot for slot in coach.slots if slot not in taken) if taken else coach.slots

    def free_places(self, coach: Coach) -> int:
        """How many more families the coach's capacity allows, never below 0."""
        return max(0, coach.capacity - len(self.placements_of.get(coach.coach_id, ())))

    def ranked(self) -> tuple[Family, ...]:
        """The families in the order of level 1: pinned, priority, waiting, id."""
        return tuple(sorted(self.families, key=self.rank_of))

    def rank_of(self, family: Family) -> tuple[bool, int, date, str]:
        """What the families are sorted by in `ranked`."""
        pinned = family.family_id in self.pins
        return not pinned, family.priority, family.waiting_since, family.family_id

    def replace(self, **edits: Any) -> Problem:
        """The problem with rows added, changed or taken away, checked as a whole.

        Parameters
        ----------
        **edits
            As in `matching.Edits`: ``families={"F1": {"priority": 1}, "F2": None}``,
            ``coaches={"C1": {"capacity": 3}}``, ``pins={"F1": "C1"}``,
            ``exclusions={("F1", "C2"): True}``, ``settings={"load": 10}`` and so on.

        Raises
        ------
        ProblemError
            With everything that is wrong with the edits.
        """
        from matching.edits import Edits, edited  # which knows problems

        return edited(self, Edits(**edits))

    def _supervisor_faults(self) -> list[Fault]:
        faults: list[Fault] = []
        for supervisor_id, capacity in self.supervisors.items():
            finder = FaultFinder("supervisors", str(supervisor_id))
            finder.identifier("supervisor_id", supervisor_id)
            finder.whole("capacity", capacity, 0, COUNT_MAX)
            faults += finder.faults
        for coach in self.coaches:
            if coach.supervisor is not None and coach.supervisor not in self.supervisors:
                allowed = "an id in supervisors, or blank"
                fault = Fault("coaches", coach.coach_id, "supervisor", coach.supervisor, allowed)
                faults.append(fault)
        return faults

    def _reference_faults(self) -> list[Fault]:
        """Families and coaches that are named and unknown, in the order of the tables."""
        coaches = {coach.coach_id for coach in self.coaches}
        families = {family.family_id for family in self.families}
        pairs = [("exclusions", pair) for pair in sorted(self.exclusions)]
        pairs += [("pins", pair) for pair in self.pins.items()]
        pairs += [("previous", pair) for pair in self.previous.items()]
        faults = [
            Fault(table, f"{family_id} {coach_id}", "family_id", family_id, "an id in families")
            for table, (family_id, coach_id) in pairs
            if family_id not in families
        ]
        pairs += [("placements", (row.family_id, row.coach_id)) for row in self.placements]
        faults += [
            Fault(table, f"{family_id} {coach_id}", "coach_id", coach_id, "an id in coaches")
            for table, (family_id, coach_id) in pairs
            if coach_id not in coaches
        ]
        return faults


def _duplicates(table: str, name: str, ids: list[str]) -> list[Fault]:
    return [
        Fault(table, key, name, key, "each id once")
        for key, times in Counter(ids).items()
        if times > 1
    ]
