"""Matching runs: starting one, its state while it works, and what it leaves behind.

The job itself stands in ``matching_jobs``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain.access import (
    may_see_sensitive_needs,
    works_with_family,
    works_with_volunteer,
)
from peerapp.enums import Role, RunState
from peerapp.errors import Forbidden, Refusal, Refused
from peerapp.models import (
    Account,
    Family,
    Match,
    MatchingRun,
    UnmatchedFamily,
    Volunteer,
    utc_now,
)
from peerapp.services import audit
from peerapp.services.families import families_of
from peerapp.services.rows import get_row

Row = TypeVar("Row")

OPEN = (RunState.QUEUED, RunState.RUNNING)
STALE_AFTER = timedelta(minutes=5)
"""A running job that has given no sign of life for so long is dead."""
FORGOTTEN_AFTER = timedelta(seconds=30)
"""A queued run that nobody has taken after so long is offered to the workers again."""
PAGE = 20
MAY_START = frozenset({Role.COORDINATOR, Role.MANAGER})
STOPPED = "The run stopped before it was finished. Nothing was changed. Start it again."


def start(session: Session, actor: Account) -> MatchingRun:
    """Queue a run.

    Raises
    ------
    Forbidden
        The actor may not start runs.
    Refused
        One is queued or running already; the database allows no second one.
    """
    if actor.role not in MAY_START:
        raise Forbidden("coordinators and managers start matching runs")
    run = MatchingRun(started_by_id=actor.id)
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        raise Refused(
            [Refusal("run_open", "A matching run is already under way. Wait until it is finished.")]
        ) from None
    audit.record_change(session, actor, "matching_run.start", run)
    session.flush()
    return run


def claim(session: Session, run_id: uuid.UUID) -> bool:
    """Take a queued run; False when another worker has it, or it is over."""
    query = (
        select(MatchingRun)
        .where(MatchingRun.id == run_id, MatchingRun.state == RunState.QUEUED)
        .with_for_update(skip_locked=True)
    )
    run = session.scalars(query).one_or_none()
    if run is None:
        return False
    run.state = RunState.RUNNING
    run.started_at = run.heartbeat_at = utc_now()
    return True


def report(session: Session, run_id: uuid.UUID, stage: str, progress: int) -> bool:
    """Give a sign of life; False when the run was given up meanwhile, and must not go on."""
    run = get_row(session, MatchingRun, run_id)
    if run.state != RunState.RUNNING:
        return False
    run.stage, run.progress, run.heartbeat_at = stage, progress, utc_now()
    return True


def fail(session: Session, run_id: uuid.UUID, error: str) -> None:
    """Record why a run failed; ``error`` is one of our own sentences, never an exception's text."""
    query = select(MatchingRun).where(MatchingRun.id == run_id).with_for_update()
    run = session.scalars(query).one()
    if run.state in OPEN:
        run.state, run.error, run.finished_at = RunState.FAILED, error, utc_now()
        audit.record_change(session, None, "matching_run.fail", run)


def sweep_stale(session: Session, now: datetime) -> list[uuid.UUID]:
    """Give up runs whose job has died; their rows then say so, and a new one may start."""
    query = (
        select(MatchingRun)
        .where(
            MatchingRun.state == RunState.RUNNING,
            MatchingRun.heartbeat_at < now - STALE_AFTER,
        )
        .with_for_update(skip_locked=True)
    )
    swept = []
    for run in session.scalars(query).all():
        run.state, run.error, run.finished_at = RunState.FAILED, STOPPED, now
        audit.record_change(session, None, "matching_run.sweep", run)
        swept.append(run.id)
    return swept


def list_forgotten(session: Session, now: datetime) -> list[uuid.UUID]:
    """Return queued runs that no worker has taken: their job was lost on the way."""
    query = select(MatchingRun.id).where(
        MatchingRun.state == RunState.QUEUED, MatchingRun.created_at < now - FORGOTTEN_AFTER
    )
    return list(session.scalars(query))


def list_runs(session: Session) -> Sequence[MatchingRun]:
    """Return the newest runs, newest first."""
    query = (
        select(MatchingRun)
        .options(joinedload(MatchingRun.started_by))
        .order_by(MatchingRun.created_at.desc(), MatchingRun.id)
        .limit(PAGE)
    )
    return session.scalars(query).all()


def has_open(session: Session) -> bool:
    """Say whether a run is queued or running."""
    query = select(MatchingRun.id).where(MatchingRun.state.in_(OPEN))
    return session.scalars(query).first() is not None


def get_run(session: Session, run_id: uuid.UUID) -> MatchingRun:
    """Return a run."""
    return get_row(session, MatchingRun, run_id)


@dataclass(frozen=True)
class RunResult:
    """What a finished run left behind, as far as the reader may see it.

    Attributes
    ----------
    elsewhere
        Proposals and families left out that lie in localities the reader does not work in.
    people
        Volunteers and families named in reasons, by id; those the reader may not see are absent.
    recruitment
        Coaches worth recruiting; their training only for those who may see sensitive needs,
        since it tells what the families that lack them live with.
    """

    run: MatchingRun
    proposals: Sequence[Match]
    unmatched: Sequence[UnmatchedFamily]
    families_held_out: Sequence[tuple[Family, tuple[str, ...]]]
    volunteers_held_out: Sequence[tuple[Volunteer, tuple[str, ...]]]
    elsewhere: int
    volunteers: dict[str, Volunteer]
    families: dict[str, Family]
    recruitment: Sequence[dict[str, Any]]


def get_result(session: Session, actor: Account, run_id: uuid.UUID) -> RunResult:
    """Return the result of a run; families of other localities are counted only."""
    run = get_run(session, run_id)
    proposals, unmatched = _proposals(session, run_id), _unmatched(session, run_id)
    seen = [match for match in proposals if works_with_family(actor, match.family)]
    left_out = [row for row in unmatched if works_with_family(actor, row.family)]
    families = _families(session, actor, run, left_out)
    volunteers = _volunteers(session, actor, run, left_out)
    return RunResult(
        run=run,
        proposals=seen,
        unmatched=left_out,
        families_held_out=_held_out(run.summary.get("families_held_out", []), families),
        volunteers_held_out=_held_out(run.summary.get("volunteers_held_out", []), volunteers),
        elsewhere=len(proposals) + len(unmatched) - len(seen) - len(left_out),
        volunteers=volunteers,
        families=families,
        recruitment=[_profile(actor, one) for one in run.recruitment],
    )


def _profile(actor: Account, profile: dict[str, Any]) -> dict[str, Any]:
    return profile if may_see_sensitive_needs(actor) else {**profile, "training": None}


def _proposals(session: Session, run_id: uuid.UUID) -> Sequence[Match]:
    query = (
        select(Match)
        .join(Family, Match.family_id == Family.id)
        .where(Match.run_id == run_id)
        .options(joinedload(Match.family), joinedload(Match.volunteer))
        .order_by(Family.priority, Family.waiting_since, Match.id)
    )
    return session.scalars(query).all()


def _unmatched(session: Session, run_id: uuid.UUID) -> Sequence[UnmatchedFamily]:
    query = (
        select(UnmatchedFamily)
        .join(Family, UnmatchedFamily.family_id == Family.id)
        .where(UnmatchedFamily.run_id == run_id)
        .options(joinedload(UnmatchedFamily.family).selectinload(Family.needs))
        .order_by(Family.priority, Family.waiting_since, Family.id)
    )
    return session.scalars(query).all()


def _families(
    session: Session, actor: Account, run: MatchingRun, rows: Sequence[UnmatchedFamily]
) -> dict[str, Family]:
    ids = {one["id"] for one in run.summary.get("families_held_out", [])}
    for row in rows:
        ids |= {*row.suggestion.get("outranked_by", ()), *row.suggestion.get("placements", ())}
    query = select(Family).where(Family.id.in_([uuid.UUID(one) for one in sorted(ids)]))
    found = session.scalars(query.where(families_of(actor)).order_by(Family.reference)).all()
    return {str(one.id): one for one in found if works_with_family(actor, one)}


def _volunteers(
    session: Session, actor: Account, run: MatchingRun, rows: Sequence[UnmatchedFamily]
) -> dict[str, Volunteer]:
    ids = {one["id"] for one in run.summary.get("volunteers_held_out", [])}
    for row in rows:
        ids |= {change["coach_id"] for change in row.suggestion.get("changes", ())}
    query = (
        select(Volunteer)
        .where(Volunteer.id.in_([uuid.UUID(one) for one in sorted(ids)]))
        .options(selectinload(Volunteer.certificates))
        .order_by(Volunteer.id)
    )
    return {str(one.id): one for one in session.scalars(query) if works_with_volunteer(actor, one)}


def _held_out(
    rows: Sequence[dict[str, Any]], people: dict[str, Row]
) -> list[tuple[Row, tuple[str, ...]]]:
    return [(people[row["id"]], tuple(row["codes"])) for row in rows if row["id"] in people]
