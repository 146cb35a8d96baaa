"""What has helped, counted for managers: answers after the end, goals, outside measures.

Goals and measures are counted of families who agree to that, what families say after the end of
those who agree to be asked: as they stand now, so that who takes a yes back is left out from then.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from peerapp.domain import csv_text
from peerapp.domain import outcomes as rules
from peerapp.domain.funnel import months_until
from peerapp.domain.outcomes import Answers, Counts, Course, Progress, Said
from peerapp.enums import ConsentPurpose, OfferSide
from peerapp.models import (
    Account,
    Agreement,
    EndSurvey,
    Family,
    Goal,
    GoalScore,
    Match,
    Measure,
    MeasureTotal,
)
from peerapp.services import audit
from peerapp.services.schemes import get_scheme

NOT_SHOWN = "Not shown"
GOALS = "Goals in the families’ own words, 0 to 10"
HEADER = ("Figure", "Group", "Number")


@dataclass(frozen=True)
class Outcomes:
    """The figures of twelve months, this one included."""

    since: date
    said: tuple[Answers, ...]
    goals: Progress
    measures: tuple[Progress, ...]


def get_outcomes(session: Session, today: date) -> Outcomes:
    """Return the figures of the whole scheme; those of parts could be subtracted."""
    since = months_until(today)[0]
    said = list(_said(session, since))
    return Outcomes(
        since=since,
        said=tuple(rules.answers(side, said) for side in OfferSide),
        goals=rules.progress(GOALS, _goals(session, since)),
        measures=tuple(_measures(session, since)),
    )


def _agrees(purpose: ConsentPurpose) -> ColumnElement[bool]:
    """Return the condition that a family agrees to a purpose now."""
    return Family.agreements.any(
        and_(Agreement.purpose == purpose, Agreement.withdrawn_on.is_(None))
    )


def _said(session: Session, since: date) -> Iterable[Said]:
    counts = or_(EndSurvey.side == OfferSide.COACH, _agrees(ConsentPurpose.FEEDBACK))
    query = (
        select(EndSurvey.side, EndSurvey.helped, EndSurvey.ended_well, EndSurvey.would_again)
        .join(Match, Match.id == EndSurvey.match_id)
        .join(Family, Family.id == Match.family_id)
        .where(Match.ended_on >= since, counts)
    )
    return (Said(*row) for row in session.execute(query))


def _goals(session: Session, since: date) -> list[Course]:
    """Return how each family's goals went on average: those scored twice, and lately."""
    query = (
        select(Goal.family_id, Goal.id, GoalScore.score, GoalScore.scored_on)
        .join(Goal, Goal.id == GoalScore.goal_id)
        .join(Family, Family.id == Goal.family_id)
        .where(_agrees(ConsentPurpose.RESEARCH))
        .order_by(Goal.family_id, Goal.id, GoalScore.scored_on, GoalScore.id)
    )
    scores: dict[tuple[uuid.UUID, uuid.UUID], list[tuple[date, float]]] = defaultdict(list)
    for family_id, goal_id, score, day in session.execute(query):
        scores[family_id, goal_id].append((day, score))
    families: dict[uuid.UUID, list[Course]] = defaultdict(list)
    for (family_id, _), points in scores.items():
        families[family_id] += _course(points, since)
    return [_together(courses) for courses in families.values() if courses]


def _measures(session: Session, since: date) -> Iterable[Progress]:
    query = (
        select(MeasureTotal.measure_id, MeasureTotal.family_id, MeasureTotal.total,
               MeasureTotal.taken_on)
        .join(Family, Family.id == MeasureTotal.family_id)
        .where(_agrees(ConsentPurpose.RESEARCH))
        .order_by(MeasureTotal.taken_on, MeasureTotal.id)
    )  # fmt: skip
    totals: dict[uuid.UUID, dict[uuid.UUID, list[tuple[date, float]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for measure_id, family_id, total, day in session.execute(query):
        totals[measure_id][family_id].append((day, total))
    for measure in session.scalars(select(Measure).order_by(Measure.name, Measure.id)):
        courses = [c for points in totals[measure.id].values() for c in _course(points, since)]
        yield rules.progress(measure.name, courses, higher_is_better=measure.higher_is_better)


def _course(points: list[tuple[date, float]], since: date) -> list[Course]:
    """Return from where to where some points in time lead, if there are two and a late one."""
    if len(points) < 2 or points[-1][0] < since:
        return []
    return [Course(points[0][1], points[-1][1])]


def _together(courses: list[Course]) -> Course:
    number = len(courses)
    return Course(
        sum(one.first for one in courses) / number, sum(one.last for one in courses) / number
    )


def export(session: Session, actor: Account, today: date) -> str:
    """Return the figures as a CSV file; that it was made is audited."""
    found = get_outcomes(session, today)
    lines = [line for one in found.said for line in _answer_lines(one)]
    for one in (found.goals, *found.measures):
        lines += _progress_lines(one)
    audit.record_read(session, actor, "outcomes.export", get_scheme(session), lines=len(lines))
    session.flush()
    return csv_text.write_rows(HEADER, lines)


def _answer_lines(one: Answers) -> list[list[str]]:
    name = {OfferSide.COACH: "Coaches after the end", OfferSide.FAMILY: "Families after the end"}
    who = name[one.side]
    return [
        [who, "Answers", _number(one.count)],
        *_lines(f"{who}: how much it helped, 5 very much", one.helped),
        *_lines(f"{who}: a good ending", one.ended_well),
        *_lines(f"{who}: would do it again", one.would_again),
    ]


def _progress_lines(one: Progress) -> list[list[str]]:
    return [
        [one.name, "Families", _number(one.families)],
        [one.name, "First, on average", _number(one.first)],
        [one.name, "Last, on average", _number(one.last)],
        *_lines(one.name, one.ways),
    ]


def _lines(figure: str, counts: Counts) -> list[list[str]]:
    return [[figure, name, _number(count)] for name, count in counts]


def _number(value: float | None) -> str:
    return NOT_SHOWN if value is None else str(value)
