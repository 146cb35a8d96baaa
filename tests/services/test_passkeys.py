"""Passkeys, made and used by a key in software: what proves something, and what nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.second_factors import CHALLENGE_LIFETIME
from peerapp.enums import Role
from peerapp.errors import Forbidden, NotFound, Refused
from peerapp.models import Passkey, PasskeyChallenge
from peerapp.services import passkeys, second_factors
from tests.factories import NOW, make_account
from tests.services.test_second_factors import start
from tests.support.factors import give_app
from tests.support.security_keys import SecurityKey

URL = "https://scheme.example"


@pytest.fixture
def session(database, scheme_id):
    with database.session(scheme_id, "all") as session:
        yield session


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


def register(session, account, key, name="blue key"):
    login = start(session, account)
    asked = passkeys.ask_for_new(session, login, URL, NOW)
    answer = key.make(asked.options)
    passkeys.add(session, login, asked.challenge_id, answer, name, URL, NOW)
    return login


def give(session, login, key, now=NOW, **kwargs):
    asked = passkeys.ask_for_factor(session, login, URL, now)
    passkeys.give(session, login, asked.challenge_id, key.sign(asked.options, **kwargs), URL, now)


def alone(session, key, **kwargs):
    asked = passkeys.ask_for_sign_in(session, URL, NOW)
    answer = key.sign(asked.options, **kwargs)
    return passkeys.sign_in(session, asked.challenge_id, answer, URL, NOW)


@pytest.mark.scorecard("6.3.3")
def test_passkey_is_made_named_and_opens_a_session(session, manager):
    key = SecurityKey()
    first = register(session, manager, key, "  blue   key ")
    assert not first.is_half_open
    found = second_factors.get_factors(session, manager).passkeys
    assert [one.name for one in found] == ["blue key"]
    later = start(session, manager)
    assert later.is_half_open
    give(session, later, key)
    assert not later.is_half_open


def test_passkey_alone_signs_in_whom_it_belongs_to(session, manager):
    key = SecurityKey()
    register(session, manager, key)
    assert alone(session, key).id == manager.id


def test_key_that_does_not_ask_who_holds_it_is_a_second_factor_only(session, manager):
    key = SecurityKey(verifies=False)
    register(session, manager, key)
    give(session, start(session, manager), key)
    with pytest.raises(Refused):
        alone(session, key)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://scheme.example.evil.example"},
        {"origin": "http://scheme.example"},
        {"host": "evil.example"},
    ],
)
def test_signature_for_another_site_opens_nothing(session, manager, wrong):
    """A false page can get a signature, but only for itself."""
    key = SecurityKey()
    register(session, manager, key)
    for name, value in wrong.items():
        setattr(key, name, value)
    login = start(session, manager)
    with pytest.raises(Refused):
        give(session, login, key)
    assert login.is_half_open
    with pytest.raises(Refused):
        register(session, make_account(session, Role.AUDITOR), SecurityKey(**wrong))


def test_challenge_is_good_once(session, manager):
    key = SecurityKey()
    register(session, manager, key)
    login = start(session, manager)
    asked = passkeys.ask_for_factor(session, login, URL, NOW)
    answer = key.sign(asked.options)
    passkeys.give(session, login, asked.challenge_id, answer, URL, NOW)
    other = start(session, manager)
    with pytest.raises(Refused):
        passkeys.give(session, other, asked.challenge_id, answer, URL, NOW)
    assert other.is_half_open
    assert session.scalars(select(PasskeyChallenge)).all() == []


def test_challenge_runs_out(session, manager):
    key = SecurityKey()
    register(session, manager, key)
    login = start(session, manager)
    asked = passkeys.ask_for_factor(session, login, URL, NOW)
    late, answer = NOW + CHALLENGE_LIFETIME, key.sign(asked.options)
    with pytest.raises(Refused):
        passkeys.give(session, login, asked.challenge_id, answer, URL, late)
    early = NOW + CHALLENGE_LIFETIME - timedelta(seconds=1)
    give(session, login, key, early)


def test_challenge_is_good_for_its_own_use_and_account(session, manager):
    key = SecurityKey()
    register(session, manager, key)
    login = start(session, manager)
    stranger = start(session, make_account(session, Role.AUDITOR))
    for asked in (
        passkeys.ask_for_sign_in(session, URL, NOW),
        passkeys.ask_for_factor(session, stranger, URL, NOW),
    ):
        with pytest.raises(Refused):
            passkeys.give(session, login, asked.challenge_id, key.sign(asked.options), URL, NOW)
    with pytest.raises(Refused):
        passkeys.give(session, login, None, key.sign(asked.options), URL, NOW)
    give(session, login, key)


def test_counter_that_does_not_move_on_is_a_copy(session, manager):
    key = SecurityKey()
    register(session, manager, key)
    login = start(session, manager)
    give(session, login, key)
    for step in (0, -1):
        with pytest.raises(Refused):
            give(session, start(session, manager), key, count=step)
    give(session, start(session, manager), key, count=2)


def test_counter_beyond_31_bits_is_kept(session, manager):
    key = SecurityKey()
    register(session, manager, key)
    give(session, start(session, manager), key, count=2**31)
    assert session.scalars(select(Passkey.sign_count)).one() == 2**31


def test_passkey_of_another_account_is_refused(session, manager):
    key = SecurityKey()
    register(session, make_account(session, Role.AUDITOR), key)
    login = start(session, manager)
    with pytest.raises(Refused):
        give(session, login, key)
    assert login.is_half_open


def test_removed_passkey_opens_nothing(session, manager):
    key, other = SecurityKey(), SecurityKey()
    login = register(session, manager, key)
    give_app(session, manager)
    register_more(session, login, other)
    found = second_factors.get_factors(session, manager).passkeys
    second_factors.remove_passkey(session, login, found[0].id, URL)
    session.flush()
    with pytest.raises(Refused):
        alone(session, key)
    assert alone(session, other).id == manager.id


def register_more(session, login, key):
    asked = passkeys.ask_for_new(session, login, URL, NOW)
    passkeys.add(session, login, asked.challenge_id, key.make(asked.options), "", URL, NOW)


def test_passkey_of_somebody_else_cannot_be_removed(session, manager):
    register(session, make_account(session, Role.AUDITOR), SecurityKey())
    foreign = session.scalars(select(Passkey.id)).one()
    with pytest.raises(NotFound):
        second_factors.remove_passkey(session, start(session, manager), foreign, URL)


def test_session_that_owes_a_factor_adds_no_passkey(session, manager):
    give_app(session, manager)
    with pytest.raises(Forbidden):
        passkeys.ask_for_new(session, start(session, manager), URL, NOW)


@pytest.mark.parametrize("column", ["disabled_at", "confirmed_at"])
def test_closed_and_unconfirmed_accounts_stay_out(session, manager, column):
    key = SecurityKey()
    register(session, manager, key)
    setattr(manager, column, None if column == "confirmed_at" else NOW)
    session.flush()
    with pytest.raises(Refused):
        alone(session, key)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", '{"id": 1}', "x" * 30_000, "\ud800"])
def test_senseless_answers_are_refused(session, manager, answer):
    login = start(session, manager)
    asked = passkeys.ask_for_new(session, login, URL, NOW)
    with pytest.raises(Refused):
        passkeys.add(session, login, asked.challenge_id, answer, "x", URL, NOW)
    asked = passkeys.ask_for_sign_in(session, URL, NOW)
    with pytest.raises(Refused):
        passkeys.sign_in(session, asked.challenge_id, answer, URL, NOW)


def test_site_without_a_name_has_no_passkeys(session, manager):
    for url in ("http://127.0.0.1:8000", "http://[::1]:8000"):
        with pytest.raises(Refused) as refused:
            passkeys.ask_for_sign_in(session, url, NOW)
        assert [one.code for one in refused.value.refusals] == ["no_passkeys"]


def test_family_list_of_passkeys_does_not_name_the_scheme(session):
    family = make_account(session, Role.FAMILY)
    asked = passkeys.ask_for_new(session, start(session, family), URL, NOW)
    assert family.email not in asked.options
    assert "coach" not in asked.options.lower()
    staff = passkeys.ask_for_new(
        session, start(session, make_account(session, Role.MANAGER)), URL, NOW
    )
    assert "coach" in staff.options.lower()
