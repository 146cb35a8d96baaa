from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.adapters.mail import MailError, OutgoingMail
from peerapp.enums import Channel, MessageState
from peerapp.models import Family, Message, utc_now
from peerapp.services import deliveries, messages
from tests.scenes import BASE_URL, Scene, make_scene

SENDER = "Coaching <scheme@example.org>"


class Postbox:
    """A mail server that takes mail, or fails as it is told."""

    def __init__(self, *errors: MailError | None) -> None:
        self.errors = list(errors)
        self.taken: list[OutgoingMail] = []
        self.tried: list[str] = []

    def send(self, message: OutgoingMail) -> None:
        self.tried.append(message.message_id)
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.taken.append(message)


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    with made.writing() as session:
        messages.queue_notice(session, made.coordinator(session), BASE_URL)
    yield made
    made.database.engine.dispose()


def deliver(scene: Scene, postbox: Postbox, minutes: int = 1) -> int:
    now = utc_now() + timedelta(minutes=minutes)
    return deliveries.deliver_due(scene.database, scene.scheme_id, postbox, SENDER, now)


def message_of(scene: Scene) -> Message:
    with scene.reading() as session:
        return session.scalars(select(Message)).one()


def test_deliver_sends_each_message_once_and_keeps_no_text(scene):
    postbox = Postbox()
    assert (deliver(scene, postbox), deliver(scene, postbox, 600)) == (1, 0)
    (mail,) = postbox.taken
    message = message_of(scene)
    assert (mail.to, mail.subject) == (message.to_address, "You have a message")
    assert mail.message_id == f"{message.id}@example.org"
    assert (message.state, message.body) == (MessageState.SENT, "")


def test_deliver_after_a_passing_failure_tries_later_with_the_same_id(scene):
    postbox = Postbox(MailError("busy", transient=True))
    assert deliver(scene, postbox) == 0
    assert deliver(scene, postbox) == 0  # not yet due again
    assert len(postbox.tried) == 1
    assert (message_of(scene).state, message_of(scene).last_error) == ("queued", "busy")
    assert deliver(scene, postbox, 10) == 1
    assert len(set(postbox.tried)) == 1
    assert len(postbox.tried) == 2


def test_deliver_after_a_final_refusal_gives_up(scene):
    postbox = Postbox(MailError("no such box", transient=False))
    assert message_of(scene).body != ""
    assert (deliver(scene, postbox), deliver(scene, postbox, 6000)) == (0, 0)
    assert (message_of(scene).state, message_of(scene).body) == (MessageState.FAILED, "")
    assert len(postbox.tried) == 1


def test_deliver_gives_up_after_enough_attempts(scene):
    postbox = Postbox(*[MailError("busy", transient=True)] * 20)
    for attempt in range(20):
        deliver(scene, postbox, 10_000 * (attempt + 1))
    assert len(postbox.tried) == messages.MAX_ATTEMPTS
    assert message_of(scene).state == MessageState.FAILED


@pytest.mark.scorecard("DA-3")
def test_deliver_asks_again_whether_email_is_safe(scene):
    family_id = scene.add_family(account=True)
    with scene.writing() as session:
        account = session.get_one(Family, family_id).account
        assert messages.queue_notice(session, account, f"{BASE_URL}/sign-in") is not None
    with scene.writing() as session:
        session.get_one(Family, family_id).safe_contact.channels = (Channel.PHONE,)
    postbox = Postbox()
    assert deliver(scene, postbox) == 1
    with scene.reading() as session:
        states = session.execute(select(Message.account_id, Message.state))
        found = {account_id: state for account_id, state in states}  # noqa: C416
    assert found == {scene.coordinator_id: "sent", account.id: "cancelled"}


def test_round_ends_when_the_server_fails_again_and_again(scene):
    with scene.writing() as session:
        for _ in range(9):
            messages.queue_notice(session, scene.coordinator(session), BASE_URL)
    postbox = Postbox(*[MailError("busy", transient=True)] * deliveries.ENOUGH)
    assert deliver(scene, postbox) == 0
    assert len(postbox.tried) == deliveries.ENOUGH
    assert deliver(scene, postbox) == 10 - deliveries.ENOUGH  # the others were not put off
