"""What he learns without an account, who knows her email, her phone and her child's name."""

from __future__ import annotations

import pytest
import time_machine

from peerapp.enums import Role, TokenPurpose
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Family, Message, Volunteer, utc_now
from peerapp.services import accounts, asked_links, contact_changes, front_door, tokens
from tests.attacks.asking import seen, statements
from tests.attacks.hidden import HER_CHILD, HER_EMAIL, HER_PHONE, HER_POSTCODE, leaks
from tests.factories import NOW, make_account, make_family, make_family_account, make_locality
from tests.support.referrals import PREFIX, fill_in

URL = "https://scheme.example.org"
NOBODY = "nobody.there@example.org"
MAIL_FORMS = ("/forgot-password", "/sign-in/link", "/volunteer/sign-up")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def kinds(database, scheme_id, stage):
    """Families in each state in which an address can be known, and one that is not."""
    with database.writing(scheme_id) as session:
        staff = session.get_one(Account, stage.people["coordinator"])
        here = make_locality(session, "Corsham", ("SN13 9",))
        unsafe = make_family(session, staff, here, email="unsafe@example.org", channels=("phone",))
        invited = make_family(session, staff, here, email="invited@example.org")
        make_family(session, staff, here, email="on.record@example.org")
        make_family_account(session, unsafe)
        make_family_account(session, invited).confirmed_at = None
        closed = make_family(session, staff, here, email="closed@example.org")
        make_family_account(session, closed).disabled_at = NOW
    names = ("unsafe", "invited", "on.record", "closed")
    return [NOBODY, HER_EMAIL, *(f"{name}@example.org" for name in names)]


def answers_to(app, path, emails):
    return [seen(app.test_client().post(path, data={"email": one}), one) for one in emails]


@pytest.mark.scorecard("6.3.8")
@pytest.mark.parametrize("path", MAIL_FORMS)
def test_forms_that_mail_a_link_say_the_same_of_every_family(app, kinds, path):
    answers = answers_to(app, path, kinds)
    assert [one == answers[0] for one in answers] == [True] * len(kinds)


@pytest.mark.scorecard("6.3.8", control=True)
def test_a_sign_up_that_says_who_is_known_is_noticed(app, kinds, monkeypatch):
    real = asked_links.ask

    def telling(session, email, *rest):
        if accounts.find_by_email(session, email):
            raise Refused([Refusal("known", "You have an account already.")])
        real(session, email, *rest)

    monkeypatch.setattr(asked_links, "ask", telling)
    answers = answers_to(app, "/volunteer/sign-up", [NOBODY, HER_EMAIL])
    assert answers[0] != answers[1]


@pytest.mark.scorecard("6.3.8")
def test_wrong_password_says_the_same_of_every_family(app, kinds):
    answers = []
    for email in kinds:
        data = {"email": email, "password": "her first pet, perhaps"}
        answers.append(seen(app.test_client().post("/sign-in", data=data), email))
    assert [one == answers[0] for one in answers] == [True] * len(kinds)


REFERRED = {
    "name": {"first_name": "Canaryrose", "last_name": "Canarywren"},
    "reach": {"phone": HER_PHONE, "email": HER_EMAIL},
    "home": {
        "postcode": HER_POSTCODE,
        "address": "7 Canaryaddress Close",
        "withheld_address": "no",
    },
}
OTHER = {
    "name": {"first_name": "Nobodyrose", "last_name": "Nobodywren"},
    "reach": {"phone": "07700 900912", "email": "nobody.wren@example.org"},
    "home": {
        "postcode": "SN15 1AD",
        "address": "7 Nobodyaddress Close",
        "withheld_address": "no",
    },
}


def referral_of(app, given, child):
    """Return what each page of the front door answers, and the statements that it took."""
    client, pages = app.test_client(), []
    words = (*(word for page in given.values() for word in page.values()), child)
    with statements(app) as sent:
        fill_in(client, until="children", **given)
        data = {"child_name": child, "child_age": "7"}
        pages.append(seen(client.post(f"{PREFIX}/children", data=data), *words))
        for page in ("help", "story", "language", "agree"):
            answers = {
                "help": {"needs": ["budgeting"]},
                "story": {"story": "Calm mornings."},
                "language": {"language": "en"},
                "agree": {"agreed": ["take_part", "share_with_coach"]},
            }
            pages.append(seen(client.post(f"{PREFIX}/{page}", data=answers[page]), *words))
        pages.append(seen(client.get(f"{PREFIX}/check"), *words))
        pages.append(seen(client.post(f"{PREFIX}/check"), *words))
    return pages, sent, client.get(f"{PREFIX}/sent")


@pytest.mark.scorecard("6.3.8")
def test_referring_her_child_at_her_address_is_answered_like_any_other(app, stage):
    referral_of(app, OTHER, "Warmchild")  # what is worked out once is worked out now
    other, work, other_sent = referral_of(app, OTHER, "Nobodychild")
    hers, her_work, sent = referral_of(app, REFERRED, HER_CHILD)
    assert hers == other
    assert her_work == work
    assert len(sent.text) == len(other_sent.text)
    assert leaks(sent) == []


@pytest.mark.scorecard("6.3.8", control=True)
def test_a_front_door_that_looks_for_duplicates_is_noticed(app, stage, monkeypatch):
    real = front_door.send

    def looking(session, secret, now, *rest):
        index = accounts.find_by_email(session, HER_EMAIL)
        found = front_door.find_draft(session, secret, now).answers["email"]
        if index is not None and index.email == found:
            raise Refused([Refusal("known", "We know this family.")])
        return real(session, secret, now, *rest)

    monkeypatch.setattr(front_door, "send", looking)
    referral_of(app, OTHER, "Warmchild")
    other, work, _ = referral_of(app, OTHER, "Nobodychild")
    hers, her_work, _ = referral_of(app, REFERRED, HER_CHILD)
    assert (hers != other, her_work != work) == (True, True)


def test_her_address_cannot_be_taken_by_signing_up_with_it(app, database, scheme_id, stage):
    email = "not.yet@example.org"
    assert app.test_client().post("/volunteer/sign-up", data={"email": email}).status_code == 302
    with database.writing(scheme_id) as session:
        squatter = accounts.find_by_email(session, email)
        secret = tokens.issue(
            session, squatter, TokenPurpose.CONFIRM_EMAIL, utc_now(), accounts.CONFIRM_LIFETIME
        )
        her = session.get_one(Family, stage.ids["his_family_id"])
        staff = session.get_one(Account, stage.people["coordinator"])
        new = make_family(session, staff, her.locality, email=email)
        accounts.invite_family(session, staff, new, utc_now(), URL)
        assert accounts.find_by_email(session, email).role == Role.FAMILY
        waiting = session.query(Message).filter(Message.account_id == squatter.id).all()
        assert {one.state.value for one in waiting} == {"cancelled"}
    page = app.test_client().get(f"/confirm/{secret}")
    assert (page.status_code, leaks(page)) == (409, [])


def test_nor_by_signing_up_with_the_one_that_she_moves_to(app, database, scheme_id, stage):
    email = "moves.to@example.org"
    app.test_client().post("/volunteer/sign-up", data={"email": email})
    with database.writing(scheme_id) as session:
        her = session.get_one(Account, stage.people["her"])
        staff = session.get_one(Account, stage.people["coordinator"])
        assert contact_changes._move_account(session, staff, her, email) is None
        assert her.email == email


def test_an_address_that_its_owner_confirmed_stays_theirs(database, scheme_id, stage):
    with database.writing(scheme_id) as session:
        staff = session.get_one(Account, stage.people["coordinator"])
        him = session.get_one(Volunteer, stage.ids["his_id"]).account
        family = make_family(session, staff, staff.localities[0].locality, email=him.email)
        with pytest.raises(Refused) as refused:
            accounts.invite_family(session, staff, family, utc_now(), URL)
        assert [one.code for one in refused.value.refusals] == ["email_taken"]
        make_account(session, Role.VOLUNTEER)


GUESSES = (
    "/calendar/{secret}.ics",
    "/reference/{secret}",
    "/referral/form/{secret}",
    "/referral/outcome/{secret}",
    "/get-support/go-on/{secret}",
    "/reset-password/{secret}",
    "/invitation/{secret}",
    "/confirm/{secret}",
    "/sign-in/link/{secret}",
)


@pytest.mark.scorecard("8.2.2")
@pytest.mark.parametrize("path", GUESSES)
def test_a_guessed_secret_opens_nothing_and_says_nothing(app, stage, path):
    guesses = [str(stage.ids["family_id"]), stage.people["her"].hex, "F-CANRY", "xyzzy", HER_EMAIL]
    answers = []
    for guess in guesses:
        answer = app.test_client().get(path.format(secret=guess))
        assert (answer.status_code in {404, 409}, leaks(answer)) == (True, [])
        answers.append(seen(answer, guess))
    assert [one == answers[0] for one in answers] == [True] * len(guesses)


@pytest.mark.scorecard("8.2.2")
@pytest.mark.parametrize(
    "path",
    [
        "/staff/families/{family_id}",
        "/staff/matches/{match_id}",
        "/volunteer/matches/{match_id}",
        "/volunteer/matches/{match_id}/messages",
        "/family/",
    ],
)
def test_an_address_with_her_id_sends_a_stranger_to_sign_in_like_any_other(app, stage, path):
    hers = app.test_client().get(path.format(**stage.ids))
    other = app.test_client().get(path.format(**dict.fromkeys(stage.ids, stage.ids["his_id"])))
    known = [str(one) for one in stage.ids.values()]
    assert (hers.status_code, leaks(hers)) == (302, [])
    assert seen(hers, *known)[:1] == seen(other, *known)[:1]
