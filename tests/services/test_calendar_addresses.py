"""A calendar's secret address dies with the trust in whoever may hold it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerapp.enums import Channel, TokenPurpose
from peerapp.errors import NotFound
from peerapp.services import (
    accounts,
    calendar_addresses,
    calendars,
    own_accounts,
    safe_contact,
    tokens,
)
from tests.factories import NOW, TODAY, make_family, make_family_account
from tests.support.volunteers import audited


@pytest.fixture
def family(session, staff, here):
    family = make_family(session, staff, here)
    make_family_account(session, family)
    return family


def answer(session, staff, family, *channels):
    answers = replace(safe_contact.answers_of(family), channels=channels)
    safe_contact.answer_safe_contact(session, staff, family.id, answers, TODAY)


def lose_a_channel(session, staff, family):
    answer(session, staff, family, Channel.EMAIL)


def lose_none(session, staff, family):
    answer(session, staff, family, Channel.EMAIL, Channel.PHONE)


def reset_password(session, staff, family):
    secret = tokens.issue(
        session, family.account, TokenPurpose.RESET_PASSWORD, NOW, accounts.RESET_LIFETIME
    )
    accounts.reset_password(session, secret, "three blue kites fly", NOW)


def sign_others_out(session, staff, family):
    own_accounts.end_others(session, family.account, "")


@pytest.mark.parametrize(
    ("act", "is_alive"),
    [
        (lose_a_channel, False),
        (reset_password, False),
        (sign_others_out, False),
        (lose_none, True),  # the control: an address that nothing speaks against goes on
    ],
)
def test_address_stops_with_every_browser_that_may_be_in_wrong_hands(
    session, staff, family, act, is_alive
):
    secret = calendar_addresses.make_address(session, family.account, NOW)
    assert calendars.read_calendar(session, secret, NOW).startswith(b"BEGIN:VCALENDAR")
    act(session, staff, family)
    if is_alive:
        assert calendars.read_calendar(session, secret, NOW).startswith(b"BEGIN:VCALENDAR")
    else:
        with pytest.raises(NotFound):
            calendars.read_calendar(session, secret, NOW)
    stopped = [one.subject_id for one in audited(session, "calendar.revoke_address")]
    assert stopped == ([] if is_alive else [family.account_id])
