"""The board of all certificates: filtered, counted and paged by the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from peerapp.domain import csv_text
from peerapp.domain.certificate_board import (
    SOON_DAYS,
    NextStep,
    board_state,
    latest_issue,
    next_step,
)
from peerapp.domain.certificates import (
    COVERED_BY,
    covers_workforce,
    current_certificate,
    recheck_due,
)
from peerapp.domain.consents import has_consent
from peerapp.domain.onboarding import FINAL, PATH
from peerapp.domain.subscriptions import JOINABLE, is_subscribed, join_window
from peerapp.enums import (
    BoardState,
    CertificateStatus,
    RiskDecision,
    StatusOutcome,
    VolunteerState,
    WaitsFor,
    Workforce,
)
from peerapp.models import Account, Certificate, Scheme, StatusCheck, Subscription, Volunteer
from peerapp.services import audit, volunteers
from peerapp.services.schemes import get_scheme
from peerapp.vocabulary import label

PAGE = 50
NEEDS_ONE = frozenset(PATH[PATH.index(VolunteerState.VETTING) :]) | {
    VolunteerState.PAUSED,
    VolunteerState.SUSPENDED,
}
"""States in which a volunteer stands on the board with a certificate or without one."""

UPDATE_SERVICE = {
    "in": "In it",
    "can_join": "Can still join",
    "out": "Not in it",
}


@dataclass(frozen=True)
class Filters:
    """Which certificates to list."""

    state: BoardState | None = None
    locality_id: uuid.UUID | None = None
    update_service: str = ""


@dataclass(frozen=True)
class Row:
    """One volunteer's certificate as it stands today."""

    volunteer: Volunteer
    reference: str
    certificate: Certificate | None
    state: BoardState
    due_on: date | None
    days_left: int | None
    days_to_join: int | None
    is_subscribed: bool
    has_consent: bool
    last_check: StatusCheck | None
    next: NextStep


@dataclass(frozen=True)
class Board:
    """One page of the board, how many there are of each state, and how many pages."""

    rows: tuple[Row, ...]
    counts: dict[BoardState, int]
    pages: int


def get_board(
    session: Session, actor: Account, filters: Filters, today: date, page: int = 1
) -> Board:
    """Return a page of the certificates of the volunteers whom the actor may see, urgent first.

    The number of queries is the same for one row and for a full page.
    """
    query = _Query(get_scheme(session), today)
    counts = query.counts(session, actor, filters)
    total = sum(counts.values()) if filters.state is None else counts[filters.state]
    found = query.rows(session, actor, filters, limit=PAGE, offset=(page - 1) * PAGE)
    return Board(tuple(_rows(session, found, today)), counts, -(-total // PAGE))


def export(session: Session, actor: Account, filters: Filters, today: date) -> str:
    """Return the board as a CSV file without what must not leave; that it was made is audited.

    It says nothing from which content could be read: not that there is any, not what was decided,
    not what DBS answered, not for whose decision it waits. Nor numbers or dates of birth.
    """
    query = _Query(get_scheme(session), today)
    lines = [_line(row) for row in _rows(session, query.rows(session, actor, filters), today)]
    audit.record_read(session, actor, "certificate.export", query.scheme, certificates=len(lines))
    session.flush()
    return csv_text.write_rows(tuple(COLUMNS), lines)


NOT_COUNTED = "Does not count yet"
COLUMNS: dict[str, Callable[[Row], str]] = {
    "Reference": lambda row: row.reference,
    "Name": lambda row: row.volunteer.name,
    "Locality": lambda row: row.volunteer.locality.name if row.volunteer.locality else "",
    "Volunteer is": lambda row: label(row.volunteer.state),
    "Certificate": lambda row: _state_outside(row.state),
    "Level": lambda row: label(row.certificate.level) if row.certificate else "",
    "Issued": lambda row: _day(row.certificate.issue_date if row.certificate else None),
    "New check due": lambda row: _day(row.due_on),
    "Days left": lambda row: "" if row.days_left is None else str(row.days_left),
    "Update Service": lambda row: "Yes" if row.is_subscribed else "No",
    "Consent to status checks": lambda row: "Yes" if row.has_consent else "No",
    "What comes next": lambda row: _step_outside(row).text,
    "Who": lambda row: label(_step_outside(row).who),
}
"""The columns of the file."""

_HIDDEN = frozenset({BoardState.TO_ACCEPT, BoardState.QUESTION, BoardState.STOPPED})
_WITH_US = NextStep("with_us", "The scheme looks at it", WaitsFor.COORDINATOR)


def _line(row: Row) -> list[str]:
    return [cell(row) for cell in COLUMNS.values()]


def _state_outside(state: BoardState) -> str:
    return NOT_COUNTED if state in _HIDDEN else label(state)


def _step_outside(row: Row) -> NextStep:
    return _WITH_US if row.state in _HIDDEN else row.next


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _rows(session: Session, found: Sequence[Volunteer], today: date) -> Iterable[Row]:
    checks = _last_checks(session, found)
    return [_row(one, checks, today) for one in found]


def _row(volunteer: Volunteer, checks: dict[uuid.UUID, StatusCheck], today: date) -> Row:
    held = current_certificate(volunteer)
    due_on = recheck_due(held, volunteer.scheme.recheck_months) if held else None
    window = join_window(held, volunteer.scheme.join_days, today) if held else None
    subscribed = held is not None and is_subscribed(held, today)
    return Row(
        volunteer=volunteer,
        reference=volunteers.reference(volunteer),
        certificate=held,
        state=board_state(volunteer, today),
        due_on=due_on,
        days_left=(due_on - today).days if due_on else None,
        days_to_join=window.days_left if window and window.is_open and not subscribed else None,
        is_subscribed=subscribed,
        has_consent=has_consent(volunteer),
        last_check=checks.get(held.id) if held else None,
        next=next_step(volunteer, today),
    )


def _last_checks(session: Session, found: Sequence[Volunteer]) -> dict[uuid.UUID, StatusCheck]:
    """Return the newest answer of the Update Service to each certificate."""
    held = [one.id for person in found if (one := current_certificate(person))]
    newest = (
        select(StatusCheck.certificate_id, func.max(StatusCheck.answered_at).label("at"))
        .where(StatusCheck.certificate_id.in_(held), StatusCheck.outcome != StatusOutcome.DISCARDED)
        .group_by(StatusCheck.certificate_id)
        .subquery()
    )
    same = and_(
        StatusCheck.certificate_id == newest.c.certificate_id,
        StatusCheck.answered_at == newest.c.at,
    )
    query = select(StatusCheck).join(newest, same).order_by(StatusCheck.id)
    return {one.certificate_id: one for one in session.scalars(query)}


def is_current(held: type[Certificate]) -> ColumnElement[bool]:
    """Join ``held``, an alias, to its volunteer as ``domain.certificates.current_certificate``."""
    newer = aliased(Certificate)
    is_newest = not_(
        exists().where(
            newer.volunteer_id == held.volunteer_id,
            newer.status != CertificateStatus.SUPERSEDED,
            or_(
                newer.issue_date > held.issue_date,
                and_(newer.issue_date == held.issue_date, newer.created_at > held.created_at),
            ),
        )
    )
    return and_(
        held.volunteer_id == Volunteer.id,
        held.status != CertificateStatus.SUPERSEDED,
        is_newest,
    )


class _Query:
    """The board's rules as SQL; a test holds them and ``domain.certificate_board`` together."""

    def __init__(self, scheme: Scheme, today: date) -> None:
        self.scheme = scheme
        self.today = today
        self.held = aliased(Certificate)
        self.state = self._state()

    def counts(self, session: Session, actor: Account, filters: Filters) -> dict[BoardState, int]:
        """Count each state under the other filters."""
        others = replace(filters, state=None)
        counting = cast("Select[Any]", select(self.state, func.count(Volunteer.id)))
        query = self._from(actor, others, counting).group_by(self.state)
        found: dict[str, int] = dict(session.execute(query).all())
        return {state: found.get(state.value, 0) for state in BoardState}

    def rows(
        self,
        session: Session,
        actor: Account,
        filters: Filters,
        limit: int | None = None,
        offset: int = 0,
    ) -> Sequence[Volunteer]:
        """Return volunteers with all that a row of the board asks for, most urgent first."""
        ranks = {state.value: rank for rank, state in enumerate(BoardState)}
        query = self._from(actor, filters, select(Volunteer)).options(
            joinedload(Volunteer.locality),
            joinedload(Volunteer.scheme),
            selectinload(Volunteer.certificates).selectinload(Certificate.subscription),
            selectinload(Volunteer.consents),
        )
        names = func.lower(Volunteer.last_name), func.lower(Volunteer.first_name)
        query = query.order_by(
            case(ranks, value=self.state), self.held.issue_date, *names, Volunteer.id
        )
        return session.scalars(query.limit(limit).offset(offset)).all()

    def _from(self, actor: Account, filters: Filters, query: Select[Any]) -> Select[Any]:
        held = self.held
        return (
            query.select_from(Volunteer)
            .outerjoin(held, is_current(held))
            .where(
                volunteers.visible_to(actor),
                Volunteer.state.not_in(FINAL),
                or_(held.id.is_not(None), Volunteer.state.in_(NEEDS_ONE)),
                *self._conditions(filters),
            )
        )

    def _conditions(self, filters: Filters) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if filters.state is not None:
            conditions.append(self.state == filters.state.value)
        if filters.locality_id is not None:
            conditions.append(Volunteer.locality_id == filters.locality_id)
        if filters.update_service in UPDATE_SERVICE:
            conditions.append(self._update_service(filters.update_service))
        return conditions

    def _update_service(self, wanted: str) -> ColumnElement[bool]:
        is_in = exists().where(
            Subscription.certificate_id == self.held.id,
            Subscription.joined_on <= self.today,
            Subscription.renew_by > self.today,
            or_(Subscription.ended_on.is_(None), Subscription.ended_on > self.today),
        )
        first_day = self.today - timedelta(days=self.scheme.join_days)
        can_join = and_(
            not_(is_in),
            self.held.level.in_(JOINABLE),
            self.held.issue_date >= first_day,
        )
        return {"in": is_in, "can_join": can_join, "out": not_(is_in)}[wanted]

    def _state(self) -> ColumnElement[str]:
        held, months = self.held, self.scheme.recheck_months
        lapsed = latest_issue(months, self.today)
        soon = latest_issue(months, self.today + timedelta(days=SOON_DAYS))
        return case(
            (held.id.is_(None), BoardState.NONE.value),
            (held.status == CertificateStatus.RECORDED, BoardState.TO_ACCEPT.value),
            (held.status != CertificateStatus.ACCEPTED, BoardState.STOPPED.value),
            (self._has_question(), BoardState.QUESTION.value),
            (held.issue_date <= lapsed, BoardState.LAPSED.value),
            (held.issue_date <= soon, BoardState.SOON.value),
            else_=BoardState.IN_DATE.value,
        )

    def _has_question(self) -> ColumnElement[bool]:
        held = self.held
        not_favourable = or_(
            held.risk_decision.is_(None), held.risk_decision != RiskDecision.FAVOURABLE
        )
        overdue = or_(held.risk_review_on.is_(None), held.risk_review_on < self.today)
        return or_(
            held.name_matches.is_(False),
            and_(held.has_content.is_(True), or_(not_favourable, overdue)),
            held.issue_date > self.today,
            held.seen_on > self.today,
            *(
                and_(Volunteer.check_level == level, held.level.not_in(covering))
                for level, covering in COVERED_BY.items()
            ),
            *(
                and_(Volunteer.check_workforce == needed, held.workforce.not_in(_covering(needed)))
                for needed in Workforce
            ),
        )


def _covering(needed: Workforce) -> list[Workforce]:
    return [held for held in Workforce if covers_workforce(held, needed)]
