"""The pages on which a family and the coach who steps in write to each other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from peerapp.enums import AgreementMethod, CoverState, FamilyState, MatchState, VolunteerState
from peerapp.models import MatchCover
from tests.factories import (
    TODAY,
    make_coach,
    make_family,
    make_family_account,
    make_match,
)
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("on_the_day")

WORDS = "Canary at two?"


@pytest.fixture
def people(database, scheme_id, place, sign_in):
    """Browsers of a family, its coach who is away, and Bea, who steps in; and the cover."""
    with database.writing(scheme_id) as session:
        staff, here = place["coordinator"], place["here"]
        family = make_family(session, staff, here, state=FamilyState.MATCHED)
        accounts = {"family": make_family_account(session, family)}
        coach, bea = (make_coach(session, staff, here, first_name=name) for name in ("Al", "Bea"))
        accounts |= {"coach": coach.account, "backup": bea.account}
        match = make_match(session, family, coach, state=MatchState.ACTIVE)
        coach.state = VolunteerState.PAUSED
        how = AgreementMethod.PHONE
        cover = MatchCover(
            volunteer=bea,
            state=CoverState.ARRANGED,
            starts_on=TODAY,
            ends_on=TODAY + timedelta(days=3),
            coach_agreed_how=how,
            family_agreed_how=how,
            arranged_by_id=staff.id,
        )
        match.covers.append(cover)
        session.flush()
        ids = match.id, cover.id
    return {name: sign_in(account) for name, account in accounts.items()}, *ids


def test_family_and_backup_write_on_their_own_pages_under_the_notice(
    people, database, scheme_id, staff
):
    browsers, match_id, cover_id = people
    family, coach, backup = (browsers[name] for name in ("family", "coach", "backup"))
    page = family.get("/family/messages").text
    assert "Bea steps in for your coach until 23 November 2026" in page
    assert f'data-contact-watch="/messages/{match_id}/backup/still"' in page
    own, theirs = "/family/messages/backup", f"/volunteer/covers/{cover_id}/messages"
    assert family.post(own, data={"words": WORDS}).status_code == 302
    assert family.post(own, data={"words": ""}).status_code == 422
    page = backup.get("/volunteer/messages").text
    assert (f'href="{theirs}"' in page, "1 new message" in page) == (True, True)
    for browser, path in ((family, own), (backup, theirs)):
        page = browser.get(path).text
        assert WORDS in page
        assert "Your coordinator can read it, but only for a reason" in page
    assert backup.post(theirs, data={"words": "Yes, at two"}).status_code == 302
    assert "Yes, at two" in family.get(own).text
    main = f"/volunteer/matches/{match_id}/messages"
    assert WORDS not in coach.get(main).text
    assert coach.get(theirs).status_code == 404
    assert backup.get(main).status_code == 404
    read = staff.post(f"/staff/matches/{match_id}/messages", data={"reason": "concern"}).text
    assert (WORDS in read, "The family, to the backup coach" in read) == (True, True)
    still = f"/messages/{match_id}/backup/still"
    assert [one.get(still).status_code for one in (family, backup, coach)] == [204, 204, 410]
    with database.writing(scheme_id) as session:
        session.get_one(MatchCover, cover_id).state = CoverState.STOPPED
    assert [one.get(still).status_code for one in (family, backup)] == [410, 410]
    assert WORDS not in family.get(own).text
    assert backup.get(theirs).status_code == 404


def test_first_page_counts_the_new_messages_once(people, app):
    browsers, _, cover_id = people
    browsers["backup"].post(f"/volunteer/covers/{cover_id}/messages", data={"words": WORDS})
    family = browsers["family"]
    with counted(app) as sent:
        page = family.get("/family/").text
    assert ("Messages (1 new)" in page, "Read 1 new message" in page) == (True, True)
    assert sum("FROM inside_message" in one for one in sent) == 1
