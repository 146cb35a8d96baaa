"""The database: engines, sessions bound to one scheme, migrations, and the one commit hook."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import structlog
from alembic import command
from alembic.config import Config
from flask import Flask, Response, current_app, g, get_flashed_messages, request
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    Session,
    SessionTransaction,
    with_loader_criteria,
)

from peerapp import chain
from peerapp.errors import NotFound, PeerAppError
from peerapp.models import AuditEvent, AuditHead, LoginSession, Scheme, SchemeOwned
from peerapp.models.audit import READS
from peerapp.models.vault import Vault, register, seal_pending
from peerapp.sealing import Keyring

log = structlog.get_logger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
AUDIT_ROWS = (AuditEvent, AuditHead, LoginSession)
HOUR = 3600  # a connection of SQLite knows the sizes of tables as they were when it began
LOOK_AT = 1000  # rows of each index, to learn how large it is
SCHEME_FREE = {"scheme_free": True}
"""Execution options of a statement that may cross schemes: migrations and housekeeping only."""


class Unscoped(PeerAppError):
    """A statement that is not bound to a scheme was refused before it reached the database."""


class ReadOnly(PeerAppError):
    """A request that may only read tried to write."""


class SchemeSession(Session):
    """A session that sees and writes the rows of one scheme only.

    ``info["scheme_id"]`` is the scheme; ``info["writes"]`` is ``"all"``, ``"audit"`` (a GET that
    shows sensitive data may write audit rows and that its browser is in use, nothing else) or
    ``"none"``.
    """


chain.listen(SchemeSession)


@event.listens_for(SchemeSession, "after_transaction_end")
def _forget_reads(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(READS, None)


event.listen(SchemeSession, "before_flush", seal_pending)


@event.listens_for(SchemeSession, "after_commit")
@event.listens_for(SchemeSession, "after_soft_rollback")
def _forget_keys(session: Session, *_: object) -> None:
    """Keep no person's key longer than the transaction that needed it."""
    if "vault" in session.info:
        session.info["vault"].forget()


@event.listens_for(SchemeSession, "do_orm_execute")
def _keep_to_scheme(state: ORMExecuteState) -> None:
    """Add the scheme to each statement; refuse those to which it cannot be added."""
    if state.execution_options.get("scheme_free") or state.is_column_load:
        return
    if not state.is_orm_statement or state.is_insert:
        raise Unscoped("use ORM statements and session.add inside a scheme")
    scheme_id = state.session.info.get("scheme_id")
    if scheme_id is None:
        raise Unscoped("this session is not bound to a scheme")
    state.statement = state.statement.options(*_criteria(scheme_id))


@lru_cache(maxsize=64)
def _criteria(scheme_id: uuid.UUID) -> tuple[LoaderCriteriaOption, LoaderCriteriaOption]:
    """Return what binds a statement to a scheme; made once, as each statement of a page asks."""
    return (
        with_loader_criteria(
            SchemeOwned,
            lambda cls: cls.scheme_id == scheme_id,
            include_aliases=True,
        ),
        with_loader_criteria(Scheme, Scheme.id == scheme_id, include_aliases=True),
    )


@event.listens_for(SchemeSession, "before_flush")
def _stamp_scheme(session: Session, *_: object) -> None:
    """Put new rows into the session's scheme; refuse another's, and writes where none may be."""
    scheme_id = session.info.get("scheme_id")
    changed = [
        *session.new,
        *(row for row in session.dirty if session.is_modified(row)),
    ]
    for row in changed:
        if not isinstance(row, SchemeOwned):
            continue
        if row.scheme_id is None:
            row.scheme_id = scheme_id
        if row.scheme_id != scheme_id:
            raise Unscoped("a row of another scheme may not be written here")
    _refuse_writes(session.info.get("writes", "all"), [*changed, *session.deleted])


def _refuse_writes(allowed: str, rows: list[Any]) -> None:
    if allowed == "all" or not rows:
        return
    if allowed == "audit" and all(isinstance(row, AUDIT_ROWS) for row in rows):
        return
    raise ReadOnly(f"this request may not write {type(rows[0]).__name__} rows")


class Database:
    """One database with two ways in: reading, and writing under immediate locks.

    ``keys`` opens and seals what is personal; without it such values can be neither.
    """

    def __init__(self, url: str, keys: Keyring | None = None) -> None:
        self.url = url
        self.keys = keys
        self.engine = make_engine(url)
        self._scheme_ids: dict[str, uuid.UUID] = {}
        self.writer = self.engine.execution_options(peerapp_write=True)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def session(self, scheme_id: uuid.UUID | None, writes: str = "none") -> SchemeSession:
        """Return a session bound to a scheme; ``writes`` is ``none``, ``audit`` or ``all``."""
        bind = self.engine if writes == "none" else self.writer
        session = SchemeSession(
            bind,
            expire_on_commit=False,
            info={"scheme_id": scheme_id, "writes": writes},
        )
        if self.keys is not None:
            session.info["vault"] = Vault(session, self.keys)
        return session

    @contextmanager
    def reading(self, scheme_id: uuid.UUID | None) -> Iterator[SchemeSession]:
        """Open a session that reads and rolls back."""
        with self.session(scheme_id) as session:
            yield session

    @contextmanager
    def writing(self, scheme_id: uuid.UUID | None) -> Iterator[SchemeSession]:
        """Open a session that commits when the block succeeds, and else rolls back."""
        with self.session(scheme_id, "all") as session, session.begin():
            yield session

    def scheme_id(self, slug: str) -> uuid.UUID:
        """Return the id of a scheme, which never changes: it is looked up once.

        Raises
        ------
        NotFound
            There is no such scheme yet.
        """
        if slug in self._scheme_ids:
            return self._scheme_ids[slug]
        with self.session(None) as session:
            query = select(Scheme.id).where(Scheme.slug == slug)
            found = session.scalar(query, execution_options=SCHEME_FREE)
        if found is None:
            raise NotFound(f"there is no scheme called {slug!r}: run `peerapp init` first")
        self._scheme_ids[slug] = found
        return found

    def learn_sizes(self) -> None:
        """Have the database look how its tables have grown, so that it takes the best index.

        Not knowing, SQLite may take the one on the scheme, which finds everybody, before the one
        on a person. PostgreSQL looks by itself too, a minute or so after many rows were written.
        Where somebody else holds what this needs it is left for the next night: a site that would
        be slower must not stay shut for it.
        """
        try:
            with self.writer.begin() as connection:
                if self.is_sqlite:
                    connection.exec_driver_sql(f"PRAGMA analysis_limit = {LOOK_AT}")
                connection.exec_driver_sql("ANALYZE")
        except OperationalError as error:
            log.warning("sizes_not_learnt", error=type(error).__name__)


def make_engine(url: str) -> Engine:
    """Return an engine with the pragmas, time-outs and transactions that the site relies on."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed, hide_parameters=True, pool_recycle=HOUR, connect_args={"timeout": 15}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    options = "-c lock_timeout=10s -c statement_timeout=30s -c timezone=UTC"
    return create_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=10,
        connect_args={"options": options, "connect_timeout": 5},
    )


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Take transactions into our own hands, and set what SQLite forgets between connections."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "synchronous=FULL",
        "secure_delete=ON",  # what is deleted is overwritten, and not only marked as free
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue at the start (a deferred writer fails at its first write); readers do not."""
    writes = connection.get_execution_options().get("peerapp_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def alembic_config(url: str, keys: Keyring | None = None) -> Config:
    """Return Alembic's configuration for a database; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    config.attributes["keys"] = keys
    return config


def upgrade(url: str, keys: Keyring | None = None) -> None:
    """Bring the database's tables to the newest version; harmless when they are.

    ``keys`` seals what older versions kept in clear; a database without people needs none.
    """
    database = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
        Path(database).touch(mode=0o600)  # what SQLite writes beside it gets the same mode
    config = alembic_config(url, keys)
    command.upgrade(config, "head")
    if config.attributes.get("was_sealed"):
        forget_plain_pages(url)
    if keys is not None:
        with closing(Database(url, keys)) as opened, opened.session(None, "all") as session:
            register(session, keys)
            session.commit()


def forget_plain_pages(url: str) -> None:
    """Write the database's files anew, without what was in clear in pages that are free now."""
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(statement)
    else:
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in ("SET statement_timeout = 0", "VACUUM FULL"):
                connection.exec_driver_sql(statement)
    engine.dispose()


def init_app(app: Flask) -> None:
    """Give each request its session, and end it in the one place where a request commits."""
    app.after_request(_finish)
    app.teardown_request(_close)


def get_database() -> Database:
    """Return the database of the current application."""
    return cast(Database, current_app.extensions["database"])


def current_scheme_id() -> uuid.UUID:
    """Return the scheme of the current request, looked up once."""
    if "scheme_id" not in g:
        g.scheme_id = get_database().scheme_id(current_app.config["SCHEME_SLUG"])
    return cast(uuid.UUID, g.scheme_id)


def get_session() -> SchemeSession:
    """Return the session of the current request, opened at its first use."""
    if "session" not in g:
        writes = "none" if request.method in SAFE_METHODS else "all"
        if writes == "none" and g.get("audited_read"):
            writes = "audit"
        g.session = get_database().session(current_scheme_id(), writes)
    return cast(SchemeSession, g.session)


@contextmanager
def write_aside() -> Iterator[SchemeSession]:
    """Write a row of housekeeping from any request: in its transaction, else in one of its own.

    A second writer inside a writing request would wait for the first for ever, and a GET that
    audits what it shows writes too.
    """
    session = get_session()
    if session.info["writes"] != "none":
        yield session
        return
    with get_database().writing(session.info["scheme_id"]) as writing:
        yield writing


def keep_changes() -> None:
    """Commit now what this request has written, whatever its answer: a wrong guess counts."""
    get_session().commit()


def _finish(response: Response) -> Response:
    """Commit a request that succeeded and may write; roll every other one back.

    A form that is shown again (422) undoes all but who was shown what: its page shows that again.
    """
    session: SchemeSession | None = g.get("session")
    if session is None:
        return response
    if session.info["writes"] == "none" or g.get("rollback"):
        session.rollback()
        return response
    try:
        if response.status_code >= 400:
            _keep_reads_only(session)
        session.commit()
    except Exception as error:
        session.rollback()
        return _not_committed(error)
    return response


def _keep_reads_only(session: SchemeSession) -> None:
    """Undo what was written, and write the reads again in a transaction of their own."""
    reads = session.info.pop(READS, ())
    session.rollback()
    session.add_all(AuditEvent(**values) for values in reads)


def _not_committed(error: Exception) -> Response:
    """Return the error's own page: out here Flask would log the address and the error's text."""
    get_flashed_messages()  # takes back what the view has promised for the next page
    return current_app.make_response(current_app.handle_user_exception(error))


def _close(_: BaseException | None) -> None:
    session: SchemeSession | None = g.pop("session", None)
    if session is not None:
        session.close()


def is_reachable(database: Database) -> bool:
    """Say whether the database answers, for the readiness page."""
    try:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except OperationalError:
        return False
    return True
