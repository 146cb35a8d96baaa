"""What he learns as a volunteer: cleared, matched with somebody else, offered her, or once hers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import ConcernAbout, FamilyState, MatchState, OfferSide, SessionState
from peerapp.errors import Refused
from peerapp.models import (
    Account,
    CoachingSession,
    Concern,
    Family,
    InsideMessage,
    Match,
    MatchOffer,
    Volunteer,
)
from peerapp.services import contacts, match_covers, matching_runs, pairs_apart
from peerapp.services import matching_jobs as jobs
from tests.attacks.asking import seen
from tests.attacks.hidden import HIS_LAST, SECRETS, leaks
from tests.factories import NOW, TODAY, make_match
from tests.scenes import approve

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def wait_again(session, stage):
    """Let her wait for a coach, with nobody but him to choose from."""
    session.get_one(Match, stage.ids["match_id"]).state = MatchState.ENDED
    family = session.get_one(Family, stage.ids["family_id"])
    family.state, family.waiting_since = FamilyState.WAITING, TODAY
    session.get_one(Family, stage.ids["his_family_id"]).state = FamilyState.CLOSED
    him = session.get_one(Volunteer, stage.ids["his_id"])
    session.get_one(Volunteer, stage.ids["volunteer_id"]).capacity = 0
    session.flush()
    return family, him


def proposed(database, scheme_id, stage):
    """Run the matcher, and return with whom she would be matched."""
    with database.writing(scheme_id) as session:
        wait_again(session, stage)
    with database.writing(scheme_id) as session:
        staff = session.get_one(Account, stage.people["coordinator"])
        run_id = matching_runs.start(session, staff).id
    jobs.execute(database, scheme_id, run_id, TODAY)
    with database.reading(scheme_id) as session:
        query = select(Match.volunteer_id).where(
            Match.state == MatchState.PROPOSED, Match.family_id == stage.ids["family_id"]
        )
        return session.scalars(query).all()


@pytest.mark.scorecard("8.2.3")
def test_he_is_never_proposed_to_her_who_named_him(database, scheme_id, stage):
    assert proposed(database, scheme_id, stage) == []


@pytest.mark.scorecard("8.2.3", control=True)
def test_he_would_be_if_nobody_read_whom_she_named(database, scheme_id, stage, monkeypatch):
    monkeypatch.setattr(pairs_apart, "pairs_hidden_from", lambda *_: frozenset())
    assert proposed(database, scheme_id, stage) == [stage.ids["his_id"]]


def test_a_proposal_from_before_she_named_him_is_not_approved(database, scheme_id, stage):
    with database.writing(scheme_id) as session:
        family, him = wait_again(session, stage)
        match = make_match(session, family, him)
        with pytest.raises(Refused) as refused:
            approve(session, session.get_one(Account, stage.people["coordinator"]), match.id)
        assert [one.code for one in refused.value.refusals] == ["rule_excluded"]
        family.safe_contact.must_not_be_told = ""
        session.flush()
        staff = session.get_one(Account, stage.people["coordinator"])
        assert approve(session, staff, match.id).state == MatchState.APPROVED


def test_he_is_not_made_her_backup(database, scheme_id, stage):
    with database.writing(scheme_id) as session:
        staff = session.get_one(Account, stage.people["coordinator"])
        match = session.get_one(Match, stage.ids["match_id"])
        found = match_covers.list_candidates(session, staff, match, TODAY)
        assert [one.last_name for one in found if one.last_name == HIS_LAST] == []
        match.family.safe_contact.must_not_be_told = ""
        session.flush()
        found = match_covers.list_candidates(session, staff, match, TODAY)
        assert [one.last_name for one in found] == [HIS_LAST]


@pytest.fixture
def offer(database, scheme_id, stage):
    """Her, offered to him who goes by a name that she did not know to name."""
    with database.writing(scheme_id) as session:
        family, him = wait_again(session, stage)
        him.first_name, him.last_name = "Gary", "Other"
        match = make_match(session, family, him, state=MatchState.OFFERED_TO_COACH)
        made = MatchOffer(match_id=match.id, side=OfferSide.COACH, answer_by=TODAY + 7 * DAY)
        session.add(made)
        session.flush()
        return made.id, match.id


def move(database, scheme_id, offer, *, easting, northing, postcode, of_him=False):
    """Let one of them live elsewhere in the locality."""
    with database.writing(scheme_id) as session:
        match = session.get_one(Match, offer[1])
        person = match.volunteer if of_him else match.family
        person.easting, person.northing, person.postcode = easting, northing, postcode
        match.distance_m = abs(easting - 392000)


PLACES = (
    {"easting": 392100, "northing": 173500, "postcode": "SN15 1AA"},
    {"easting": 395900, "northing": 176900, "postcode": "SN15 1ZZ"},
)


def offered_pages(browser, database, scheme_id, offer):
    """Return the offer as he sees it, wherever she lives and whatever address he signs up."""
    him, found = browser("ex_coach"), []
    him.get(f"/volunteer/offers/{offer[0]}")  # the first page alone sets a cookie
    for of_him in (False, True):
        for place in PLACES:
            move(database, scheme_id, offer, **place, of_him=of_him)
            answer = him.get(f"/volunteer/offers/{offer[0]}")
            assert (answer.status_code, leaks(answer)) == (200, [])
            assert "Chippenham" in answer.text
            found.append(seen(answer))
    return found


@pytest.mark.scorecard("DA-4")
def test_an_offer_is_the_same_wherever_in_the_locality_she_lives(
    browser, database, scheme_id, offer
):
    pages = offered_pages(browser, database, scheme_id, offer)
    assert [page == pages[0] for page in pages] == [True] * 4


@pytest.mark.scorecard("DA-4", control=True)
def test_an_offer_that_tells_the_distance_is_noticed(
    browser, database, scheme_id, offer, monkeypatch
):
    real = contacts.profile_of

    def nearer(match):
        return replace(real(match), area=f"Chippenham, {match.distance_m} m from you")

    for module in ("contacts", "match_offers"):
        monkeypatch.setattr(f"peerapp.services.{module}.profile_of", nearer)
    pages = offered_pages(browser, database, scheme_id, offer)
    assert len(set(pages)) > 1


@pytest.mark.scorecard("DA-4")
def test_saying_yes_shows_him_no_more(browser, database, scheme_id, offer):
    him = browser("ex_coach")
    place = f"/volunteer/offers/{offer[0]}"
    form = re.search(r'name="seen"[^>]*value="([^"]+)"', him.get(place).text)
    assert him.post(f"{place}/yes", data={"seen": form[1]}).status_code == 302
    for path in (place, "/volunteer/", "/volunteer/matches/", f"/volunteer/matches/{offer[1]}"):
        assert leaks(him.get(path)) == []


def rules_about_her(app, ids):
    """Return each rule whose address names her record, her coach's or their match, with it."""
    adapter = app.url_map.bind("localhost")
    return [
        (rule, adapter.build(rule.endpoint, {one: ids[one] for one in rule.arguments}, method))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & {"GET", "POST"})[:1]
        if rule.arguments and rule.arguments <= set(ids) - {"locality_id"}
    ]


@pytest.mark.scorecard("8.2.2", "8.2.3")
@pytest.mark.parametrize("who", ["ex_coach", "ex_family", "stranger"])
def test_no_address_with_her_id_tells_him_anything(app, browser, stage, who):
    him, asked, told = browser(who), 0, []
    for rule, path in rules_about_her(app, stage.ids):
        for method in sorted(rule.methods & {"GET", "POST"}):
            answer = him.open(path, method=method, data={} if method == "POST" else None)
            asked += 1
            shut = answer.status_code in {302, 400, 403, 404, 410, 422}
            if not shut or leaks(answer):
                told.append((method, rule.endpoint, answer.status_code, leaks(answer)))
    assert told == []
    assert asked > 100


@pytest.mark.scorecard("8.2.3", control=True)
def test_the_same_addresses_tell_her_coordinator(app, browser, stage):
    staff, told = browser("coordinator"), set()
    for rule, path in rules_about_her(app, stage.ids):
        if "GET" in rule.methods:
            told |= set(leaks(staff.get(path)))
    assert told >= set(SECRETS) - {"child", "coach's phone"}


@pytest.fixture
def former(database, scheme_id, stage):
    """A coach who was hers until today, with a session planned and messages left behind."""
    with database.writing(scheme_id) as session:
        match = session.get_one(Match, stage.ids["match_id"])
        planned = CoachingSession(
            match_id=match.id, starts_at=NOW + 3 * DAY, minutes=60, slot_on=TODAY + 3 * DAY
        )
        planned.state = SessionState.PLANNED
        words = InsideMessage(
            match_id=match.id,
            form_key=match.id,
            sender_id=match.family.account_id,
            side="family",
            words=f"We moved to {SECRETS['address']}.",
        )
        session.add_all([planned, words])


COACHES_PAGES = (
    "/volunteer/",
    "/volunteer/matches/",
    "/volunteer/matches/{match_id}",
    "/volunteer/matches/{match_id}/messages",
    "/volunteer/sessions/",
    "/volunteer/messages",
    "/volunteer/matches/ledger",
    "/calendar/",
    "/your-data/",
    "/concerns/new",
    "/account/",
)


def read_by_coach(browser, stage):
    coach, told = browser("coach"), {}
    for path in COACHES_PAGES:
        answer = coach.get(path.format(**stage.ids))
        hers = set(leaks(answer)) - {"coach", "coach's phone"}
        told[path] = (answer.status_code, hers)
    return told


@pytest.mark.scorecard("8.3.2", "8.2.3")
def test_a_coach_who_was_hers_reads_nothing_of_her_any_more(
    browser, database, scheme_id, stage, former
):
    before = read_by_coach(browser, stage)
    assert before["/volunteer/matches/{match_id}"] == (200, {"alias", "phone", "email"})
    assert "address" in before["/volunteer/matches/{match_id}/messages"][1]
    with database.writing(scheme_id) as session:
        match = session.get_one(Match, stage.ids["match_id"])
        match.state, match.ended_on = MatchState.ENDED, TODAY
    after = read_by_coach(browser, stage)
    assert {path: found for path, (_, found) in after.items() if found} == {}
    assert after["/volunteer/matches/{match_id}"][0] == 404


def test_a_concern_of_his_is_about_his_own_family_whatever_ids_he_sends(
    browser, database, scheme_id, stage
):
    him = browser("ex_coach")
    given = {"about": ConcernAbout.CHILD, "danger_now": "no", "words": "Where is she?",
             "stop_contact": "no", "match_id": str(stage.ids["match_id"])}  # fmt: skip
    query = "?match={match_id}&family={family_id}&volunteer={volunteer_id}".format(**stage.ids)
    answers = [him.get(f"/concerns/new{query}"), him.post(f"/concerns/new{query}", data=given)]
    given["match_id"] = "none"
    answers.append(him.post(f"/concerns/new{query}", data=given, follow_redirects=True))
    assert [(one.status_code, leaks(one)) for one in answers] == [(200, []), (422, []), (200, [])]
    with database.reading(scheme_id) as session:
        (concern,) = session.scalars(select(Concern)).all()
        about = (concern.match_id, concern.family_id, concern.volunteer_id)
    assert set(about) & {stage.ids[one] for one in ("match_id", "family_id", "volunteer_id")} == (
        set()
    )


def test_who_looked_at_his_record_names_nobody_of_hers(browser, database, scheme_id, stage):
    browser("coordinator").get(f"/staff/matches/{stage.ids['match_id']}")
    browser("coordinator").get(f"/staff/volunteers/{stage.ids['his_id']}")
    him = browser("ex_coach")
    for endpoint in ("/your-account/who-looked", "/your-account/sign-ins", "/account/"):
        answer = him.get(endpoint)
        assert (answer.status_code, leaks(answer)) == (200, [])
