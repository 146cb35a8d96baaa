"""Mail that is down, slow, refused, or killed in the middle, with a real server on loopback."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import select

from peerapp.adapters.mail import SmtpMailer
from peerapp.enums import MatchState, MessageState, Role
from peerapp.models import Match, Message, utc_now
from peerapp.services import deliveries, messages
from tests.adapters.mail_servers import Handler, mail_server
from tests.factories import make_account
from tests.scenes import Scene, scene_in

SENDER = "Coaching <scheme@example.org>"
NEVER = 10**6


@pytest.fixture
def approved(scene):
    """An approval that has been committed, with its messages waiting; its match and how many."""
    match_id = scene.add_match(scene.add_family(account=True), scene.add_coach())
    scene.approve(match_id)
    count = len(states(scene))
    assert count > 1
    return match_id, count


def states(scene: Scene) -> list[MessageState]:
    with scene.reading() as session:
        return list(session.scalars(select(Message.state).order_by(Message.id)))


def stands(scene: Scene, match_id) -> bool:
    with scene.reading() as session:
        return session.get_one(Match, match_id).state == MatchState.APPROVED


def deliver(scene: Scene, port: int, minutes: int, mailer=None) -> int:
    mailer = mailer or SmtpMailer("127.0.0.1", port, "none", timeout=0.5)
    now = utc_now() + timedelta(minutes=minutes)
    return deliveries.deliver_due(scene.database, scene.scheme_id, mailer, SENDER, now)


def stuck(scene: Scene) -> tuple[int, int]:
    with scene.reading() as session:
        found = messages.count_stuck(session, utc_now())
    return found.given_up, found.waiting


@pytest.mark.parametrize("answer", ["451 Later", "down", "slow"])
def test_mail_that_cannot_leave_waits_longer_each_time_and_none_is_lost(scene, approved, answer):
    match_id, count = approved
    handler = Handler(data_answer="451 Later" if answer == "451 Later" else "250 OK")
    handler.seconds = 1.0 if answer == "slow" else 0.0
    tried = []
    with mail_server(handler) as port:
        at = 1 if answer == "down" else port  # nobody listens on port 1
        for minutes in (0, 1, 3, 7, 15):
            assert deliver(scene, at, minutes) == 0
            with scene.reading() as session:
                tried.append(min(session.scalars(select(Message.attempts))))
        assert tried == [1, 1, 2, 3, 4]  # after 2, 4 and 8 minutes
        assert stands(scene, match_id)
        assert stuck(scene) == (0, count)
        handler.data_answer, handler.seconds = "250 OK", 0.0
        handler.accepted.clear()
        assert deliver(scene, port, 60) == count
    assert states(scene) == [MessageState.SENT] * count
    assert len(handler.accepted) == count
    assert stuck(scene) == (0, 0)


def test_mail_that_is_refused_for_good_is_given_up_and_told_of(scene, approved):
    match_id, count = approved
    with mail_server(Handler(rcpt_answer="550 No such box")) as port:
        assert deliver(scene, port, 0) == 0
    assert states(scene) == [MessageState.FAILED] * count
    assert stands(scene, match_id)
    assert stuck(scene) == (count, 0)


def test_manager_reads_that_mail_does_not_get_out_and_others_do_not(
    app, database, scheme_id, sign_in
):
    scene = scene_in(database, scheme_id)
    with scene.writing() as session:
        manager = make_account(session, Role.MANAGER)
    browser, text = sign_in(manager), "Email does not get out"
    assert text not in browser.get("/staff/").text
    scene.approve(scene.add_match(scene.add_family(account=True), scene.add_coach()))
    with mail_server(Handler(rcpt_answer="550 No such box")) as port:
        deliver(scene, port, 0)
    assert text in browser.get("/staff/").text
    with scene.reading() as session:
        assert text not in sign_in(scene.coordinator(session)).get("/staff/").text


@dataclass(frozen=True)
class Deadly:
    """Hands mail to a real server, and is killed when that has said yes."""

    inner: SmtpMailer
    new_ids: bool = False
    pids: list[int] = field(default_factory=list)

    def send(self, message) -> None:
        if self.new_ids:
            message = replace(message, message_id=f"{os.urandom(8).hex()}@example.org")
        self.inner.send(message)
        if os.getpid() in self.pids:
            os.kill(os.getpid(), signal.SIGKILL)


def killed_after_the_server_said_yes(scene: Scene, port: int, new_ids: bool = False) -> Deadly:
    """Have a job of its own process send, and be killed before it can write that down."""
    mailer = Deadly(SmtpMailer("127.0.0.1", port, "none"), new_ids)
    pid = os.fork()
    if pid == 0:
        scene.database.engine.dispose(close=False)
        mailer.pids.append(os.getpid())
        deliver(scene, port, 0, mailer)
        os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    return mailer


def ids(handler: Handler) -> list[str]:
    return [str(message_from_bytes(one)["Message-ID"]) for one in handler.accepted]


@pytest.fixture
def queued(scene):
    with scene.writing() as session:
        messages.queue_notice(session, scene.coordinator(session), "https://scheme.example.org")


def test_mail_of_a_job_that_was_killed_goes_out_once_more_as_the_same_mail(scene, queued):
    handler = Handler()
    with mail_server(handler) as port:
        killed_after_the_server_said_yes(scene, port)
        assert states(scene) == [MessageState.QUEUED]
        assert deliver(scene, port, 1) == 0  # not at once
        assert deliver(scene, port, 3) == 1
        assert deliver(scene, port, NEVER) == 0
    found = ids(handler)
    assert (len(found), len(set(found))) == (2, 1)
    assert states(scene) == [MessageState.SENT]


def test_mail_with_a_new_identity_each_time_would_be_two_mails(scene, queued):
    handler = Handler()
    with mail_server(handler) as port:
        mailer = killed_after_the_server_said_yes(scene, port, new_ids=True)
        assert deliver(scene, port, 3, mailer) == 1
    assert len(set(ids(handler))) == 2
