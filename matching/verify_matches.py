"""The proposals one by one, in plain Python: rules, pins, costs, what is told, and limits.

Shares nothing with the solver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple, TypeVar

from matching.problem import Coach, Family, Problem, Settings
from matching.verify_claim import Claim, ClaimedMatch
from matching.verify_columns import taken_slots
from matching.verify_pairs import metres_between, pair_cost, rules_broken
from matching.verify_reading import Reading

# What a proposal says of its pair, and what it may say beside; files read back do not have these.
FACTS = ("mode", "distance_m", "cost")
TOLD = ("shared_slots", "needs_met", "needs_unmet", "lived_shared", "languages_shared")
_facts, _told = attrgetter(*FACTS), attrgetter(*TOLD)
Pair = tuple[Family, Coach, Set[str], bool, bool]
Key = TypeVar("Key", bound=Hashable)
NOTHING: Set[str] = frozenset()


class Truth(NamedTuple):
    """What is so of a pair.

    Attributes
    ----------
    pair
        All that it hangs on beside the settings: family, coach, slots that placements take,
        whether the pair is excluded and whether the family had another coach before.
    broken
        Rules.
    facts
        Mode, distance and cost; None when the two cannot meet.
    told
        In the order of `TOLD`.
    """

    pair: Pair
    broken: tuple[str, ...]
    facts: tuple[str, int, int] | None
    told: tuple[tuple[str, ...], ...]


class Truths:
    """The truth of pairs, found anew where anything that a pair hangs on has changed.

    Parameters
    ----------
    kept
        Whether to remember it until the next time, some hundred bytes for each pair.
    """

    def __init__(self, *, kept: bool) -> None:
        self._kept = kept
        self._settings: Settings | None = None
        self._last: dict[str, Truth] = {}
        self._now: dict[str, Truth] = {}

    def begin(self, settings: Settings) -> None:
        """Forget what was not asked for since this was called last."""
        self._last = self._now if settings == self._settings else {}
        self._settings, self._now = settings, {}

    def of(self, problem: Problem, pair: Pair) -> Truth:
        family_id = pair[0].family_id
        known = self._last.get(family_id)
        if known is None or known.pair != pair:
            known = _truth(problem, pair)
        if self._kept:
            self._now[family_id] = known
        return known


@dataclass(frozen=True)
class Matches:
    """The proposals' faults, and for each proposal the points of its pair computed anew."""

    faults: list[str]
    paid: list[int]


def check_matches(
    problem: Problem, proposals: Sequence[ClaimedMatch], reading: Reading, truths: Truths
) -> Matches:
    """Rules broken, and modes, distances, costs and reasons that are not those of the pair."""
    taken, excluded, previous = taken_slots(problem), problem.exclusions, problem.previous
    families, coaches, found = reading.families, reading.coaches, Matches([], [])
    truths.begin(problem.settings)
    for row in proposals:
        family_id, coach_id = row.family_id, row.coach_id
        at, who = reading.family.get(family_id), reading.coach.get(coach_id)
        if at is None or who is None:
            whom = f"proposal {family_id} with {coach_id}"
            found.faults.append(f"{whom}: unknown {'family' if at is None else 'coach'}")
            found.paid.append(0)
            continue
        moved = previous.get(family_id, coach_id) != coach_id
        pair = (
            families[at], coaches[who], taken.get(coach_id, NOTHING),
            (family_id, coach_id) in excluded, moved,
        )  # fmt: skip
        truth = truths.of(problem, pair)
        found.paid.append(truth.facts[2] if truth.facts else 0)
        if not _is_right(row, truth) or problem.pins.get(family_id, coach_id) != coach_id:
            found.faults.extend(_match_faults(problem, row, truth))
    return found


def _truth(problem: Problem, pair: Pair) -> Truth:
    family, coach, taken = pair[:3]
    free = set(coach.slots).difference(taken)
    broken = tuple(rules_broken(family, coach, free, problem.exclusions))
    facts = None
    if "distance" not in broken:
        mode, cost = pair_cost(problem, family, coach)
        facts = mode, metres_between(family, coach), cost
    return Truth(pair, broken, facts, _what_to_tell(family, coach, free))


def _what_to_tell(family: Family, coach: Coach, free: Set[str]) -> tuple[tuple[str, ...], ...]:
    lived = coach.lived_experience
    tags = [tag for tag, _ in family.needs]
    spoken = family.languages if family.languages else {"en"}
    return (
        tuple(slot for slot in family.slots if slot in free),
        tuple(tag for tag in tags if tag in lived or tag in coach.experience),
        tuple(tag for tag in tags if tag not in lived and tag not in coach.experience),
        tuple(tag for tag in tags if tag in lived),
        tuple(sorted(word for word in spoken if word in coach.languages)),
    )


def _is_right(row: ClaimedMatch, truth: Truth) -> bool:
    """Whether nothing that the row says is wrong, at first sight."""
    return (
        not truth.broken
        and row.slot in truth.told[0]
        and _facts(row) == truth.facts
        and (not hasattr(row, TOLD[0]) or _told(row) == truth.told)
    )


def _match_faults(problem: Problem, row: ClaimedMatch, truth: Truth) -> list[str]:
    who = f"proposal {row.family_id} with {row.coach_id}"
    faults = [f"{who}: breaks the rule {name}" for name in truth.broken]
    if row.slot not in truth.told[0]:
        faults.append(f"{who}: {row.slot} is not a slot that both have free")
    if problem.pins.get(row.family_id, row.coach_id) != row.coach_id:
        faults.append(f"{who}: the family is pinned to {problem.pins[row.family_id]}")
    if truth.facts is None:
        return faults
    faults += [
        f"{who}: {name} is {getattr(row, name)}, must be {value}"
        for name, value in zip(FACTS, truth.facts, strict=True)
        if getattr(row, name) != value
    ]
    if hasattr(row, TOLD[0]):
        faults += [
            f"{who}: {name} is {_words(getattr(row, name))}, must be {_words(value)}"
            for name, value in zip(TOLD, truth.told, strict=True)
            if tuple(getattr(row, name)) != value
        ]
    return faults


def _words(values: Sequence[str]) -> str:
    return " ".join(values) or "none"


def limit_faults(problem: Problem, proposals: Sequence[ClaimedMatch]) -> list[str]:
    """Families, slots, coaches and supervisors with more than they may have."""
    coach_ids = [row.coach_id for row in proposals]
    faults = [
        f"family {family_id} is matched {times} times, must be at most once"
        for family_id, times in _repeated(row.family_id for row in proposals)
    ]
    faults += [
        f"coach {coach_id} has {times} families at {slot}, must be at most one"
        for (coach_id, slot), times in _repeated(
            zip(coach_ids, (row.slot for row in proposals), strict=True)
        )
    ]
    supervisor = {coach.coach_id: coach.supervisor for coach in problem.coaches}
    new = Counter(filter(supervisor.__contains__, coach_ids))
    load = new + Counter(row.coach_id for row in problem.placements)
    faults += [
        f"coach {coach.coach_id} has {load[coach.coach_id]} families, "
        f"the capacity is {coach.capacity}"
        for coach in problem.coaches
        if new.get(coach.coach_id) and load[coach.coach_id] > coach.capacity
    ]
    carried: Counter[str | None] = Counter()
    for coach_id, count in load.items():
        carried[supervisor[coach_id]] += count
    growing = {supervisor[coach_id] for coach_id in new}
    for name, limit in problem.supervisors.items():
        if name in growing and carried[name] > limit:
            faults.append(f"supervisor {name} has {carried[name]} matches, the capacity is {limit}")
    return faults


def _repeated(values: Iterable[Key]) -> list[tuple[Key, int]]:
    """What is there more than once, and how often."""
    every = list(values)
    if len(set(every)) == len(every):
        return []
    return [(value, times) for value, times in Counter(every).items() if times > 1]


def completeness_faults(problem: Problem, claim: Claim) -> list[str]:
    """Each family must be either matched or left out, each pinned family matched."""
    known = {family.family_id for family in problem.families}
    matched = {row.family_id for row in claim.proposals}
    left_out = [row.family_id for row in claim.unmatched]
    listed = set(left_out)
    faults = [f"family {f} is both matched and left out" for f in sorted(matched & listed)]
    faults += [
        f"family {f} is neither matched nor left out" for f in sorted(known - matched - listed)
    ]
    faults += [f"left out: unknown family {f}" for f in sorted(listed - known)]
    faults += [f"family {f} is left out {n} times" for f, n in sorted(_repeated(left_out))]
    faults += [f"family {f} is pinned but not matched" for f in sorted(set(problem.pins) - matched)]
    return faults


def load_points(problem: Problem, proposals: Sequence[ClaimedMatch]) -> int:
    """The load of all new matches: a coach's k-th family costs ``load * (k - 1)``."""
    before: Mapping[str, int] = Counter(row.coach_id for row in problem.placements)
    less_one = 0
    for coach_id, count in Counter(row.coach_id for row in proposals).items():
        placed = before.get(coach_id, 0)
        less_one += sum(range(placed, placed + count))
    return problem.settings.load * less_one
