"""The audit trail in a real database: linked at commit, kept by the database, verified."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from peerapp.db import SCHEME_FREE, alembic_config, upgrade
from peerapp.domain.audit_chain import FaultKind, Head
from peerapp.models import AuditEvent, AuditHead, Family
from peerapp.services import audit, audit_heads
from peerapp.services.rows import lock_row
from tests.factories import NOW
from tests.scenes import Scene, make_scene
from tests.support.keys import KEYRING

K = FaultKind
SECRET = "a secret key for tests, long enough"


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


def write(scene: Scene, *actions: str) -> None:
    """Audit some acts in one transaction."""
    with scene.writing() as session:
        actor = scene.coordinator(session)
        for action in actions:
            audit.record_change(session, actor, action, actor, note="café ☕", count=3)


def chain(scene: Scene) -> list[tuple[int | None, str]]:
    with scene.reading() as session:
        query = select(AuditEvent).order_by(AuditEvent.seq)
        return [(row.seq, row.action) for row in session.scalars(query)]


def faults(scene: Scene, *heads: Head) -> list[tuple[K, int, int]]:
    with scene.reading() as session:
        found = audit_heads.check(session, heads).faults
        return [(one.kind, one.seq, one.until) for one in found]


def head(scene: Scene) -> Head:
    with scene.reading() as session:
        found = audit_heads.get_head(session)
        assert found is not None
        return found


def tamper(scene: Scene, *statements: str, **values: Any) -> None:
    """Do what somebody does who may do anything to the database: the triggers are gone first."""
    with scene.database.writer.begin() as connection:
        if scene.database.is_sqlite:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.scalars(text(triggers)).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE audit_head DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement), values)


def test_rows_are_linked_in_the_order_in_which_they_were_written(scene):
    write(scene, "one.a", "one.b")
    write(scene, "two.a")
    assert chain(scene) == [(1, "one.a"), (2, "one.b"), (3, "two.a")]
    assert faults(scene) == []
    assert head(scene).seq == 3


def test_row_of_an_undone_savepoint_or_transaction_is_not_in_the_chain(scene):
    with scene.writing() as session:
        actor = scene.coordinator(session)
        audit.record_change(session, actor, "kept.first", actor)
        with session.begin_nested() as savepoint:
            audit.record_change(session, actor, "undone.one", actor)
            session.flush()
            savepoint.rollback()
        with session.begin_nested():
            audit.record_change(session, actor, "kept.second", actor)
    with pytest.raises(ZeroDivisionError), scene.writing() as session:
        actor = scene.coordinator(session)
        audit.record_change(session, actor, "undone.two", actor)
        session.flush()
        raise ZeroDivisionError
    write(scene, "kept.third")
    assert chain(scene) == [(1, "kept.first"), (2, "kept.second"), (3, "kept.third")]
    assert faults(scene) == []


def test_rows_are_linked_after_a_lock_has_made_the_session_forget_them(scene):
    family_id = scene.add_family()
    with scene.writing() as session:
        actor = scene.coordinator(session)
        audit.record_change(session, actor, "before.lock", actor)
        lock_row(session, Family, family_id)
        audit.record_change(session, actor, "after.lock", actor)
    assert chain(scene) == [(1, "before.lock"), (2, "after.lock")]
    assert faults(scene) == []


@pytest.mark.scorecard("16.4.2")
@pytest.mark.parametrize(
    "statement",
    [
        delete(AuditEvent),
        update(AuditEvent).values(action="other.act"),
        update(AuditEvent).values(seq=None),
        delete(AuditHead),
        update(AuditHead).values(seq=0),
        update(AuditHead).values(hash="0" * 64),
    ],
    ids=str,
)
def test_database_itself_refuses_to_change_or_delete_what_is_linked(scene, statement):
    write(scene, "one.a", "one.b")
    with pytest.raises(DBAPIError, match="append-only"), scene.writing() as session:
        session.execute(statement, execution_options=SCHEME_FREE)
    assert chain(scene) == [(1, "one.a"), (2, "one.b")]
    assert faults(scene) == []


TAMPERED = {
    "edited": ("UPDATE audit_event SET action = 'x.y' WHERE seq = 2", [(K.EDITED, 2, 2)]),
    "kind unknown": ("UPDATE audit_event SET kind = 'nothing' WHERE seq = 2", [(K.EDITED, 2, 2)]),
    "deleted": ("DELETE FROM audit_event WHERE seq = 2", [(K.DELETED, 2, 2)]),
    "cut off": ("DELETE FROM audit_event WHERE seq > 3", [(K.CUT_OFF, 4, 5)]),
    "unlinked": (
        "UPDATE audit_event SET seq = NULL WHERE seq = 5",
        [(K.CUT_OFF, 5, 5), (K.INSERTED, 0, 0)],
    ),
    "no head": ("DELETE FROM audit_head", [(K.NO_HEAD, 5, 5)]),
    "emptied": ("DELETE FROM audit_event", [(K.CUT_OFF, 1, 5)]),
}


@pytest.mark.scorecard("16.4.2")
@pytest.mark.parametrize("case", TAMPERED)
def test_tampering_in_the_database_is_found(scene, case):
    statement, expected = TAMPERED[case]
    write(scene, *(f"act.{letter}" for letter in "abcde"))
    assert faults(scene) == []
    tamper(scene, statement)
    assert faults(scene) == expected


@pytest.mark.scorecard("16.4.2")
def test_moved_rows_are_found_in_the_database(scene):
    write(scene, *(f"act.{letter}" for letter in "abcde"))
    tamper(
        scene,
        "UPDATE audit_event SET seq = 99 WHERE seq = 2",
        "UPDATE audit_event SET seq = 2 WHERE seq = 4",
        "UPDATE audit_event SET seq = 4 WHERE seq = 99",
    )
    assert faults(scene) == [(K.REORDERED, 2, 2), (K.REORDERED, 4, 4)]


def test_row_that_cannot_be_read_any_more_counts_as_edited(scene):
    write(scene, *(f"act.{letter}" for letter in "abcde"))
    broken = "UPDATE audit_event SET at = 'never' WHERE seq = 3"
    if scene.database.is_sqlite:
        tamper(scene, broken)
        assert faults(scene) == [(K.EDITED, 3, 3)]
    else:  # which stores no time that is none
        with pytest.raises(DBAPIError):
            tamper(scene, broken)
        assert faults(scene) == []


@pytest.mark.scorecard("16.4.2")
def test_exported_head_shows_a_cut_tail_and_a_chain_made_anew(scene, tmp_path):
    write(scene, *(f"act.{letter}" for letter in "abcde"))
    path = tmp_path / "outside" / "default.heads"
    with scene.reading() as session:
        exported = audit_heads.export(session, "default", SECRET, NOW)
    audit_heads.append(path, exported)
    known = audit_heads.read([path], "default", SECRET)
    assert known == [head(scene)]
    write(scene, "later.act")
    assert faults(scene, *known) == []
    tamper(scene, "DELETE FROM audit_event", "DELETE FROM audit_head")
    write(scene, "forged.a", "forged.b")
    assert faults(scene) == []  # the control: by itself the new chain is whole
    assert faults(scene, *known) == [(K.CUT_OFF, 3, 5)]
    write(scene, *(f"forged.{letter}" for letter in "cdef"))
    assert faults(scene, *known) == [(K.REMADE, 1, 5)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda line: line.replace('"seq": 2', '"seq": 3'), "not signed"),
        (lambda line: line[:-9] + "0" * 7 + '"}', "not signed"),
        (lambda line: "{}", "not a head"),
        (lambda line: "rubbish", "not a head"),
        (lambda line: line.replace('"seq": 2', '"seq": "2"'), "not a head"),
    ],
)
def test_head_that_this_site_did_not_sign_is_refused(scene, tmp_path, change, message):
    write(scene, "one.a", "one.b")
    with scene.reading() as session:
        line = audit_heads.export(session, "default", SECRET, NOW).line()
    path = tmp_path / "heads"
    path.write_text(f"\n{change(line)}\n")
    with pytest.raises(audit_heads.HeadUnusable, match=f"line 2: {message}"):
        audit_heads.read([path], "default", SECRET)
    path.write_text(f"{line}\n")
    with pytest.raises(audit_heads.HeadUnusable, match="line 1: not signed"):
        audit_heads.read([path], "default", "another secret key, long enough as well")
    assert audit_heads.read([path], "other", SECRET) == []


WRITERS, EACH = 6, 8


@pytest.mark.scorecard("16.4.2")
def test_concurrent_writers_flow_and_leave_one_whole_chain(scene):
    """Each writes, locks rows in an order of its own choice is not allowed; then commits."""
    families = [scene.add_family() for _ in range(WRITERS)]
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(EACH):
                with scene.writing() as session:
                    actor = scene.coordinator(session)
                    audit.record_change(session, actor, "race.before", actor, n=number)
                    session.flush()
                    family = lock_row(session, Family, families[turn % 2])
                    family.version += 1
                    audit.record_change(session, actor, "race.after", family, n=number)
        except BaseException as error:
            errors.append(error)

    started = time.monotonic()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert [seq for seq, _ in chain(scene)] == list(range(1, WRITERS * EACH * 2 + 1))
    assert faults(scene) == []
    assert time.monotonic() - started < 30


@pytest.mark.postgres
def test_head_locked_first_would_deadlock(scene):
    """The control: the order of locks is what keeps writers from waiting in a circle."""
    family_id = scene.add_family()
    write(scene, "one.a")
    meet = threading.Barrier(2, timeout=10)
    errors: list[BaseException] = []

    def head_first() -> None:
        try:
            with scene.writing() as session:
                session.scalars(select(AuditHead).with_for_update()).one()
                meet.wait()
                lock_row(session, Family, family_id)
        except DBAPIError as error:
            errors.append(error)

    def row_first() -> None:
        try:
            with scene.writing() as session:
                actor = scene.coordinator(session)
                lock_row(session, Family, family_id)
                audit.record_change(session, actor, "two.a", actor)
                session.flush()
                meet.wait()
        except DBAPIError as error:
            errors.append(error)

    threads = [threading.Thread(target=one) for one in (head_first, row_first)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [error.orig.sqlstate for error in errors] == ["40P01"]
    assert faults(scene) == []


def test_migration_links_what_was_there_and_can_be_taken_back(scene, database_url):
    write(scene, *(f"act.{letter}" for letter in "abcde"))
    scene.database.engine.dispose()
    command.downgrade(alembic_config(database_url, KEYRING), "0018")
    with scene.database.writer.begin() as connection:
        connection.execute(text("UPDATE audit_event SET action = 'old.act' WHERE action = 'act.b'"))
    upgrade(database_url, KEYRING)
    assert {seq for seq, _ in chain(scene)} == {1, 2, 3, 4, 5}
    assert faults(scene) == []
    assert head(scene).seq == 5
    write(scene, "after.upgrade")
    assert chain(scene)[-1] == (6, "after.upgrade")
    assert faults(scene) == []
