from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import Channel, FamilyState, MessageState
from peerapp.models import Account, Family, Message
from peerapp.services import deliveries, messages, safe_contact
from peerapp.services.families import Invalid
from peerapp.services.safe_contact import SafeContactAnswers
from tests.factories import TODAY
from tests.scenes import BASE_URL
from tests.services.family_scenes import make_family_scene
from tests.services.own_family_scenes import OwnScene, as_own
from tests.services.test_deliveries import SENDER, Postbox

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(FRIDAY_NOON, tick=False):
        yield


@pytest.fixture
def scene(database, scheme_id) -> OwnScene:
    return as_own(make_family_scene(database, scheme_id))


def answer(scene: OwnScene, question: str, **values) -> None:
    with scene.acting() as (session, account):
        safe_contact.answer_own(session, account, question, values, TODAY, BASE_URL)


def queue(scene: OwnScene) -> None:
    with scene.writing() as (session, _):
        account = session.get_one(Family, scene.family_id).account
        messages.queue_notice(session, account, f"{BASE_URL}/sign-in")


def deliver(scene: OwnScene, now: datetime) -> list[str]:
    """Send what is due to the family; notices to staff are of no interest here."""
    postbox = Postbox()
    deliveries.deliver_due(scene.database, scene.scheme_id, postbox, SENDER, now)
    with scene.reading() as (session, _):
        email = session.get_one(Family, scene.family_id).email
    return [mail.to for mail in postbox.taken if mail.to == email]


def states(scene: OwnScene) -> list[tuple[MessageState, bool]]:
    """Return the state of the family's messages, and whether their text is kept."""
    with scene.reading() as (session, _):
        family = session.get_one(Family, scene.family_id)
        query = select(Message).where(Message.account_id == family.account_id)
        return [(one.state, bool(one.body)) for one in session.scalars(query)]


def test_nothing_is_safe_until_the_last_question_is_answered(scene):
    scene.add_own(channels=())
    for question, values in (
        ("times", {"safe_slots": ("mon_morning",), "times": "Not in the holidays"}),
        ("name", {"alias": "The library"}),
        ("voicemail", {"no_voicemail": False}),
        ("device", {"shared_device": False}),
        ("address", {"withheld_address": False}),
        ("people", {"must_not_be_told": "My ex-partner"}),
    ):
        answer(scene, question, **values)
        with scene.reading() as (session, _):
            family = session.get_one(Family, scene.family_id)
            assert messages.may_email(session, family.account) is False
    answer(scene, "ways", channels=("email", "sms"))
    with scene.reading() as (session, _):
        family = session.get_one(Family, scene.family_id)
        assert messages.may_email(session, family.account) is True
        found = safe_contact.answers_of(family)
        assert family.safe_contact.answered_by_id == family.account_id
    assert found == SafeContactAnswers(
        TODAY,
        ("email", "sms"),
        "Not in the holidays",
        "The library",
        False,
        False,
        False,
        "My ex-partner",
        ("mon_morning",),
    )


def test_the_first_answer_leaves_the_careful_ones_for_the_rest(scene):
    scene.add_own(channels=())
    answer(scene, "name", alias="The library")
    with scene.reading() as (session, _):
        found = safe_contact.answers_of(session.get_one(Family, scene.family_id))
    assert found == SafeContactAnswers(TODAY, alias="The library")


def test_an_answer_to_another_question_is_an_error(scene):
    scene.add_own()
    with pytest.raises(ValueError, match="another question"):
        answer(scene, "name", channels=("email",))


def test_a_way_without_a_number_is_refused(scene):
    scene.add_own(phone="")
    with pytest.raises(Invalid) as caught:
        answer(scene, "ways", channels=("sms",))
    assert [fault.field for fault in caught.value.faults] == ["channels"]


def test_a_closed_family_still_says_how_it_may_be_reached(scene):
    scene.add_own(state=FamilyState.CLOSED)
    answer(scene, "ways", channels=())
    with scene.reading() as (session, _):
        family = session.get_one(Family, scene.family_id)
        assert (family.state, family.safe_contact.channels) == (FamilyState.CLOSED, ())
    assert len(scene.notices_to("coordinator")) == 1


def test_the_worker_is_told_and_the_audit_names_fields_and_no_values(scene):
    scene.add_own()
    answer(scene, "name", alias="Canary")
    (event,) = scene.audited("safe_contact.answer")
    with scene.reading() as (session, _):
        family = session.get_one(Family, scene.family_id)
        assert (event.actor_id, event.fields) == (family.account_id, ("alias", "answered_on"))
        assert event.detail == {"channels": 2}
    (notice,) = scene.notices_to("coordinator")
    assert "Canary" not in notice


def test_people_who_must_not_know_are_never_shown_again_and_not_lost(scene):
    scene.add_own()
    answer(scene, "people", must_not_be_told="Canary the neighbour")
    answer(scene, "people", must_not_be_told="")
    with scene.acting() as (session, account):
        own = safe_contact.get_own(session, account)
        kept = session.get_one(Family, scene.family_id).safe_contact.must_not_be_told
    assert (own.names_people, own.answers.must_not_be_told) == (True, "")
    assert kept == "Canary the neighbour"


def test_a_message_that_waits_is_stopped_in_the_same_transaction(scene):
    scene.add_own()
    queue(scene)
    assert states(scene) == [(MessageState.QUEUED, True)]
    answer(scene, "ways", channels=("phone",))
    assert states(scene) == [(MessageState.CANCELLED, False)]
    answer(scene, "ways", channels=("phone", "email"))
    assert deliver(scene, FRIDAY_NOON + timedelta(days=1)) == []


def test_a_message_waits_for_a_safe_time(scene):
    scene.add_own()
    answer(scene, "times", safe_slots=("mon_morning",), times="")
    queue(scene)
    assert deliver(scene, FRIDAY_NOON) == []
    assert deliver(scene, datetime(2026, 11, 23, 8, 59, tzinfo=UTC)) == []
    with scene.reading() as (session, _):
        email = session.get_one(Family, scene.family_id).email
    assert deliver(scene, datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) == [email]


def test_new_times_hold_for_a_message_that_waits_already(scene):
    scene.add_own()
    queue(scene)
    answer(scene, "times", safe_slots=("mon_morning",), times="")
    assert deliver(scene, FRIDAY_NOON) == []
    answer(scene, "times", safe_slots=("fri_afternoon",), times="")
    with scene.reading() as (session, _):
        email = session.get_one(Family, scene.family_id).email
    assert deliver(scene, FRIDAY_NOON) == [email]


def test_safe_times_of_a_family_do_not_hold_back_mail_to_staff(scene):
    scene.add_own()
    answer(scene, "times", safe_slots=("mon_morning",), times="")
    postbox = Postbox()
    sent = deliveries.deliver_due(scene.database, scene.scheme_id, postbox, SENDER, FRIDAY_NOON)
    with scene.reading() as (session, _):
        coordinator = session.get_one(Account, scene.people["coordinator"])
        assert (sent, [mail.to for mail in postbox.taken]) == (1, [coordinator.email])


@pytest.mark.parametrize("channel", [one for one in Channel if one != Channel.EMAIL])
def test_staff_answers_stop_what_waits_too(scene, channel):
    scene.add_own()
    queue(scene)
    answers = SafeContactAnswers(TODAY, (channel.value,))
    with scene.writing() as (session, coordinator):
        safe_contact.answer_safe_contact(session, coordinator, scene.family_id, answers, TODAY)
    assert states(scene) == [(MessageState.CANCELLED, False)]
