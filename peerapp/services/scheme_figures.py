"""Setting the figures of a scheme: by a manager, with a reason, each change kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain import scheme_figures as rules
from peerapp.domain.match_states import HOLDS_PLACE, OPEN_PROPOSAL
from peerapp.domain.vetting import COACHING_STATES, clearance_refusals
from peerapp.enums import Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused, Stale
from peerapp.models import Account, Match, Scheme, SchemeFigureChange, Volunteer
from peerapp.services import audit, rows, two_person_requests, volunteers
from peerapp.services.schemes import lock_scheme

SHOWN = 20


def set_figures(
    session: Session,
    actor: Account,
    group: str,
    values: Mapping[str, int],
    seen: str,
    reason: str,
    today: date,
    *,
    confirmed: bool = False,
) -> list[SchemeFigureChange]:
    """Set the figures of a group; what they take away from coaches takes effect in this commit.

    Parameters
    ----------
    seen
        ``domain.scheme_figures.edition_of`` when the page was opened.

    Raises
    ------
    Stale
        Somebody has changed a figure of the group meanwhile.
    Refused
        A value is out of its bounds, there is no reason, or coaches would stop being cleared and
        that was not ``confirmed``.
    """
    _only_managers(actor)
    scheme = lock_scheme(session)
    figures = _check(scheme, group, values, seen, reason)
    before = rules.values_of(scheme, figures)
    changed = [one for one in figures if values[one.column] != before[one.column]]
    stopped = _put(session, scheme, changed, values, today)
    if stopped and not confirmed:
        _take_back(scheme, changed, before, len(stopped))
    _refuse_too_few(session, scheme, changed)
    kept = [_keep(session, actor, scheme, one, before, values, reason) for one in changed]
    session.flush()
    _settle(session, actor, stopped, today)
    return kept


def _check(
    scheme: Scheme, group: str, values: Mapping[str, int], seen: str, reason: str
) -> Sequence[rules.Figure]:
    """Return the figures of a group, of a locked scheme, if these values can be theirs."""
    figures = rules.figures_of(group)
    if not figures:
        raise NotFound("there is no such group of figures")
    if rules.edition_of(scheme, group) != seen:
        raise Stale("the figures have changed since the page was opened")
    refusals = rules.figure_refusals(group, values)
    if not reason.strip():
        refusals.append(Refusal("reason", "Say why."))
    if refusals:
        raise Refused(refusals)
    return figures


def _refuse_too_few(session: Session, scheme: Scheme, changed: Iterable[rules.Figure]) -> None:
    """Two people are asked for only where there are two who may be."""
    if any(one.column.startswith("second_person_") for one in changed):
        two_person_requests.refuse_too_few(session, scheme)


def _take_back(
    scheme: Scheme, changed: Sequence[rules.Figure], before: Mapping[str, int], coaches: int
) -> NoReturn:
    """Write the earlier values again, and ask whether so many coaches are to stop."""
    _write(scheme, changed, before)
    text = f"Coaches who may not coach from now on: {coaches}."
    raise Refused([Refusal("confirmed", f"{text} Tick the box if you want this.")])


def _settle(session: Session, actor: Account, stopped: Sequence[uuid.UUID], today: date) -> None:
    """Take coaches who are cleared no more out of what they hold."""
    for volunteer_id in _with_matches(session, stopped):
        volunteer = rows.lock_row(session, Volunteer, volunteer_id)
        volunteers.settle(session, actor, volunteer, today, "figures_changed")


def list_changes(session: Session) -> Sequence[SchemeFigureChange]:
    """Return the last changes, newest first."""
    query = (
        select(SchemeFigureChange)
        .options(joinedload(SchemeFigureChange.changed_by))
        .order_by(SchemeFigureChange.created_at.desc(), SchemeFigureChange.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def _put(
    session: Session,
    scheme: Scheme,
    changed: Sequence[rules.Figure],
    values: Mapping[str, int],
    today: date,
) -> list[uuid.UUID]:
    """Write the values, and return the coaches who were cleared before and are no more."""
    if not any(one.stops_coaches for one in changed):
        _write(scheme, changed, values)
        return []
    cleared = [one for one in _coaches(session) if not clearance_refusals(one, today)]
    _write(scheme, changed, values)
    return sorted(one.id for one in cleared if clearance_refusals(one, today))


def _write(scheme: Scheme, figures: Iterable[rules.Figure], values: Mapping[str, int]) -> None:
    for one in figures:
        value = values[one.column]
        setattr(scheme, one.column, bool(value) if one.is_switch else value)


def _coaches(session: Session) -> Sequence[Volunteer]:
    query = (
        select(Volunteer)
        .where(Volunteer.state.in_(COACHING_STATES))
        .options(
            joinedload(Volunteer.account),
            selectinload(Volunteer.scheme),
            selectinload(Volunteer.gate_records),
            selectinload(Volunteer.training),
            selectinload(Volunteer.certificates),
        )
        .order_by(Volunteer.id)
    )
    return session.scalars(query).all()


def _keep(
    session: Session,
    actor: Account,
    scheme: Scheme,
    figure: rules.Figure,
    before: Mapping[str, int],
    after: Mapping[str, int],
    reason: str,
) -> SchemeFigureChange:
    old, new = before[figure.column], after[figure.column]
    row = SchemeFigureChange(
        figure=figure.column,
        before=old,
        after=new,
        reason=reason.strip(),
        changed_by_id=actor.id,
    )
    session.add(row)
    audit.record_change(
        session, actor, "scheme.set_figure", scheme, figure=figure.column, before=old, after=new
    )
    return row


def _with_matches(session: Session, volunteer_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    query = select(Match.volunteer_id).where(Match.state.in_(OPEN_PROPOSAL | HOLDS_PLACE))
    return sorted(set(session.scalars(query)) & set(volunteer_ids))


def _only_managers(actor: Account) -> None:
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager sets the figures of the scheme")
