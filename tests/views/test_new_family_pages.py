"""The page on which staff record a family asks about records that resemble it."""

from __future__ import annotations

import re

import pytest

from peerapp.enums import Role
from tests.factories import make_account, make_family, make_locality
from tests.support.staff_pages import text_of
from tests.views.test_families import DETAILS

NEW = "/staff/families/new"


@pytest.fixture
def known(database, scheme_id):
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        family = make_family(session, staff, here, first_name="Aminah", last_name="Yousuf")
        return family, staff


def shown(page):
    return re.search(r'name="looked_at"[^>]*value="([^"]*)"', page.text)[1]


def test_record_that_resembles_it_is_asked_about_once(known, sign_in):
    family, staff = known
    browser = sign_in(staff)
    assert "looked: these are other families" not in browser.get(NEW).text
    first = browser.post(NEW, data=DETAILS)
    assert first.status_code == 422
    assert f"{family.reference} {family.name} (opens in a new tab)" in text_of(first)
    assert shown(first) == str(family.id)
    unticked = browser.post(NEW, data={**DETAILS, "looked_at": shown(first)})
    assert unticked.status_code == 422
    given = {**DETAILS, "looked_at": shown(first), "not_same": "y"}
    assert browser.post(NEW, data=given).status_code == 303


@pytest.mark.parametrize("looked_at", ["", "nonsense", "0" * 40])
def test_box_alone_answers_nothing(known, sign_in, looked_at):
    _, staff = known
    given = {**DETAILS, "not_same": "y", "looked_at": looked_at}
    assert sign_in(staff).post(NEW, data=given).status_code == 422
