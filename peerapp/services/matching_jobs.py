"""The job of a matching run: read, solve, check, save. It carries ids, the run's row its state.

No write transaction is held while it solves. All that a run leaves behind is saved in one
transaction at its end, so a job that is killed at any moment leaves no half of a result.
"""

from __future__ import annotations

import threading
import traceback
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from math import hypot
from typing import Any

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

import matching
from peerapp.adapters import places
from peerapp.db import Database
from peerapp.domain.match_states import KEEPS_PLACE
from peerapp.enums import MatchState, RunState
from peerapp.errors import PeerAppError
from peerapp.models import (
    Family,
    Match,
    MatchEvent,
    MatchingRun,
    UnmatchedFamily,
    Volunteer,
    utc_now,
)
from peerapp.services import (
    audit,
    localities,
    match_snapshots,
    matching_problem,
    matching_runs,
    messages,
)
from peerapp.services.match_steps import take_step
from peerapp.services.matching_problem import BuiltProblem

log = structlog.get_logger(__name__)

BEAT_SECONDS = 20.0
READING, SAVING = "reading", "saving"
FIRST_PERCENT, LAST_PERCENT = 5, 95  # between them the solver reports its own stages
UNPROVEN = (
    "The result did not pass its check, so nothing was saved. Tell the people who run this site."
)
BROKEN = (
    "The run failed. Nothing was changed. Start it again; "
    "if it fails again, tell the people who run this site."
)
BAD_RECORD = (
    "A family’s or a coach’s record holds something that the matcher cannot use. "
    "Nothing was changed."
)


class GivenUpError(PeerAppError):
    """The run was swept as dead while its job still worked; its result is thrown away."""


def execute(database: Database, scheme_id: uuid.UUID, run_id: uuid.UUID, today: date) -> None:
    """Carry out a queued run; harmless when another worker has taken it."""
    with database.writing(scheme_id) as session:
        if not matching_runs.claim(session, run_id):
            return
    try:
        with _heartbeat(database, scheme_id, run_id):
            built = prepare(database, scheme_id, run_id, today)
            result = solve(database, scheme_id, run_id, built)
        finish(database, scheme_id, run_id, built, result)
    except GivenUpError:
        log.warning("matching_run_given_up", run_id=str(run_id))
    except Exception as error:
        # The trace without the error's text: that may hold values of somebody's record.
        trace = traceback.format_tb(error.__traceback__)
        log.error(
            "matching_run_failed", run_id=str(run_id), error=type(error).__name__, trace=trace
        )
        with database.writing(scheme_id) as session:
            matching_runs.fail(session, run_id, _sentence(error))


def prepare(
    database: Database, scheme_id: uuid.UUID, run_id: uuid.UUID, today: date
) -> BuiltProblem:
    """Read the problem as it stands now."""
    _enter(database, scheme_id, run_id, READING, 0)
    with database.reading(scheme_id) as session:
        return matching_problem.build(session, today)


def solve(
    database: Database, scheme_id: uuid.UUID, run_id: uuid.UUID, built: BuiltProblem
) -> matching.Result:
    """Solve and verify, holding no transaction but short ones that say how far it is.

    Raises
    ------
    VerificationError
        The result does not pass a check that shares nothing with the solver.
    GivenUpError
        The run was given up meanwhile.
    """

    def progress(stage: str, share: float) -> None:
        done = FIRST_PERCENT + round(share * (LAST_PERCENT - FIRST_PERCENT))
        _enter(database, scheme_id, run_id, stage, done)

    result = matching.solve(built.problem, progress)
    if not result.optimal:
        raise matching.VerificationError("the result was not proved to be the best")
    return result


def finish(
    database: Database,
    scheme_id: uuid.UUID,
    run_id: uuid.UUID,
    built: BuiltProblem,
    result: matching.Result,
) -> None:
    """Save the whole result in one transaction, in place of what earlier runs proposed."""
    _enter(database, scheme_id, run_id, SAVING, LAST_PERCENT)
    with database.writing(scheme_id) as session:
        _lock_people(session, result)
        run = _lock_run(session, run_id)
        _supersede(session)
        overtaken = _families_with_coach(session)
        kept = [one for one in result.proposals if uuid.UUID(one.family_id) not in overtaken]
        session.add_all(_match(run, built, proposal) for proposal in kept)
        session.add_all(_unmatched(run, result))
        _close(run, built, result, len(result.proposals) - len(kept))
        run.recruitment = _recruitment(session, result)
        audit.record_change(session, None, "matching_run.finish", run, proposals=len(kept))


def _enter(
    database: Database, scheme_id: uuid.UUID, run_id: uuid.UUID, stage: str, percent: int
) -> None:
    with database.writing(scheme_id) as session:
        if not matching_runs.report(session, run_id, stage, percent):
            raise GivenUpError(stage)


@contextmanager
def _heartbeat(database: Database, scheme_id: uuid.UUID, run_id: uuid.UUID) -> Iterator[None]:
    """Give signs of life from beside the work: a thread dies with its process."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            with database.writing(scheme_id) as session:
                session.get_one(MatchingRun, run_id).heartbeat_at = utc_now()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _lock_people(session: Session, result: matching.Result) -> None:
    """Lock whom the new proposals name, in the order that every decision locks: coaches first.

    A new row that refers to somebody waits for whoever decides on them; without one order, the
    two could wait for each other.
    """
    old = select(Match.volunteer_id, Match.family_id).where(Match.state == MatchState.PROPOSED)
    coaches = {uuid.UUID(one.coach_id) for one in result.proposals}
    families = {uuid.UUID(one.family_id) for one in result.proposals}
    families |= {uuid.UUID(one.family_id) for one in result.unmatched}
    for volunteer_id, family_id in session.execute(old):
        coaches.add(volunteer_id)
        families.add(family_id)
    _lock(session, select(Volunteer.id).where(Volunteer.id.in_(coaches)).order_by(Volunteer.id))
    _lock(session, select(Family.id).where(Family.id.in_(families)).order_by(Family.id))


def _lock(session: Session, query: Select[uuid.UUID]) -> None:
    session.execute(query.with_for_update()).all()


def _lock_run(session: Session, run_id: uuid.UUID) -> MatchingRun:
    query = select(MatchingRun).where(MatchingRun.id == run_id).with_for_update()
    run = session.scalars(query).one()
    if run.state != RunState.RUNNING:
        raise GivenUpError(SAVING)
    return run


def _supersede(session: Session) -> None:
    """Withdraw what earlier runs proposed; what has been offered or approved is none of it."""
    query = (
        select(Match)
        .where(Match.state == MatchState.PROPOSED)
        .order_by(Match.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for match in session.scalars(query).all():
        take_step(session, None, match, MatchState.WITHDRAWN, reason="superseded")
        messages.cancel_for_match(session, match.id)


def _families_with_coach(session: Session) -> set[uuid.UUID]:
    return set(session.scalars(select(Match.family_id).where(Match.state.in_(KEEPS_PLACE))))


def _match(run: MatchingRun, built: BuiltProblem, proposal: matching.Proposal) -> Match:
    """Return the proposal as a match, with the versions that the solver saw, not today's.

    Whoever was changed since has another version now, and cannot be approved with this one.
    """
    family_id, coach_id = uuid.UUID(proposal.family_id), uuid.UUID(proposal.coach_id)
    return Match(
        run_id=run.id,
        family_id=family_id,
        volunteer_id=coach_id,
        state_since=utc_now(),
        slot=proposal.slot,
        mode=proposal.mode,
        distance_m=proposal.distance_m,
        cost=proposal.cost,
        explanation=explanation_of(proposal),
        snapshot=match_snapshots.snapshot_of(
            built.problem.family_by_id[proposal.family_id],
            built.problem.coach_by_id[proposal.coach_id],
        ),
        family_version=built.family_versions[family_id],
        volunteer_version=built.volunteer_versions[coach_id],
        events=[MatchEvent(position=1, to_state=MatchState.PROPOSED, reason="matching_run")],
    )


def explanation_of(proposal: matching.Proposal) -> dict[str, object]:
    """Return all that the page of a proposal says about its reasons: tags, points and ids."""
    return {
        "parts": proposal.parts.as_dict(),
        "shared_slots": list(proposal.shared_slots),
        "needs_met": list(proposal.needs_met),
        "needs_unmet": list(proposal.needs_unmet),
        "lived_shared": list(proposal.lived_shared),
        "languages_shared": list(proposal.languages_shared),
        "next_best": [
            {"coach_id": one.coach_id, "cost": one.cost, "extra": one.extra}
            for one in proposal.next_best
        ],
    }


def _unmatched(run: MatchingRun, result: matching.Result) -> Iterable[UnmatchedFamily]:
    for one in result.unmatched:
        yield UnmatchedFamily(
            run_id=run.id,
            family_id=uuid.UUID(one.family_id),
            reason=str(one.reason),
            near_misses=dict(one.near_misses),
            suggestion={
                "changes": [asdict(change) for change in one.changes],
                "outranked_by": list(one.outranked_by),
                "placements": list(one.placements),
            },
        )


def _close(run: MatchingRun, built: BuiltProblem, result: matching.Result, overtaken: int) -> None:
    run.state = RunState.FINISHED
    run.stage, run.progress = "", 100
    run.finished_at = utc_now()
    run.input_digest = built.digest
    run.summary = {
        **result.summary(),
        "overtaken": overtaken,
        "families_held_out": _codes(built.families_held_out),
        "volunteers_held_out": _codes(built.volunteers_held_out),
    }


def _recruitment(session: Session, result: matching.Result) -> list[dict[str, Any]]:
    """Return the profiles worth recruiting, each with the place it stands for in words."""
    by_sector = localities.localities_by_sector(session)
    rows = []
    for profile in result.recruitment:
        sector = _nearest_sector(profile.easting, profile.northing)
        locality = by_sector.get(sector)
        place = f"{locality.name} (near {sector})" if locality else f"Near {sector}"
        rows.append({**asdict(profile), "place": place})
    return rows


def _nearest_sector(easting: int, northing: int) -> str:
    placed = [
        (hypot(one.easting - easting, one.northing - northing), one.sector)
        for one in places.sectors().values()
        if one.easting is not None and one.northing is not None
    ]
    return min(placed)[1]


def _codes(rows: Sequence[matching_problem.HeldOut]) -> list[dict[str, object]]:
    return [{"id": str(one.id), "codes": list(one.codes)} for one in rows]


def _sentence(error: Exception) -> str:
    """Return a sentence of ours for the run's page; exceptions may name people."""
    if isinstance(error, matching.VerificationError):
        return UNPROVEN
    return BAD_RECORD if isinstance(error, matching.ProblemError) else BROKEN
