"""The roles that volunteers of the scheme can have, each with its answers for the DBS rules.

Until a scheme has saved any, those that the software ships count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from peerapp.domain.check_rules import (
    Answers,
    answer_refusals,
    answers_from_json,
    answers_to_json,
)
from peerapp.domain.check_rules_shipped import SHIPPED_ROLES
from peerapp.errors import NotFound, Refusal, Refused, Stale
from peerapp.models import Account, VolunteerRole
from peerapp.services import audit, rows

TAKEN = Refusal("name", "There is a role of this name already.")


@dataclass(frozen=True)
class RoleDetails:
    """What a manager says about a role."""

    name: str
    summary: str
    answers: Answers


def list_roles(session: Session, *, with_retired: bool = False) -> Sequence[VolunteerRole]:
    """Return the scheme's roles, those that coach families first, then by name."""
    query = select(VolunteerRole).order_by(
        VolunteerRole.coaches_families.desc(), VolunteerRole.name, VolunteerRole.id
    )
    saved = session.scalars(query).all() or _shipped()
    return [one for one in saved if with_retired or one.retired_on is None]


def _shipped() -> list[VolunteerRole]:
    return [
        VolunteerRole(
            slug=role.slug,
            name=role.name,
            summary=role.summary,
            coaches_families=role.coaches_families,
            answers=answers_to_json(role.answers),
            edition=1,
        )
        for role in SHIPPED_ROLES
    ]


def ensure_roles(session: Session) -> None:
    """Save the shipped roles if the scheme has none."""
    if session.scalars(select(VolunteerRole.id).limit(1)).first() is not None:
        return
    try:
        with session.begin_nested():
            session.add_all(_shipped())
    except IntegrityError:
        pass  # somebody else has just saved them


def get_role(session: Session, slug: str) -> VolunteerRole:
    """Return a role, also one that nobody can be given any more.

    Raises
    ------
    NotFound
        The scheme has no such role.
    """
    for role in list_roles(session, with_retired=True):
        if role.slug == slug:
            return role
    raise NotFound("there is no such role")


def lock_role(session: Session, slug: str, edition: int) -> VolunteerRole:
    """Lock a saved role, unless it has changed since ``edition`` was shown.

    Raises
    ------
    NotFound
        The scheme has no such role.
    Stale
        It has changed.
    """
    ensure_roles(session)
    role = rows.lock_row(session, VolunteerRole, get_role(session, slug).id)
    if role.edition != edition:
        raise Stale("the role has changed")
    return role


def answers_of(role: VolunteerRole) -> Answers:
    """Return what is answered about a role."""
    return answers_from_json(role.answers)


def add_role(
    session: Session, actor: Account, details: RoleDetails, *, coaches_families: bool
) -> VolunteerRole:
    """Add a role; whether it coaches families is said now and never changed.

    Raises
    ------
    Refused
        The name is missing or taken, or the answers contradict each other.
    """
    ensure_roles(session)
    _check(session, details, None)
    role = VolunteerRole(slug=_new_slug(session, details.name), coaches_families=coaches_families)
    _copy(role, details)
    _write(session, role)
    audit.record_change(session, actor, "volunteer_role.add", role, answers=_in_codes(role))
    return role


def change_role(
    session: Session, actor: Account, slug: str, edition: int, details: RoleDetails
) -> VolunteerRole:
    """Change what is said about a role; decisions made before stay until they are made anew."""
    role = lock_role(session, slug, edition)
    _check(session, details, role)
    _copy(role, details)
    role.edition += 1
    _write(session, role)
    audit.record_change(session, actor, "volunteer_role.change", role, answers=_in_codes(role))
    return role


def retire_role(
    session: Session, actor: Account, slug: str, edition: int, today: date
) -> VolunteerRole:
    """Offer a role no more; those who have it keep it."""
    role = lock_role(session, slug, edition)
    if len(list_roles(session)) == 1 and role.retired_on is None:
        raise Refused([Refusal("last_role", "A scheme needs at least one role.")])
    role.retired_on, role.edition = today, role.edition + 1
    audit.record_change(session, actor, "volunteer_role.retire", role)
    return role


def _check(session: Session, details: RoleDetails, role: VolunteerRole | None) -> None:
    refusals = answer_refusals(details.answers)
    if not details.name.strip():
        refusals.insert(0, Refusal("name", "Enter the name of the role."))
    same = [
        one
        for one in list_roles(session, with_retired=True)
        if one.name.casefold() == details.name.strip().casefold() and one is not role
    ]
    if same:
        refusals.insert(0, TAKEN)
    if refusals:
        raise Refused(refusals)


def _copy(role: VolunteerRole, details: RoleDetails) -> None:
    role.name, role.summary = details.name.strip(), details.summary.strip()
    role.answers = answers_to_json(details.answers)


def _in_codes(role: VolunteerRole) -> str:
    return " ".join(f"{question}={answer}" for question, answer in role.answers.items())


def _write(session: Session, role: VolunteerRole) -> None:
    """Write the role; the database knows of one of this name that came a moment ago."""
    try:
        with session.begin_nested():
            session.add(role)
            session.flush()
    except IntegrityError as error:
        raise Refused([TAKEN]) from error


def _new_slug(session: Session, name: str) -> str:
    """Return a short name for addresses that no other role has."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] or "role"
    taken = set(session.scalars(select(VolunteerRole.slug)))
    numbered = (f"{plain}_{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (plain, *numbered) if one not in taken)
