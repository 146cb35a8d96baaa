"""A manager reads the figures of the scheme, and sets them group by group."""

from __future__ import annotations

import pytest

from peerapp.domain.scheme_figures import FIGURES, GROUPS
from peerapp.enums import Role
from peerapp.services.schemes import get_scheme
from tests.factories import make_account

AT = "/staff/figures/"
REFERENCES = {
    "reference_link_days": 30,
    "reference_reminder_days": 5,
    "reference_second_reminder_days": 10,
    "reference_flag_days": 14,
    "edition": "30-5-10-14",
    "reason": "Canary decision",
}


@pytest.fixture
def manager(database, scheme_id, sign_in):
    with database.writing(scheme_id) as session:
        account = make_account(session, Role.MANAGER, name="Mo Manager")
    return sign_in(account)


@pytest.fixture
def figure(database, scheme_id):
    def asking(column):
        with database.reading(scheme_id) as session:
            return getattr(get_scheme(session), column)

    return asking


def test_overview_shows_every_figure_with_its_group(manager):
    page = manager.get(AT).text
    assert [one.column for one in FIGURES if one.label not in page] == []
    used = {one.group for one in FIGURES}
    assert [group for group in GROUPS if f'href="{AT}{group}"' in page] == [
        group for group in GROUPS if group in used
    ]
    assert "Nobody has changed a figure yet." in page


def test_overview_is_in_the_menu_of_managers(manager, staff):
    hub = "/staff/set-up/"
    assert f'href="{hub}"' in manager.get("/staff/").text
    assert f'href="{AT}"' in manager.get(hub).text
    assert f'href="{hub}"' not in staff.get("/staff/").text
    assert staff.get(hub).status_code == 403


@pytest.mark.parametrize("group", sorted({one.group for one in FIGURES}))
def test_each_group_has_a_form_with_what_is_set(manager, figure, group):
    page = manager.get(f"{AT}{group}")
    assert page.status_code == 200
    for one in (one for one in FIGURES if one.group == group):
        assert f'name="{one.column}"' in page.text
        assert f'value="{int(figure(one.column))}"' in page.text


def test_group_that_is_not_there_is_not_found(manager):
    assert manager.get(f"{AT}nonsense").status_code == 404


def test_change_saves_and_shows_who_changed_what_why(manager, figure):
    answer = manager.post(f"{AT}references", data={**REFERENCES, "reference_flag_days": 21})
    assert (answer.status_code, answer.location) == (302, AT)
    assert figure("reference_flag_days") == 21
    page = manager.get(AT).text
    assert "Coordinators are told after: 21 days, before 14" in page
    assert ["Mo Manager" in page, "Canary decision" in page] == [True, True]


def test_change_with_a_fault_shows_it_beside_the_field_and_saves_nothing(manager, figure):
    data = {**REFERENCES, "reference_flag_days": 9, "reference_link_days": 31}
    answer = manager.post(f"{AT}references", data=data)
    assert answer.status_code == 422
    assert "This must be more than “Second reminder after”." in answer.text
    assert figure("reference_link_days") == 30


def test_change_over_a_colleagues_change_says_so(manager, figure):
    manager.post(f"{AT}references", data={**REFERENCES, "reference_flag_days": 21})
    answer = manager.post(f"{AT}references", data={**REFERENCES, "reference_flag_days": 28})
    assert answer.status_code == 422
    assert "A colleague has changed these figures meanwhile." in answer.text
    assert figure("reference_flag_days") == 21


def test_switch_is_turned_off_and_said_in_words(manager, figure):
    data = {one.column: int(figure(one.column)) for one in FIGURES if one.group == "matches"}
    data |= {"edition": "-".join(str(value) for value in data.values()), "reason": "Canary"}
    assert figure("staff_record_answers") is True
    answer = manager.post(f"{AT}matches", data={**data, "staff_record_answers": "0"})
    assert (answer.status_code, figure("staff_record_answers")) == (302, False)
    assert "Staff may record an answer: no, before yes" in manager.get(AT).text


def test_change_that_stops_coaches_asks_for_a_tick_first(manager, place, figure):
    data = {one.column: figure(one.column) for one in FIGURES if one.group == "checks"}
    data |= {"edition": "-".join(str(value) for value in data.values()), "reason": "Stricter"}
    data["recheck_months"] = 6
    refused = manager.post(f"{AT}checks", data=data)
    assert refused.status_code == 422
    assert "Coaches who may not coach from now on: 1." in refused.text
    assert figure("recheck_months") == 36
    assert manager.post(f"{AT}checks", data={**data, "confirmed": "y"}).status_code == 302
    assert figure("recheck_months") == 6
