"""What has helped as a page and a file: for managers, without small counts."""

from __future__ import annotations

import pytest

from peerapp.enums import Role
from tests.factories import make_account

pytestmark = pytest.mark.usefixtures("on_the_day")


def test_outcomes_are_for_managers(database, scheme_id, sign_in):
    with database.writing(scheme_id) as session:
        accounts = {role: make_account(session, role) for role in Role}
    place = "/staff/outcomes/"
    answers = {role: sign_in(one).get(place).status_code for role, one in accounts.items()}
    assert answers == {role: 200 if role is Role.MANAGER else 403 for role in Role}
    browser = sign_in(accounts[Role.MANAGER])
    page = browser.get(place).text
    assert ("Fewer than 5 answered." in page, "Goals in the families" in page) == (True, True)
    assert "Counts under 5 are not in it" in browser.get("/staff/outcomes/export").text
    answer = browser.post("/staff/outcomes/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="outcomes-2026-11-20.csv"'
    assert answer.text.splitlines()[1] == "Coaches after the end,Answers,Not shown"
