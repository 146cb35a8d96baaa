"""Managers set the figures of a scheme: with a reason, kept, and in force at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from peerapp.domain.certificates import current_certificate
from peerapp.domain.scheme_figures import edition_of, figures_of, values_of
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import MatchState, Role
from peerapp.errors import Forbidden, NotFound, Refused, Stale
from peerapp.models import AuditEvent, SchemeFigureChange
from peerapp.services import scheme_figures
from peerapp.services.schemes import get_scheme
from tests.factories import TODAY, make_account


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def put(session, manager):
    """Return a function that sets some figures of a group and leaves the others."""

    def putting(group, *, who=None, reason="The panel decided so.", seen=None, **values):
        scheme = get_scheme(session)
        confirmed = values.pop("confirmed", False)
        given = {**values_of(scheme, figures_of(group)), **values}
        return scheme_figures.set_figures(
            session,
            who or manager,
            group,
            given,
            edition_of(scheme, group) if seen is None else seen,
            reason,
            TODAY,
            confirmed=confirmed,
        )

    return putting


def kept(session):
    query = select(SchemeFigureChange).order_by(SchemeFigureChange.created_at)
    return [(one.figure, one.before, one.after) for one in session.scalars(query)]


def audited(session):
    query = select(AuditEvent).where(AuditEvent.action == "scheme.set_figure")
    return [one.detail for one in session.scalars(query.order_by(AuditEvent.at))]


def code_of(refused) -> list[str]:
    return [one.code for one in refused.value.refusals]


def test_set_figures_changes_and_keeps_only_what_is_different(session, put, manager):
    put("references", reference_reminder_days=4, reference_flag_days=21)
    scheme = get_scheme(session)
    assert (scheme.reference_reminder_days, scheme.reference_flag_days) == (4, 21)
    assert scheme.reference_second_reminder_days == 10
    assert kept(session) == [("reference_reminder_days", 5, 4), ("reference_flag_days", 14, 21)]
    assert audited(session) == [
        {"figure": "reference_reminder_days", "before": 5, "after": 4},
        {"figure": "reference_flag_days", "before": 14, "after": 21},
    ]
    newest = scheme_figures.list_changes(session)[0]
    assert (newest.changed_by, newest.reason) == (manager, "The panel decided so.")


def test_set_figures_with_the_same_values_keeps_nothing(session, put):
    assert put("references") == []
    assert kept(session) == []


@pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
def test_set_figures_by_anybody_but_a_manager_is_forbidden(session, put, role):
    with pytest.raises(Forbidden):
        put("references", who=make_account(session, role), reference_flag_days=21)
    assert get_scheme(session).reference_flag_days == 14


def test_set_figures_of_no_group_is_not_found(put):
    with pytest.raises(NotFound):
        put("nonsense")


def test_set_figures_without_a_reason_or_out_of_bounds_changes_nothing(session, put):
    with pytest.raises(Refused) as refused:
        put("references", reason=" ", reference_flag_days=0)
    assert code_of(refused) == ["reference_flag_days", "reason"]
    assert get_scheme(session).reference_flag_days == 14


def test_set_figures_over_what_a_colleague_changed_is_stale(session, put):
    seen = edition_of(get_scheme(session), "references")
    put("references", reference_flag_days=21)
    with pytest.raises(Stale):
        put("references", seen=seen, reference_flag_days=28)
    assert get_scheme(session).reference_flag_days == 21


def test_shorter_recheck_period_is_refused_until_confirmed_with_the_number(session, put, coach):
    assert clearance_refusals(coach, TODAY) == []
    with pytest.raises(Refused) as refused:
        put("checks", recheck_months=8)
    assert code_of(refused) == ["confirmed"]
    assert refused.value.refusals[0].message.startswith("Coaches who may not coach from now on: 1.")
    assert get_scheme(session).recheck_months == 36
    assert kept(session) == []


def test_shorter_recheck_period_once_confirmed_ends_clearance_and_proposals(
    session, put, coach, proposal
):
    put("checks", recheck_months=8, confirmed=True)
    assert [one.code for one in clearance_refusals(coach, TODAY)] == ["certificate_lapsed"]
    assert proposal.state == MatchState.WITHDRAWN
    assert current_certificate(coach) is not None


def test_longer_recheck_period_needs_no_confirmation(session, put, coach, proposal):
    put("checks", recheck_months=48)
    assert proposal.state == MatchState.PROPOSED
    assert kept(session) == [("recheck_months", 36, 48)]
