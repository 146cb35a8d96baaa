"""From the database to the matcher's problem: who takes part today, and who does not and why.

The matcher never hears why a coach is not cleared, and gets ids, places and tags only.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

import matching
from peerapp.domain.eligibility import matching_refusals, required_training
from peerapp.domain.match_states import KEEPS_PLACE, OFFERED
from peerapp.domain.supervision import supervisor_capacity
from peerapp.domain.vetting import COACHING_STATES, clearance_refusals, courses_in_date
from peerapp.enums import FamilyState, Household, MatchState, VolunteerState
from peerapp.models import Account, Family, Match, Scheme, Volunteer
from peerapp.services.pairs_apart import kept_apart, standing_exclusions
from peerapp.services.schemes import get_scheme


@dataclass(frozen=True)
class HeldOut:
    """Somebody who would take part, but for these reasons; codes only."""

    id: uuid.UUID
    codes: tuple[str, ...]


@dataclass(frozen=True)
class BuiltProblem:
    """A problem, the versions of the records that it was built from, and who is not in it.

    Attributes
    ----------
    digest
        SHA-256 of the problem in canonical form: the same input has the same digest.
    """

    problem: matching.Problem
    digest: str
    family_versions: Mapping[uuid.UUID, int]
    volunteer_versions: Mapping[uuid.UUID, int]
    families_held_out: tuple[HeldOut, ...]
    volunteers_held_out: tuple[HeldOut, ...]


def build(session: Session, today: date) -> BuiltProblem:
    """Build the problem of the session's scheme as it stands today."""
    scheme = get_scheme(session)
    families, families_held_out = _sort_families(_list_families(session), _offered(session), today)
    volunteers, volunteers_held_out = _sort_volunteers(_list_volunteers(session))
    coaches = [coach_of(volunteer, scheme, today) for volunteer in volunteers]
    apart = kept_apart(families, volunteers)
    problem = _problem(session, scheme, [family_of(one) for one in families], coaches, today, apart)
    return BuiltProblem(
        problem=problem,
        digest=digest(problem),
        family_versions={family.id: family.version for family in families},
        volunteer_versions={volunteer.id: volunteer.version for volunteer in volunteers},
        families_held_out=families_held_out,
        volunteers_held_out=volunteers_held_out,
    )


def build_pair(
    session: Session,
    family: Family,
    volunteer: Volunteer,
    today: date,
    besides: uuid.UUID | None = None,
) -> matching.Problem:
    """Build the problem of one family and one coach, for asking the rules again.

    ``besides`` is the match of these two: the place that it keeps is theirs to take.
    """
    return build_for(session, family, [volunteer], today, besides)


def build_for(
    session: Session,
    family: Family,
    volunteers: Sequence[Volunteer],
    today: date,
    besides: uuid.UUID | None = None,
) -> matching.Problem:
    """Build the problem of one family and some coaches whose profiles are complete."""
    scheme = get_scheme(session)
    coaches = [coach_of(one, scheme, today) for one in volunteers]
    apart = kept_apart([family], volunteers)
    return _problem(session, scheme, [family_of(family)], coaches, today, apart, besides)


def _problem(
    session: Session,
    scheme: Scheme,
    families: Sequence[matching.Family],
    coaches: Sequence[matching.Coach],
    today: date,
    apart: frozenset[tuple[str, str]],
    besides: uuid.UUID | None = None,
) -> matching.Problem:
    known_families = {family.family_id for family in families}
    known_coaches = {coach.coach_id for coach in coaches}
    return matching.Problem(
        families=tuple(families),
        coaches=tuple(coaches),
        exclusions=frozenset(
            pair
            for pair in {*standing_exclusions(session, today), *apart}
            if pair[0] in known_families and pair[1] in known_coaches
        ),
        previous={
            family: coach
            for family, coach in (*_last_coaches(session), *_open_proposals(session))
            if family in known_families and coach in known_coaches
        },
        placements=_placements(session, known_coaches, besides),
        supervisors=_supervisors(session, scheme, coaches),
        settings=cost_settings(scheme),
    )


def family_of(family: Family) -> matching.Family:
    """Return a family as the matcher knows it: no name, no contact, no exact reasons."""
    return matching.Family(
        family_id=str(family.id),
        easting=family.easting,
        northing=family.northing,
        priority=family.priority,
        waiting_since=family.waiting_since,
        slots=family.slots,
        needs=tuple((need.need.value, need.weight) for need in family.needs),
        languages=frozenset(family.languages),
        coach_gender=family.coach_gender.value,
        training=required_training(family),
        accepts_remote=family.accepts_remote,
        min_distance_m=family.min_distance_m,
        household=_household(family),
    )


PETS = frozenset({Household.CATS, Household.DOGS})


def _household(family: Family) -> frozenset[str]:
    """Return what is in the home; cats are pets, and pets of no known kind may be any."""
    found = frozenset(family.household)
    if found & PETS:
        return found | {Household.PETS}
    return found | PETS if Household.PETS in found else found


def coach_of(volunteer: Volunteer, scheme: Scheme, today: date) -> matching.Coach:
    """Return a volunteer with a complete profile as the matcher knows them."""
    is_limited = supervisor_capacity(volunteer.supervisor, scheme) is not None
    supervisor = volunteer.supervisor_id if is_limited else None
    return matching.Coach(
        coach_id=str(volunteer.id),
        easting=volunteer.easting or 0,
        northing=volunteer.northing or 0,
        status="not_cleared" if clearance_refusals(volunteer, today) else "cleared",
        slots=volunteer.slots,
        capacity=capacity_of(volunteer, scheme),
        experience=frozenset(volunteer.experience),
        lived_experience=frozenset(volunteer.lived_experience),
        languages=frozenset(volunteer.languages),
        gender=volunteer.gender.value if volunteer.gender else "other",
        training=courses_in_date(volunteer, today),
        max_distance_m=volunteer.max_distance_m or 0,
        offers_remote=bool(volunteer.offers_remote),
        avoids=frozenset(volunteer.avoids),
        supervisor=str(supervisor) if supervisor else None,
    )


def capacity_of(volunteer: Volunteer, scheme: Scheme) -> int:
    """Return how many families the volunteer may have at a time; on probation fewer."""
    capacity = volunteer.capacity or 0
    if volunteer.state == VolunteerState.PROBATION:
        return min(capacity, scheme.probation_families)
    return capacity


def cost_settings(scheme: Scheme) -> matching.Settings:
    """Return the scheme's points; what the scheme has not set keeps its default."""
    known = {setting.name for setting in fields(matching.Settings)}
    chosen = {name: value for name, value in _settings(scheme).items() if name in known}
    return matching.Settings(**chosen)


def digest(problem: matching.Problem) -> str:
    """Return the SHA-256 of the problem in canonical form."""
    text = json.dumps(canonical(problem), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> Any:
    """Return a value as JSON can hold it, sets in order: equal values, equal text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: canonical(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (frozenset, set)):
        return sorted(canonical(one) for one in value)
    if isinstance(value, Mapping):
        return {str(key): canonical(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _settings(scheme: Scheme) -> dict[str, int]:
    return scheme.matching_settings or {}


def _list_families(session: Session) -> Sequence[Family]:
    query = (
        select(Family)
        .where(Family.state.in_((FamilyState.REFERRED, FamilyState.WAITING)))
        .options(
            selectinload(Family.needs),
            selectinload(Family.agreements),
            selectinload(Family.plan_overrides),
            joinedload(Family.safe_contact),
        )
        .order_by(Family.id)
    )
    return session.scalars(query).all()


def _list_volunteers(session: Session) -> Sequence[Volunteer]:
    query = (
        select(Volunteer)
        .where(Volunteer.state.in_(COACHING_STATES))
        .options(
            joinedload(Volunteer.account),
            joinedload(Volunteer.supervisor),
            joinedload(Volunteer.scheme),
            selectinload(Volunteer.gate_records),
            selectinload(Volunteer.training),
            selectinload(Volunteer.certificates),
            selectinload(Volunteer.other_names),
        )
        .order_by(Volunteer.id)
    )
    return session.scalars(query).all()


def _offered(session: Session) -> set[uuid.UUID]:
    """Families for whom an answer is awaited; what has been put to people is not undone."""
    return set(session.scalars(select(Match.family_id).where(Match.state.in_(OFFERED))))


def _sort_families(
    rows: Iterable[Family], offered: set[uuid.UUID], today: date
) -> tuple[list[Family], tuple[HeldOut, ...]]:
    taking_part, held_out = [], []
    for family in rows:
        codes = tuple(refusal.code for refusal in matching_refusals(family, today))
        codes += ("offered",) if family.id in offered else ()
        if codes:
            held_out.append(HeldOut(family.id, codes))
        else:
            taking_part.append(family)
    return taking_part, tuple(held_out)


def _sort_volunteers(rows: Iterable[Volunteer]) -> tuple[list[Volunteer], tuple[HeldOut, ...]]:
    taking_part, held_out = [], []
    for volunteer in rows:
        codes = tuple(taking_part_problems(volunteer))
        if codes:
            held_out.append(HeldOut(volunteer.id, codes))
        else:
            taking_part.append(volunteer)
    return taking_part, tuple(held_out)


def taking_part_problems(volunteer: Volunteer) -> list[str]:
    """Say what keeps a coach's record from being matched: a query on it, or a blank in it."""
    problems = ["details_query"] if volunteer.details_query else []
    needed = ("easting", "northing", "max_distance_m", "capacity", "gender")
    if any(getattr(volunteer, name) is None for name in needed):
        problems.append("profile_incomplete")
    return problems


def _open_proposals(session: Session) -> Iterable[tuple[str, str]]:
    """Proposals still to be decided on; a run withdraws those of every earlier one."""
    query = select(Match.family_id, Match.volunteer_id).where(Match.state == MatchState.PROPOSED)
    return [(str(family), str(volunteer)) for family, volunteer in session.execute(query)]


def _last_coaches(session: Session) -> Iterable[tuple[str, str]]:
    """For each family that waits again the coach it had last: the run prefers them.

    Where one of the two chose to end it, or for safety, the pair is excluded and this is moot.
    """
    query = (
        select(Match.family_id, Match.volunteer_id)
        .join(Family, Match.family_id == Family.id)
        .where(Match.state == MatchState.ENDED, Family.state == FamilyState.WAITING)
        .order_by(Match.ended_on, Match.state_since, Match.id)
    )
    return [(str(family), str(volunteer)) for family, volunteer in session.execute(query)]


def _placements(
    session: Session, coaches: set[str], besides: uuid.UUID | None
) -> tuple[matching.Placement, ...]:
    query = (
        select(Match.family_id, Match.volunteer_id, Match.slot)
        .where(Match.state.in_(KEEPS_PLACE))
        .order_by(Match.id)
    )
    if besides is not None:
        query = query.where(Match.id != besides)
    return tuple(
        matching.Placement(family_id=str(family), coach_id=str(volunteer), slot=slot)
        for family, volunteer, slot in session.execute(query)
        if str(volunteer) in coaches
    )


def _supervisors(
    session: Session, scheme: Scheme, coaches: Sequence[matching.Coach]
) -> dict[str, int]:
    """Return what each supervisor can carry, less the matches of coaches who take no part."""
    limited = {uuid.UUID(coach.supervisor) for coach in coaches if coach.supervisor}
    if not limited:
        return {}
    known = {coach.coach_id for coach in coaches}
    query = (
        select(Volunteer.supervisor_id, Volunteer.id, func.count(Match.id))
        .join(Match, Match.volunteer_id == Volunteer.id)
        .where(Volunteer.supervisor_id.in_(limited), Match.state.in_(KEEPS_PLACE))
        .group_by(Volunteer.supervisor_id, Volunteer.id)
    )
    outside: Counter[uuid.UUID | None] = Counter()
    for supervisor_id, volunteer_id, number in session.execute(query):
        if str(volunteer_id) not in known:
            outside[supervisor_id] += number
    accounts = session.scalars(select(Account).where(Account.id.in_(limited)).order_by(Account.id))
    return {
        str(one.id): max(0, (supervisor_capacity(one, scheme) or 0) - outside[one.id])
        for one in accounts
    }
