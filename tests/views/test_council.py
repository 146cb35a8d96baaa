"""Signing in with the council: believed to the letter, or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import func, select

from peerapp.adapters.passwords import hash_password
from peerapp.config import ConfigError, CouncilSignIn, settings_from_environment
from peerapp.demo.identity_provider import Provider, Told, pick, running
from peerapp.enums import Role
from peerapp.models import Account, LoginSession, utc_now
from tests.factories import PASSWORD, make_account

EMAIL, OTHER = "ann@council.example", "bob@council.example"
ENTRY = "/sign-in/council"
WRONG = [told for told in Told if told not in {Told.RIGHT, Told.SERVER_ERROR}]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider((EMAIL, OTHER, "stranger@council.example"))
    with running(made):
        yield made


@pytest.fixture
def council(provider, settings):
    provider.told, provider.claims = Told.RIGHT, {}
    return CouncilSignIn(
        provider.issuer, provider.client_id, provider.client_secret, second_factor_amr={"mfa"}
    )


@pytest.fixture
def site(app, council):
    app.extensions["settings"] = replace(app.extensions["settings"], council=council)
    return app


@pytest.fixture
def ann(database, scheme_id):
    """Invited, and not in yet."""
    with database.writing(scheme_id) as session:
        return make_account(session, Role.COORDINATOR, email=EMAIL, confirmed_at=None)


def went(browser, email=EMAIL):
    """Go to the council and be somebody there; return the way back."""
    sent = browser.get(ENTRY)
    assert sent.status_code == 302
    back = requests.get(pick(sent.location, email), allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def entered(browser, email=EMAIL):
    back = browser.get(went(browser, email))
    assert back.status_code == 200
    return browser.post(f"{ENTRY}/done")


def sessions(database, scheme_id):
    with database.reading(scheme_id) as session:
        return session.scalar(select(func.count(LoginSession.id)))


def test_invited_member_of_staff_gets_in_and_still_owes_a_second_factor(
    site, ann, database, scheme_id
):
    browser = site.test_client()
    done = entered(browser)
    assert (done.status_code, done.location) == (302, "/staff/")
    assert browser.get("/staff/").location.startswith("/second-factor/code")
    with database.reading(scheme_id) as session:
        assert session.get(Account, ann.id).confirmed_at is not None


@pytest.mark.parametrize(("amr", "status"), [(["pwd", "mfa"], 200), (["pwd"], 302), ("mfa", 302)])
def test_second_factor_counts_only_if_the_council_says_so(site, ann, provider, amr, status):
    provider.claims = {"amr": amr}
    browser = site.test_client()
    entered(browser)
    assert browser.get("/staff/").status_code == status


@pytest.mark.scorecard("6.3.3")
@pytest.mark.parametrize("told", WRONG)
def test_answer_that_is_wrong_in_one_way_lets_nobody_in(
    site, ann, provider, database, scheme_id, told
):
    browser = site.test_client()
    back = went(browser)
    provider.told = told
    assert browser.get(back).status_code == 200
    assert browser.post(f"{ENTRY}/done").status_code == 403
    assert sessions(database, scheme_id) == 0


@pytest.mark.scorecard("6.3.3", control=True)
def test_the_same_way_in_works_with_a_right_answer(site, ann, database, scheme_id):
    assert entered(site.test_client()).status_code == 302
    assert sessions(database, scheme_id) == 1


def test_provider_out_of_order_is_said_and_lets_nobody_in(site, ann, provider, database, scheme_id):
    browser = site.test_client()
    back = went(browser)
    browser.get(back)
    provider.told = Told.SERVER_ERROR
    assert browser.post(f"{ENTRY}/done").status_code in {403, 503}
    assert sessions(database, scheme_id) == 0


def test_way_back_works_once_and_in_the_browser_that_was_sent(site, ann):
    browser, thief = site.test_client(), site.test_client()
    back = went(browser)
    assert thief.get(back).status_code == 403
    thief.get(ENTRY)  # has a sign-in of its own under way
    assert thief.get(back).status_code == 403
    assert thief.post(f"{ENTRY}/done").status_code == 403
    assert browser.get(back).status_code == 200
    assert browser.post(f"{ENTRY}/done").status_code == 302
    assert browser.post(f"{ENTRY}/done").status_code == 403
    assert site.test_client().get(back).status_code == 403


def test_way_back_without_a_state_is_refused(site, ann):
    for address in (f"{ENTRY}/done?code=x", f"{ENTRY}/done?code=x&state=", f"{ENTRY}/done"):
        assert site.test_client().get(address).status_code == 403


def test_code_is_asked_for_with_a_challenge_a_nonce_and_a_state(site, provider):
    asked = parse_qs(urlsplit(site.test_client().get(ENTRY).location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email"]
    assert asked["redirect_uri"] == [f"http://127.0.0.1:8000{ENTRY}/done"]
    assert [len(asked[name][0]) > 20 for name in ("code_challenge", "nonce", "state")] == [True] * 3
    assert provider.client_secret not in str(asked)


@pytest.mark.parametrize(
    "values",
    [
        {"disabled_at": utc_now()},
        {"role": Role.VOLUNTEER},
        {"role": Role.FAMILY},
        {"email": "another@council.example"},
        {"council_subject": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_no_account_is_opened_or_made_for_anybody_else(site, ann, database, scheme_id, values):
    with database.writing(scheme_id) as session:
        for name, value in values.items():
            setattr(session.get(Account, ann.id), name, value)
    assert entered(site.test_client()).status_code == 403
    with database.reading(scheme_id) as session:
        assert session.scalar(select(func.count(Account.id))) == 1
    assert sessions(database, scheme_id) == 0


def test_address_that_goes_to_somebody_else_at_the_council_opens_nothing(site, ann, provider):
    assert entered(site.test_client()).status_code == 302
    provider.claims = {"sub": "a new colleague"}
    assert entered(site.test_client()).status_code == 403


def test_council_only_account_has_no_other_way_in(app, site, sign_in, database, scheme_id):
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER)
        hashed = hash_password(PASSWORD)
        ann = make_account(session, Role.COORDINATOR, email=EMAIL, password_hash=hashed)
    theirs, boss = sign_in(ann), sign_in(manager)
    page = f"/staff/people/{ann.id}/council-account"
    assert boss.post(page, data={"required": "yes"}).status_code == 302
    assert theirs.get("/staff/").status_code == 302
    browser = app.test_client()
    data = {"email": EMAIL, "password": PASSWORD}
    assert browser.post("/sign-in", data=data).status_code == 422
    browser.post("/forgot-password", data={"email": EMAIL})
    assert entered(browser).status_code == 302
    own = f"/staff/people/{manager.id}/council-account"
    assert boss.post(own, data={"required": "yes"}).status_code == 409


def test_there_is_no_such_way_in_until_it_is_set_up(app, scheme_id):
    browser = app.test_client()
    assert [browser.get(f"{ENTRY}{end}").status_code for end in ("", "/done")] == [404, 404]
    assert browser.post(f"{ENTRY}/done").status_code == 404
    assert ENTRY not in browser.get("/sign-in").text


def test_button_names_the_council(site):
    assert "Sign in with your council account" in site.test_client().get("/sign-in").text


def test_settings_are_all_there_or_none():
    base = {"SECRET_KEY": "k" * 32, "PEERAPP_OIDC_ISSUER": "https://login.example/"}
    with pytest.raises(ConfigError, match=r"^PEERAPP_OIDC_CLIENT_ID is not set"):
        settings_from_environment(base)
    given = {"PEERAPP_OIDC_CLIENT_ID": "peerapp", "PEERAPP_OIDC_CLIENT_SECRET": "hush hush"}
    council = settings_from_environment({**base, **given, "PEERAPP_OIDC_AMR": "mfa otp"}).council
    assert council.issuer == "https://login.example"
    assert council.second_factor_amr == {"mfa", "otp"}
    assert "hush" not in repr(council)


def test_site_works_without_the_extra():
    """A process in which neither library can be found makes the application all the same."""
    script = (
        "import sys\n"
        "sys.modules.update({'authlib': None, 'joserfc': None, 'requests': None})\n"
        "import peerapp.views, peerapp.cli\n"
        "print([name for name in ('authlib', 'joserfc', 'requests') if sys.modules[name]])\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "[]\n"), ran.stderr
