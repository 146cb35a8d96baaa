"""The table of figures names what there is, within the law's bounds, and says what is wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import Boolean, Integer

from peerapp.domain.scheme_figures import (
    FIGURES,
    GROUPS,
    edition_of,
    figure_refusals,
    figures_of,
    values_of,
)
from peerapp.models import Scheme
from tests.factories import make_scheme

ELSEWHERE = {"status_check_days", "consent_from_version", "is_demo"}
"""Set on a page of their own, or by the site."""

KINDS = (Integer, Boolean)

GOOD = {
    "reference_link_days": 30,
    "reference_reminder_days": 5,
    "reference_second_reminder_days": 10,
    "reference_flag_days": 14,
}


def fresh() -> Scheme:
    """A scheme with the defaults of its columns."""
    scheme = make_scheme()
    for column in Scheme.__table__.columns:
        if isinstance(column.type, KINDS) and column.default is not None:
            setattr(scheme, column.name, column.default.arg)
    return scheme


def test_every_number_and_switch_of_a_scheme_is_a_figure_or_set_elsewhere() -> None:
    columns = {one.name for one in Scheme.__table__.columns if isinstance(one.type, KINDS)}
    assert columns == {one.column for one in FIGURES} | ELSEWHERE


def test_switches_are_those_of_yes_and_no() -> None:
    columns = Scheme.__table__.columns
    switches = {one.name for one in columns if isinstance(one.type, Boolean)} - ELSEWHERE
    assert {one.column for one in FIGURES if one.is_switch} == switches
    found = [one for one in FIGURES if one.column == "staff_record_answers"]
    assert [(one.words(1), one.words(0)) for one in found] == [("yes", "no")]


def test_values_are_shown_in_the_singular_where_there_is_one() -> None:
    by_column = {one.column: one for one in FIGURES}
    shown = [
        by_column["probation_families"].words(1),
        by_column["probation_families"].words(2),
        by_column["concern_danger_hours"].words(1),
        by_column["agreement_warning_days"].words(1),
        by_column["missed_in_row"].words(1),
        by_column["mileage_limit"].words(10_000),
    ]
    assert shown == [
        "1 family",
        "2 families",
        "1 hour",
        "1 day before",
        "1 missed session",
        "10,000 miles",
    ]


def test_figures_are_named_once_in_a_group_with_words() -> None:
    assert len({one.column for one in FIGURES}) == len(FIGURES)
    assert {one.group for one in FIGURES} <= set(GROUPS)
    assert [one.column for one in FIGURES if one.lowest > one.highest] == []


@pytest.mark.parametrize("group", GROUPS)
def test_defaults_are_within_their_bounds(group: str) -> None:
    assert figure_refusals(group, values_of(fresh(), figures_of(group))) == []


@pytest.mark.parametrize("figure", FIGURES, ids=lambda one: one.column)
def test_value_outside_its_bounds_is_refused_at_its_column(figure) -> None:
    values = values_of(fresh(), figures_of(figure.group))
    for wrong in (figure.lowest - 1, figure.highest + 1):
        refusals = figure_refusals(figure.group, {**values, figure.column: wrong})
        assert [one.code for one in refusals] == [figure.column]


def test_reminders_must_follow_each_other() -> None:
    same = figure_refusals("references", {**GOOD, "reference_second_reminder_days": 5})
    assert [(one.code, one.message) for one in same] == [
        ("reference_second_reminder_days", "This must be more than “First reminder after”.")
    ]
    early = figure_refusals("references", {**GOOD, "reference_flag_days": 10})
    assert [one.code for one in early] == ["reference_flag_days"]


def test_law_bounds_age_and_restricted_texts() -> None:
    bounds = {one.column: (one.lowest, one.highest) for one in FIGURES}
    assert bounds["minimum_age"][0] == 16
    assert bounds["risk_text_months"][1] == 6


def test_edition_changes_with_any_figure_of_the_group_and_no_other() -> None:
    scheme = fresh()
    before = edition_of(scheme, "references")
    scheme.recheck_months += 1
    assert edition_of(scheme, "references") == before
    scheme.reference_flag_days += 1
    assert edition_of(scheme, "references") != before
