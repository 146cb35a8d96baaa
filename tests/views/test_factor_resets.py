"""The page on which a colleague's second step is reset."""

from __future__ import annotations

import pytest

from peerapp.enums import Role
from tests.factories import make_account
from tests.support.factors import give_app


@pytest.fixture
def manager(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.MANAGER)


def test_manager_resets_a_colleague(sign_in, database, scheme_id, manager):
    with database.writing(scheme_id) as session:
        auditor = make_account(session, Role.AUDITOR)
        give_app(session, auditor)
    theirs, browser = sign_in(auditor), sign_in(manager)
    assert theirs.get("/staff/").status_code == 200
    address = f"/staff/people/{auditor.id}/reset-second-step"
    assert f'href="{address}"' in browser.get("/staff/people/").text
    assert browser.get(address).status_code == 200
    assert browser.post(address, data={}).status_code == 422
    assert theirs.get("/staff/").status_code == 200
    assert browser.post(address, data={"reason": "lost"}).location == "/staff/people/"
    assert theirs.get("/staff/").location.startswith("/sign-in")
    again = sign_in(auditor, half_open=True)
    assert again.get("/staff/", follow_redirects=True).request.path == "/second-factor/set-up"
    own = f"/staff/people/{manager.id}/reset-second-step"
    refused = browser.post(own, data={"reason": "lost"})
    assert refused.status_code == 422
    assert "You cannot reset your own second factors" in refused.text


def test_second_person_decides_on_the_reset_of_a_lead(sign_in, database, scheme_id, manager):
    with database.writing(scheme_id) as session:
        lead, other = (make_account(session, Role.SAFEGUARDING_LEAD) for _ in range(2))
        give_app(session, lead)
    browser, theirs, second = sign_in(manager), sign_in(lead), sign_in(other)
    address = f"/staff/people/{lead.id}/reset-second-step"
    assert "a second person has to agree" in browser.get(address).text
    asked = browser.post(address, data={"reason": "lost"}).location
    assert "Resetting a second step" in second.get(asked).text
    yes = {"answer": "yes"}
    for nobody in (browser, theirs):
        assert nobody.post(f"{asked}/decide", data=yes).status_code == 422
    assert theirs.get("/staff/").status_code == 200
    assert browser.post(address, data={"reason": "lost"}).status_code == 422
    assert second.post(f"{asked}/decide", data=yes).status_code == 302
    assert theirs.get("/staff/").location.startswith("/sign-in")
