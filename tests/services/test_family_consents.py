from __future__ import annotations

import pytest
from sqlalchemy import select

from peerapp.enums import AgreementMethod, ConsentPurpose, FamilyState, MatchState
from peerapp.errors import Forbidden, NotFound, Refused
from peerapp.models import Account, Agreement, Family, FamilyConsentText, Match
from peerapp.services import agreements, contacts, family_consent_texts, family_consents
from tests import factories
from tests.factories import TODAY
from tests.scenes import BASE_URL
from tests.services.family_scenes import make_family_scene
from tests.services.own_family_scenes import OwnScene, as_own

P = ConsentPurpose


@pytest.fixture
def scene(database, scheme_id) -> OwnScene:
    made = as_own(make_family_scene(database, scheme_id))
    made.add_own()
    return made


def give(scene: OwnScene, purpose: ConsentPurpose, seen: str = "1.en.1") -> None:
    with scene.acting() as (session, account):
        family_consents.give(session, account, purpose, seen, TODAY, BASE_URL)


def withdraw(scene: OwnScene, purpose: ConsentPurpose) -> None:
    with scene.acting() as (session, account):
        family_consents.withdraw(session, account, purpose, TODAY, BASE_URL)


def codes_of(refused) -> list[str]:
    return [one.code for one in refused.value.refusals]


def match_with(scene: OwnScene, state: MatchState) -> None:
    with scene.writing() as (session, coordinator):
        family = session.get_one(Family, scene.family_id)
        coach = factories.make_coach(session, coordinator, family.locality)
        factories.make_match(session, family, coach, state=state)
        if state != MatchState.PROPOSED:
            family.state = FamilyState.MATCHED


def sees_coach(scene: OwnScene) -> bool:
    with scene.database.session(scene.scheme_id, "audit") as session, session.begin():
        account = session.get_one(Family, scene.family_id).account
        return contacts.coach_contact_for_family(session, account, TODAY) is not None


def coach_sees(scene: OwnScene) -> bool:
    with scene.database.session(scene.scheme_id, "audit") as session, session.begin():
        match = session.scalars(select(Match)).one()
        account = match.volunteer.account
        return contacts.family_contact_for_coach(session, account, match.id, TODAY) is not None


def test_give_keeps_who_when_how_and_the_very_words(scene):
    give(scene, P.RESEARCH)
    with scene.reading() as (session, _):
        row = session.scalars(select(Agreement).where(Agreement.purpose == P.RESEARCH)).one()
        text = session.get_one(FamilyConsentText, row.text_id)
        family = session.get_one(Family, scene.family_id)
        assert (row.given_by, row.given_on, row.method) == (
            family.name,
            TODAY,
            AgreementMethod.ON_SITE,
        )
        assert (row.recorded_by_id, row.version, row.language) == (
            family.account_id,
            "2026-1",
            "en",
        )
        assert (text.purpose, text.number, text.body[:27]) == (
            P.RESEARCH,
            1,
            "We count what helps familie",
        )
    assert [one.detail for one in scene.audited("agreement.record")] == [
        {"method": "on_site", "language": "en", "purposes": "research"}
    ]
    assert len(scene.notices_to("coordinator")) == 1


def test_give_twice_is_once(scene):
    give(scene, P.RESEARCH)
    give(scene, P.RESEARCH)
    assert len(scene.audited("agreement.record")) == 1


def test_give_to_words_that_changed_meanwhile_is_refused(scene):
    with scene.writing("manager") as (session, manager):
        family_consent_texts.write(
            session, manager, P.RESEARCH, "New words. " * 9, "1.en.1", TODAY, asks_again=True
        )
    with pytest.raises(Refused) as refused:
        give(scene, P.RESEARCH)
    assert codes_of(refused) == ["text_changed"]
    give(scene, P.RESEARCH, "2.en.1")
    assert P.RESEARCH in scene.standing()


@pytest.mark.parametrize("seen", ["", "1", "1.xx.1", "x.en.1", "1.en.1.1"])
def test_give_without_saying_which_words_is_refused(scene, seen):
    with pytest.raises(Refused) as refused:
        give(scene, P.RESEARCH, seen)
    assert codes_of(refused) == ["text_changed"]


def test_give_before_taking_part_is_refused(scene):
    withdraw(scene, P.TAKE_PART)
    with pytest.raises(Refused) as refused:
        give(scene, P.SHARE_WITH_COACH)
    assert codes_of(refused) == ["take_part_first"]


@pytest.mark.parametrize("purpose", [P.TAKE_PART, P.SHARE_WITH_COACH])
def test_withdrawing_what_a_coach_needs_closes_contact_for_both_at_once(scene, purpose):
    match_with(scene, MatchState.ACTIVE)
    assert (sees_coach(scene), coach_sees(scene)) == (True, True)
    withdraw(scene, purpose)
    assert (sees_coach(scene), coach_sees(scene)) == (False, False)
    give(scene, P.TAKE_PART)
    give(scene, P.SHARE_WITH_COACH)
    assert (sees_coach(scene), coach_sees(scene)) == (True, True)


@pytest.mark.parametrize("purpose", [P.TAKE_PART, P.SHARE_WITH_COACH])
@pytest.mark.parametrize("state", [MatchState.PROPOSED, MatchState.APPROVED])
def test_withdrawing_what_a_coach_needs_withdraws_what_is_not_introduced(scene, purpose, state):
    match_with(scene, state)
    withdraw(scene, purpose)
    with scene.reading() as (session, _):
        assert session.scalars(select(Match.state)).one() == MatchState.WITHDRAWN


def test_withdrawing_another_purpose_leaves_coach_and_place(scene):
    match_with(scene, MatchState.ACTIVE)
    withdraw(scene, P.MESSAGES)
    assert (sees_coach(scene), coach_sees(scene)) == (True, True)
    assert scene.standing() == [P.TAKE_PART, P.SHARE_WITH_COACH]


def test_withdrawing_taking_part_takes_the_others_with_it_and_the_place_in_the_queue(scene):
    withdraw(scene, P.TAKE_PART)
    assert scene.standing() == []
    assert scene.family(scene.family_id, "state") == (FamilyState.REFERRED,)
    with scene.reading() as (session, _):
        account_id = session.get_one(Family, scene.family_id).account_id
        query = select(Agreement.withdrawn_on, Agreement.withdrawn_by_id).distinct()
        assert session.execute(query).all() == [(TODAY, account_id)]
    assert [one.detail for one in scene.audited("agreement.withdraw")] == [{"purpose": "take_part"}]
    (notice,) = scene.notices_to("coordinator")
    assert notice.startswith("You have a message.")


def test_withdrawing_what_was_never_said_is_refused(scene):
    with pytest.raises(Refused) as refused:
        withdraw(scene, P.RESEARCH)
    assert codes_of(refused) == ["no_agreement"]


def test_a_closed_family_still_takes_back_what_it_said(scene):
    with scene.writing() as (session, _):
        session.get_one(Family, scene.family_id).state = FamilyState.CLOSED
    assert P.SHARE_WITH_COACH in scene.standing()
    withdraw(scene, P.SHARE_WITH_COACH)
    assert P.SHARE_WITH_COACH not in scene.standing()


def test_a_closed_family_says_yes_to_nothing_more(scene):
    with scene.writing() as (session, _):
        session.get_one(Family, scene.family_id).state = FamilyState.CLOSED
    with pytest.raises(Refused) as refused:
        give(scene, P.RESEARCH)
    assert codes_of(refused) == ["is_closed"]


def test_an_account_without_a_family_finds_nothing(scene):
    with pytest.raises(NotFound), scene.writing("coordinator") as (session, coordinator):
        family_consents.give(session, coordinator, P.RESEARCH, "1.en.1", TODAY, BASE_URL)


def test_standings_tell_what_stands_what_was_and_where_words_are_newer(scene):
    withdraw(scene, P.MESSAGES)
    with scene.writing("manager") as (session, manager):
        for purpose, again in ((P.TAKE_PART, True), (P.SHARE_WITH_COACH, False)):
            family_consent_texts.write(
                session, manager, purpose, "New words. " * 9, "1.en.1", TODAY, asks_again=again
            )
    with scene.reading() as (session, _):
        family = session.get_one(Family, scene.family_id)
        found = family_consents.list_standings(session, family)
        shown = [
            (one.purpose, one.consent is not None, len(one.earlier), one.has_newer_words)
            for one in found
        ]
    assert shown == [
        (P.TAKE_PART, True, 0, True),
        (P.SHARE_WITH_COACH, True, 0, False),
        (P.SHARE_WITH_REFERRER, False, 0, False),
        (P.MESSAGES, False, 1, False),
        (P.FEEDBACK, False, 0, False),
        (P.RESEARCH, False, 0, False),
    ]
    give(scene, P.TAKE_PART, "2.en.1")
    with scene.reading() as (session, _):
        family = session.get_one(Family, scene.family_id)
        again = family_consents.get_standing(session, family, P.TAKE_PART)
        assert (again.has_newer_words, len(again.earlier)) == (False, 1)


def test_words_are_read_in_the_language_of_the_family(scene):
    polish = "Szukamy dla Ciebie kogoś, kto pomoże. Możesz przestać w każdej chwili."
    with scene.writing("manager") as (session, manager):
        session.get_one(Family, scene.family_id).languages = ("pl",)
        family_consent_texts.translate(session, manager, P.TAKE_PART, "pl", polish, "1.en.1", TODAY)
    with scene.acting() as (session, account):
        words = family_consents.get_words(session, account, P.TAKE_PART, "")
        english = family_consents.get_words(session, account, P.TAKE_PART, "en")
        assert (words.language, words.body, words.languages) == ("pl", polish, ("en", "pl"))
        assert (english.language, english.seen) == ("en", "1.en.1")
    withdraw(scene, P.TAKE_PART)
    give(scene, P.TAKE_PART, words.seen)
    with scene.reading() as (session, _):
        newest = session.get_one(Family, scene.family_id).agreements[-1]
        text = session.get_one(FamilyConsentText, newest.text_id)
        assert (newest.language, newest.version, text.body) == ("pl", "2026-1", polish)


def test_a_new_version_is_read_in_english_until_it_is_translated(scene):
    with scene.writing("manager") as (session, manager):
        family_consent_texts.translate(
            session, manager, P.FEEDBACK, "so", "Somali words. " * 9, "1.en.1", TODAY
        )
        family_consent_texts.write(
            session, manager, P.FEEDBACK, "New words. " * 9, "1.en.1", TODAY, asks_again=False
        )
    with scene.reading() as (session, _):
        words = family_consent_texts.Texts(session).words(P.FEEDBACK, ("so",))
        assert (words.language, words.version, words.languages) == ("en", "2026-2", ("en",))


def test_a_translation_said_better_takes_the_place_of_the_first(scene):
    with scene.writing("manager") as (session, manager):
        for body in ("Somali words. " * 9, "Better Somali words. " * 9):
            family_consent_texts.translate(
                session, manager, P.FEEDBACK, "so", body, "1.en.1", TODAY
            )
    with scene.reading() as (session, _):
        words = family_consent_texts.Texts(session).words(P.FEEDBACK, ("so",))
        assert (words.body[:6], words.seen) == ("Better", "1.so.2")


def test_words_are_written_by_managers_only(scene):
    for who in ("coordinator", "lead"):
        with pytest.raises(Forbidden), scene.writing(who) as (session, actor):
            family_consent_texts.write(
                session, actor, P.FEEDBACK, "New words. " * 9, "1.en.1", TODAY, asks_again=False
            )


def test_words_from_an_old_page_are_refused(scene):
    with pytest.raises(Refused) as refused, scene.writing("manager") as (session, manager):
        family_consent_texts.write(
            session, manager, P.FEEDBACK, "New words. " * 9, "0.en.1", TODAY, asks_again=False
        )
    assert codes_of(refused) == ["text_changed"]


def test_count_older_counts_standing_consents_of_open_families_to_earlier_words(scene):
    closed = scene.add_family(state=FamilyState.CLOSED)
    with scene.writing("manager") as (session, manager):
        family_consent_texts.write(
            session, manager, P.TAKE_PART, "New words. " * 9, "1.en.1", TODAY, asks_again=True
        )
        counts = family_consent_texts.count_older(session, family_consent_texts.Texts(session))
        assert session.get_one(Family, closed).agreements[0].version == "2026-1"
    assert counts == {**dict.fromkeys(P, 0), P.TAKE_PART: 1}


def test_staff_withdraw_one_purpose_as_the_family_does(scene):
    match_with(scene, MatchState.ACTIVE)
    with scene.writing() as (session, coordinator):
        agreements.withdraw_agreement(
            session, coordinator, scene.family_id, TODAY, P.SHARE_WITH_COACH
        )
    assert (sees_coach(scene), coach_sees(scene)) == (False, False)
    assert scene.standing() == [P.TAKE_PART, P.MESSAGES]


def test_staff_elsewhere_withdraw_nothing(scene):
    with pytest.raises(NotFound), scene.writing("neighbour") as (session, neighbour):
        agreements.withdraw_agreement(session, neighbour, scene.family_id, TODAY)
    assert scene.standing() == [P.TAKE_PART, P.SHARE_WITH_COACH, P.MESSAGES]


def test_notices_go_to_the_named_worker_alone_while_there_is_one(scene):
    with scene.writing() as (session, _):
        family = session.get_one(Family, scene.family_id)
        family.worker_id = scene.people["neighbour"]
    give(scene, P.RESEARCH)
    assert (len(scene.notices_to("neighbour")), scene.notices_to("coordinator")) == (1, [])
    with scene.writing() as (session, _):
        session.get_one(Account, scene.people["neighbour"]).disabled_at = factories.NOW
    give(scene, P.FEEDBACK)
    assert len(scene.notices_to("coordinator")) == 1
