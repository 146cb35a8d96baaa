from __future__ import annotations

from datetime import date

import pytest

from peerapp.domain.eligibility import support_refusals
from peerapp.domain.family_consent_texts import FIRST_TEXTS
from peerapp.domain.family_consents import (
    earlier_consents,
    giving_refusals,
    message_refusals,
    sharing_refusals,
    standing_consent,
    text_refusals,
)
from peerapp.enums import ConsentPurpose
from peerapp.models import Family
from peerapp.vocabulary.consents import FAMILY_TITLES, STOP_EFFECTS
from tests.domain.families import a_family, an_agreement

TODAY = date(2026, 6, 1)

P = ConsentPurpose
WITHDRAWN = date(2026, 10, 1)


def codes_of(refusals: list) -> list[str]:
    return [one.code for one in refusals]


def agreeing(*purposes: ConsentPurpose) -> Family:
    return a_family(agreements=[an_agreement(purpose=one) for one in purposes])


@pytest.mark.parametrize("purpose", list(P))
def test_standing_consent_is_to_its_own_purpose_only(purpose):
    family = agreeing(purpose)
    found = [one for one in P if standing_consent(family, one) is not None]
    assert found == [purpose]


def test_standing_consent_is_the_newest_and_earlier_ones_stay_on_record():
    older, newer = an_agreement(version="1"), an_agreement(version="2")
    taken_back = an_agreement(WITHDRAWN, version="3")
    family = a_family(agreements=[older, newer, taken_back])
    assert standing_consent(family, P.TAKE_PART) is newer
    assert earlier_consents(family, P.TAKE_PART) == (taken_back, older)


@pytest.mark.parametrize(
    ("purposes", "expected"),
    [
        ((), ["no_agreement"]),
        ((P.SHARE_WITH_COACH,), ["no_agreement"]),
        ((P.TAKE_PART,), ["no_sharing"]),
        ((P.TAKE_PART, P.MESSAGES, P.FEEDBACK, P.RESEARCH, P.SHARE_WITH_REFERRER), ["no_sharing"]),
        ((P.TAKE_PART, P.SHARE_WITH_COACH), []),
    ],
)
def test_support_asks_for_taking_part_and_for_telling_the_coach(purposes, expected):
    assert codes_of(support_refusals(agreeing(*purposes), TODAY)) == expected


def test_sharing_that_was_taken_back_is_refused():
    family = a_family(
        agreements=[an_agreement(), an_agreement(WITHDRAWN, purpose=P.SHARE_WITH_COACH)]
    )
    assert codes_of(sharing_refusals(family)) == ["no_sharing"]


def test_messages_need_a_yes_of_their_own():
    assert codes_of(message_refusals(agreeing(P.TAKE_PART, P.SHARE_WITH_COACH))) == ["no_messages"]
    assert message_refusals(agreeing(P.MESSAGES)) == []


def test_giving_begins_with_taking_part():
    assert giving_refusals(agreeing(), P.TAKE_PART) == []
    assert codes_of(giving_refusals(agreeing(), P.RESEARCH)) == ["take_part_first"]
    assert giving_refusals(agreeing(P.TAKE_PART), P.RESEARCH) == []


def test_text_that_says_nothing_or_nothing_new_is_refused():
    words = FIRST_TEXTS[P.RESEARCH]
    assert codes_of(text_refusals("Yes.", words)) == ["text"]
    assert codes_of(text_refusals(f" {words}\n", words)) == ["text"]
    assert text_refusals(words, "") == []


def test_each_purpose_has_words_a_title_and_effects():
    assert [set(FIRST_TEXTS), set(FAMILY_TITLES), set(STOP_EFFECTS)] == [set(P)] * 3
