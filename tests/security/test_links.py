"""A link lies in a mailbox: once that is not safe any more, the link opens nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from peerapp.models import Family, utc_now
from peerapp.services import accounts, families, safe_contact
from peerapp.services.safe_contact import SafeContactAnswers
from tests.factories import PASSWORD, TODAY
from tests.services.family_scenes import GOOD

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def invited(scene):
    """A family that has been sent its invitation; its link."""
    family_id = scene.add_family(channels=("phone", "email"), email="rosa@example.org")
    with scene.writing() as session:
        family = session.get_one(Family, family_id)
        link, sent = accounts.invite_family(
            session, scene.coordinator(session), family, utc_now(), ""
        )
    assert sent
    return family_id, link


def change_email(scene, family_id, email):
    with scene.writing() as session:
        family = session.get_one(Family, family_id)
        details = replace(GOOD, email=email, phone=family.phone)
        families.update_family(
            session, scene.coordinator(session), family_id, family.version, details, TODAY
        )


def call_safe(scene, family_id, *channels):
    answers = SafeContactAnswers(answered_on=date(2026, 11, 20), channels=channels)
    with scene.writing() as session:
        safe_contact.answer_safe_contact(
            session, scene.coordinator(session), family_id, answers, TODAY
        )


@pytest.mark.parametrize("email", ["", "new@example.org"])
@pytest.mark.scorecard("DA-3")
def test_link_is_void_once_the_email_address_is_taken_away(scene, client, invited, email):
    family_id, link = invited
    assert client.get(link).status_code == 200
    change_email(scene, family_id, email)
    assert client.get(link).status_code == 409
    assert client.post(link, data={"password": PASSWORD}).status_code == 409


@pytest.mark.parametrize(("channels", "status"), [(("phone",), 409), ((), 409), (("email",), 200)])
@pytest.mark.scorecard("DA-3")
def test_link_is_void_once_email_is_not_safe_any_more(scene, client, invited, channels, status):
    family_id, link = invited
    call_safe(scene, family_id, *channels)
    assert client.get(link).status_code == status


@pytest.mark.scorecard("DA-3", control=True)
def test_link_handed_over_by_another_way_outlives_a_change_of_channels(scene, client):
    family_id = scene.add_family(channels=("phone",))
    with scene.writing() as session:
        family = session.get_one(Family, family_id)
        link, sent = accounts.invite_family(
            session, scene.coordinator(session), family, utc_now(), ""
        )
    assert not sent
    call_safe(scene, family_id, "phone", "sms")
    assert client.get(link).status_code == 200


def test_browsers_are_signed_out_once_the_email_address_changes(scene, app, invited):
    family_id, link = invited
    browser = app.test_client()
    assert browser.post(link, data={"password": PASSWORD}).status_code == 302
    assert browser.get("/family/").status_code == 200
    change_email(scene, family_id, "new@example.org")
    assert browser.get("/family/").status_code == 302
