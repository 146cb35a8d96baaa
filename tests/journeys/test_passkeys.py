"""A passkey in a real browser: made, used as the second factor, and used alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerapp.adapters.passwords import hash_password
from peerapp.enums import Role
from tests.factories import PASSWORD, make_account
from tests.journeys.visitor import Visitor
from tests.support.browser import DESKTOP
from tests.support.threaded_site import served

pytestmark = pytest.mark.browser

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(make_app, settings, database, scheme_id):
    """The address of a site with a manager; passkeys need a name and the right port in it."""
    with database.writing(scheme_id) as session:
        hashed = hash_password(PASSWORD)
        make_account(session, Role.MANAGER, email="m@example.org", password_hash=hashed)
    app = make_app(settings)
    with served(app.wsgi_app) as url:
        named = url.replace("127.0.0.1", "localhost")
        app.extensions["settings"] = replace(settings, base_url=named)
        yield named


def by_password(visitor):
    visitor.open("/sign-in")
    visitor.fill(email="m@example.org", password=PASSWORD)
    visitor.click("Sign in")


@pytest.mark.walk
@pytest.mark.scorecard("6.3.3")
def test_passkey_is_set_up_and_used_with_and_without_the_password(chrome, site):
    visitor = Visitor(chrome, site, DESKTOP)
    wire = visitor.context.new_cdp_session(visitor.page)
    wire.send("WebAuthn.enable")
    key = wire.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]

    by_password(visitor)
    visitor.fill(name="work laptop")
    visitor.click("Set up a passkey")
    visitor.sees("Your passkey is set up.")
    visitor.open("/second-factor/")
    visitor.sees("work laptop")

    visitor.click("Sign out")
    by_password(visitor)
    visitor.sees("Use your passkey")
    visitor.click("Use a passkey")
    visitor.sees("What waits for you")

    visitor.click("Sign out")
    visitor.open("/sign-in")
    visitor.click("Sign in with a passkey")
    visitor.sees("What waits for you")

    visitor.click("Sign out")
    verified = {"authenticatorId": key, "isUserVerified": False}
    wire.send("WebAuthn.setUserVerified", verified)
    visitor.open("/sign-in")
    visitor.page.get_by_role("button", name="Sign in with a passkey").click()  # it stays there
    visitor.sees("The passkey was not used.")
    visitor.open("/staff/")
    visitor.sees("Sign in")
    assert visitor.complaints == []
    visitor.close()
