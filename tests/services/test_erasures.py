"""Erasing: what goes is gone from the whole database, what is kept is kept; twice if need be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from peerapp import erasure_list
from peerapp.domain.erasures import WHY_THE_FAMILYS
from peerapp.domain.person_records import Fate
from peerapp.enums import ChallengeUse, ConcernState, RightKind, RightStep, Role, TokenPurpose
from peerapp.errors import Forbidden
from peerapp.models import (
    AuthenticatorApp,
    CalendarFeed,
    Concern,
    Erasure,
    FactorFailure,
    Family,
    KnownBrowser,
    LoginSession,
    Match,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    RightsEvent,
    RightsRequest,
    Token,
    Volunteer,
)
from peerapp.services import (
    erasures,
    known_browsers,
    legal_holds,
    second_decisions,
    sign_in,
    subject_access,
    tokens,
)
from tests.factories import NOW, TODAY, make_account
from tests.services.rights_scenes import (
    CANARIES,
    COACH,
    close_family,
    leave,
    make_pair,
    residue,
)
from tests.support.factors import give_app
from tests.support.volunteers import URL, audited, refused


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def pair(session, staff, here):
    return make_pair(session, staff, here)


def as_two(session, manager, lead, person):
    request = erasures.ask(session, manager, person, "They asked.", NOW, URL)
    second_decisions.decide(session, lead, request.id, NOW, TODAY, URL, agreed=True)


@pytest.mark.scorecard("14.2.7")
def test_nothing_of_an_erased_family_is_left_anywhere(session, pair, manager, lead):
    family = pair[0]
    close_family(family)
    email, words = family.email, {*CANARIES.values(), family.email}
    assert set(residue(session, words)) == words
    as_two(session, manager, lead, family)
    assert residue(session, words) == {}
    assert email not in family.account.email
    assert family.account.disabled_at is not None
    assert (family.reference, family.level) == (family.reference, 2)


SIGN_IN = (
    AuthenticatorApp, Passkey, PasskeyChallenge, RecoveryCode, FactorFailure, KnownBrowser,
    LoginSession, Token, CalendarFeed,
)  # fmt: skip


def give_every_way_in(session, account):
    """Make a row of everything by which an account signs in, is known again, or is read."""
    later, owner = NOW + timedelta(days=1), {"account_id": account.id}
    give_app(session, account)
    session.add_all(
        [
            Passkey(name="My phone", credential_id=str(account.id), public_key=b"k", **owner),
            PasskeyChallenge(
                use=next(iter(ChallengeUse)), challenge=account.id.hex, expires_at=later, **owner
            ),
            RecoveryCode(code_hash=account.id.hex, **owner),
            FactorFailure(lane="new", at=NOW, **owner),
            CalendarFeed(token_hash=account.id.hex, **owner),
        ]
    )
    browser = known_browsers.Browser(account.id.hex, "Firefox on Android")
    known = known_browsers.remember(session, account, browser, NOW, URL)
    sign_in.start_session(session, account, NOW, timedelta(hours=1), known=known)
    tokens.issue(session, account, TokenPurpose.SIGN_IN, NOW, timedelta(minutes=15))
    session.flush()


def ways_in(session, account):
    """Return how many rows of each kind an account has."""
    counted = {
        one: select(func.count(one.id)).where(one.account_id == account.id) for one in SIGN_IN
    }
    return [session.scalar(query) for query in counted.values()]


@pytest.mark.scorecard("14.2.7")
def test_no_way_in_is_left_for_who_was_erased(session, pair, manager, lead):
    family, coach, _ = pair
    close_family(family)
    for person in (family, coach):
        give_every_way_in(session, person.account)
    account, other = family.account, coach.account
    assert (ways_in(session, account), ways_in(session, other)) == ([1] * 9, [1] * 9)
    as_two(session, manager, lead, family)
    assert (ways_in(session, account), ways_in(session, other)) == ([0] * 9, [1] * 9)
    assert (account.password_hash, account.council_subject) == (None, None)


@pytest.mark.scorecard("14.2.7")
def test_of_an_erased_coach_only_what_protects_others_is_left(session, pair, manager, lead):
    coach = pair[1]
    leave(coach)
    session.scalars(select(Concern)).one().state = ConcernState.CLOSED
    assert set(residue(session, COACH.values())) == set(COACH.values())
    as_two(session, manager, lead, coach)
    assert residue(session, COACH.values()) == {COACH["concern"]: {"concern.words"}}
    assert set(residue(session, [CANARIES["note"]])) == {CANARIES["note"]}
    assert session.get_one(Match, pair[2].id).volunteer_id == coach.id


def what_they_asked(session, person):
    """Make a request over data with words of the person in it; return it and the words."""
    told = {"words": "Canary-asked", "outcome": "Canary-told"}
    asked = RightsRequest(
        reference="D-1",
        kind=RightKind.COMPLAINT,
        family_id=person.id,
        received_on=TODAY,
        due_on=TODAY,
        events=[RightsEvent(step=RightStep.NOTED, note="Canary-noted")],
        **told,
    )
    session.add(asked)
    session.flush()
    return asked, [*told.values(), "Canary-noted"]


@pytest.mark.scorecard("14.2.7")
def test_of_what_an_erased_family_asked_the_right_and_the_days_are_left(
    session, pair, manager, lead
):
    close_family(pair[0])
    asked, words = what_they_asked(session, pair[0])
    assert set(residue(session, words)) == set(words)
    as_two(session, manager, lead, pair[0])
    assert residue(session, words) == {}
    assert (asked.kind, asked.received_on, asked.due_on) == (RightKind.COMPLAINT, TODAY, TODAY)
    assert [one.step for one in asked.events] == [RightStep.NOTED]


@pytest.mark.scorecard("14.2.7", control=True)
def test_what_a_family_asked_is_kept_as_long_as_a_hold_stands(session, pair, manager, lead):
    close_family(pair[0])
    _, words = what_they_asked(session, pair[0])
    held = pair[0].reference, "An inquiry.", TODAY.replace(year=2027), TODAY
    legal_holds.set_hold(session, lead, *held)
    assert refused(erasures.ask, session, manager, pair[0], "They asked.", NOW, URL) == ["held"]
    assert set(residue(session, words)) == set(words)


@pytest.mark.scorecard("2.3.5")
def test_nobody_erases_alone(session, pair, manager, lead, staff):
    close_family(pair[0])
    request = erasures.ask(session, manager, pair[0], "They asked.", NOW, URL)
    given = (request.id, NOW, TODAY, URL)
    assert refused(second_decisions.decide, session, manager, *given, agreed=True) == [
        "same_person"
    ]
    assert not erasures.is_erased(session, pair[0].id)
    for actor in (staff, lead):
        with pytest.raises(Forbidden):
            erasures.ask(session, actor, pair[0], "They asked.", NOW, URL)


def test_what_stands_against_it_is_asked_again_when_it_is_agreed(session, pair, manager, lead):
    close_family(pair[0])
    request = erasures.ask(session, manager, pair[0], "They asked.", NOW, URL)
    legal_holds.set_hold(
        session, lead, pair[0].reference, "An inquiry.", TODAY.replace(year=2027), TODAY
    )
    given = (request.id, NOW, TODAY, URL)
    assert refused(second_decisions.decide, session, lead, *given, agreed=True) == ["held"]


def test_open_records_matches_and_concerns_keep_somebody(session, pair):
    family, coach, _ = pair
    assert [one.code for one in erasures.refusals(session, family)] == ["open"]
    assert [one.code for one in erasures.refusals(session, coach)] == ["concern", "open"]


def test_the_preview_counts_what_then_happens(session, pair, manager, lead):
    close_family(pair[0])
    lines = erasures.preview(session, manager, pair[0])
    as_two(session, manager, lead, pair[0])
    erasure = session.scalars(select(Erasure)).one()
    for fate in (Fate.DELETED, Fate.BLANKED):
        assert erasure.counts[fate.value] == sum(one.rows for one in lines if one.fate == fate)
    assert all(one.why_kept for one in lines if one.fate != Fate.DELETED)
    assert len(audited(session, "person.erase")) == 1


def test_the_preview_says_why_what_a_coach_wrote_about_a_family_is_kept(session, pair, manager):
    lines = {one.title: one for one in erasures.preview(session, manager, pair[1])}
    notes = lines["Notes of sessions"]
    assert (notes.fate, notes.why_kept) == (Fate.KEPT, WHY_THE_FAMILYS)
    assert all(one.why_kept for one in lines.values() if one.fate != Fate.DELETED)


def test_a_copy_of_an_erased_person_holds_none_of_it(session, pair, manager, lead):
    close_family(pair[0])
    as_two(session, manager, lead, pair[0])
    text = subject_access.as_json(subject_access.collect(session, pair[0]), "D-X", TODAY)
    assert [one in text for one in CANARIES.values()] == [False] * len(CANARIES)


@pytest.mark.scorecard("14.2.7")
def test_who_comes_back_with_a_backup_is_erased_again(
    database, scheme_id, session, pair, manager, lead, tmp_path
):
    """The list is all that knows: the database is as it was before."""
    family, coach, _ = pair
    close_family(family)
    session.commit()
    path = erasure_list.path_in(tmp_path)
    before = Erasure(person_id=family.id, is_family=True, erased_at=NOW, scheme_id=scheme_id)
    assert erasure_list.add(path, [erasure_list.line_of(before)]) == 1
    assert erasure_list.add(path, [erasure_list.line_of(before)]) == 0
    assert erasure_list.reapply(database, scheme_id, path) == 1
    assert erasure_list.reapply(database, scheme_id, path) == 0
    with database.session(scheme_id, "all") as fresh:
        assert residue(fresh, CANARIES.values()) == {}
        assert fresh.get_one(Volunteer, coach.id).last_name == COACH["name"]
        assert fresh.get_one(Family, family.id).reference == family.reference


def test_the_list_outside_names_nobody_and_is_made_whole(
    database, scheme_id, session, pair, manager, lead, tmp_path
):
    close_family(pair[0])
    as_two(session, manager, lead, pair[0])
    session.commit()
    path = erasure_list.path_in(tmp_path)
    assert erasure_list.sync(database, scheme_id, path) == 1
    assert erasure_list.sync(database, scheme_id, path) == 0
    text = path.read_text("utf-8")
    assert str(pair[0].id) in text
    assert [one in text for one in CANARIES.values()] == [False] * len(CANARIES)
