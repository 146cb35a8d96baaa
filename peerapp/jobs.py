"""Background jobs: matching runs, mail, sweeping. They carry ids only; state is in our tables.

What a transaction leaves for a worker (a queued run, a message) is offered after its commit. If
that offer is lost, with the queue or with a worker, the minute's sweep finds the row.
"""

from __future__ import annotations

import logging
import uuid

import structlog
from flask import current_app, has_app_context
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy import event, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, UOWTransaction

from peerapp import erasure_list, logs
from peerapp.adapters.mail import mailer_from_settings
from peerapp.adapters.update_service import service_from_settings
from peerapp.clock import today
from peerapp.config import Settings
from peerapp.db import SCHEME_FREE, Database, SchemeSession
from peerapp.keyrings import open_database
from peerapp.models import AskedLink, MatchingRun, Message, Scheme, StatusCheck, utc_now
from peerapp.services import (
    asked_links,
    audit_jobs,
    care_jobs,
    coaching_jobs,
    deliveries,
    expiry_jobs,
    family_imports,
    match_jobs,
    matching_jobs,
    matching_runs,
    plan_overrides,
    reference_reminders,
    referral_sweeps,
    retention,
    session_jobs,
    sign_in_sweeps,
    status_check_jobs,
    status_checks,
    throttles,
)

log = structlog.get_logger(__name__)

QUEUE = "peerapp"
LONGEST_WAIT = 1.0  # seconds between two looks into an empty queue
MOST_ROUNDS = 10
WORKERS = 2  # a long matching run must not keep the mail waiting


def make_huey(settings: Settings) -> Huey:
    """Return the queue: a file beside a SQLite database, tables of its own in PostgreSQL."""
    serializer = SignedSerializer(secret=settings.secret_key, salt="peerapp.jobs")
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path = settings.data_dir / "queue.sqlite3"
        path.touch(mode=0o600)
        return SqliteHuey(QUEUE, filename=str(path), serializer=serializer, results=False)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey(QUEUE, dsn=dsn, serializer=serializer, results=False)


class Jobs:
    """The jobs of one process, bound to its database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.inline = settings.job_queue == "inline"
        self.mailer = mailer_from_settings(settings)
        self.update_service = service_from_settings(settings)
        self.huey = None if self.inline else make_huey(settings)
        if self.huey is not None:
            self._run_matching = self.huey.task(name="run_matching")(self.run_matching)
            self._send_messages = self.huey.task(name="send_messages")(self.send_messages)
            self._answer_links = self.huey.task(name="answer_links")(self.answer_links)
            self._check_status = self.huey.task(name="check_status")(self.check_status)
            self.huey.periodic_task(crontab(minute="*"), name="every_minute")(self.every_minute)
            every_ten = crontab(minute="*/10")
            self.huey.periodic_task(every_ten, name="check_due")(self.check_due)
            self.huey.periodic_task(every_ten, name="export_heads")(self.export_heads)
            by_night = crontab(minute="10", hour="3")
            self.huey.periodic_task(by_night, name="learn_sizes")(database.learn_sizes)

    def run_matching(self, scheme_id: str, run_id: str) -> None:
        """Carry out a matching run."""
        matching_jobs.execute(self.database, uuid.UUID(scheme_id), uuid.UUID(run_id), today())

    def send_messages(self, scheme_id: str) -> None:
        """Send what waits in a scheme's outbox."""
        deliveries.deliver_due(
            self.database, uuid.UUID(scheme_id), self.mailer, self.settings.mail_from, utc_now()
        )

    def answer_links(self, scheme_id: str) -> None:
        """Look up who asked for links, and send what there is to send."""
        given = uuid.UUID(scheme_id), utc_now(), self.settings.base_url
        if asked_links.answer_due(self.database, *given) and not self.inline:
            self.send_messages(scheme_id)

    def check_status(self, scheme_id: str, check_id: str) -> None:
        """Ask DBS one question that somebody put."""
        status_check_jobs.carry_out(
            self.database,
            uuid.UUID(scheme_id),
            uuid.UUID(check_id),
            self.update_service,
            now=utc_now(),
            today=today(),
            base_url=self.settings.base_url,
        )

    def check_due(self) -> None:
        """Ask DBS about those who are due; a job of its own, so that mail need not wait for DBS."""
        for scheme_id in self._scheme_ids():
            tally = status_check_jobs.run_due(
                self.database,
                scheme_id,
                self.update_service,
                now=utc_now(),
                today=today(),
                base_url=self.settings.base_url,
            )
            if tally:
                log.info("status_checks_done", scheme_id=str(scheme_id), **tally)

    def export_heads(self) -> None:
        """Write down outside where each audit trail ends, once a day."""
        for scheme_id in self._scheme_ids():
            audit_jobs.export_due(
                self.database,
                scheme_id,
                secret=self.settings.secret_key,
                folder=self.settings.audit_heads_folder,
                mailer=self.mailer,
                mail_to=self.settings.audit_head_mail,
                mail_from=self.settings.mail_from,
                now=utc_now(),
                today=today(),
            )

    def every_minute(self) -> None:
        """Send what is due, give dead runs up, and take up what was lost on the way."""
        throttles.sweep(self.database, utc_now())
        for scheme_id in self._scheme_ids():
            # First what a new day ends: mail about what has lapsed must not leave.
            expiry_jobs.run_new_day(self.database, scheme_id, today(), self.settings.base_url)
            match_jobs.run_due(self.database, scheme_id, today(), self.settings.base_url)
            coaching_jobs.run_due(
                self.database, scheme_id, utc_now(), today(), self.settings.base_url
            )
            session_jobs.run_due(self.database, scheme_id, utc_now(), self.settings.base_url)
            care_jobs.run_due(self.database, scheme_id, utc_now(), today(), self.settings.base_url)
            asked_links.answer_due(self.database, scheme_id, utc_now(), self.settings.base_url)
            deliveries.deliver_due(
                self.database, scheme_id, self.mailer, self.settings.mail_from, utc_now()
            )
            with self.database.writing(scheme_id) as session:
                plan_overrides.end_due(session, utc_now(), today(), self.settings.base_url)
                referral_sweeps.sweep(session, utc_now(), self.settings.base_url)
            with self.database.writing(scheme_id) as session:
                for run_id in matching_runs.sweep_stale(session, utc_now()):
                    log.warning("matching_run_swept", run_id=str(run_id))
                forgotten = matching_runs.list_forgotten(session, utc_now())
                family_imports.sweep(session, utc_now())
                sign_in_sweeps.sweep(session, utc_now())
                questions = status_checks.list_forgotten(session, utc_now())
            self._remind(scheme_id)
            self._retain(scheme_id)
            for run_id in forgotten:
                self.offer_run(scheme_id, run_id)
            for check_id in questions:
                self.offer_check(scheme_id, check_id)

    def _remind(self, scheme_id: uuid.UUID) -> None:
        """Remind referees, a few in each transaction; the next minute takes those that are left."""
        for _ in range(MOST_ROUNDS):
            with self.database.writing(scheme_id) as session:
                done = reference_reminders.sweep_reminders(
                    session, utc_now(), self.settings.base_url
                )
            if done < reference_reminders.BATCH:
                return

    def _retain(self, scheme_id: uuid.UUID) -> None:
        """Delete what is over, once a day, and keep the list of who was erased whole."""
        report = True
        while report:
            with self.database.writing(scheme_id) as session:
                report = retention.run_daily(session, today(), utc_now()) is not None
        path = erasure_list.path_in(self.settings.data_dir)
        erasure_list.sync(self.database, scheme_id, path)

    def offer_run(self, scheme_id: uuid.UUID, run_id: uuid.UUID) -> None:
        """Hand a queued run to a worker, or carry it out here and now."""
        run = self.run_matching if self.inline else self._run_matching
        run(str(scheme_id), str(run_id))

    def offer_check(self, scheme_id: uuid.UUID, check_id: uuid.UUID) -> None:
        """Hand a question for DBS to a worker, or ask it here and now."""
        ask = self.check_status if self.inline else self._check_status
        ask(str(scheme_id), str(check_id))

    def offer_links(self, scheme_id: uuid.UUID) -> None:
        """Have a worker answer what was asked for, or do it here and now."""
        answer = self.answer_links if self.inline else self._answer_links
        answer(str(scheme_id))

    def offer_messages(self, scheme_id: uuid.UUID) -> None:
        """Have a worker look at the outbox; inline, tests look at it themselves."""
        if not self.inline:
            self._send_messages(str(scheme_id))

    def _scheme_ids(self) -> list[uuid.UUID]:
        with self.database.reading(None) as session:
            query = select(Scheme.id).order_by(Scheme.slug)
            return list(session.scalars(query, execution_options=SCHEME_FREE))


def run_worker(settings: Settings) -> None:
    """Work the queue until interrupted. One worker process schedules."""
    logs.configure(settings.log_level)
    logging.getLogger("huey").setLevel(logging.WARNING)
    database = open_database(settings)
    try:
        erasure_list.refuse_outstanding(database, erasure_list.path_in(settings.data_dir))
    except BaseException:
        database.close()
        raise
    jobs = Jobs(settings, database)
    if jobs.huey is None:
        raise ValueError("PEERAPP_JOBS is inline: there is no queue to work")
    jobs.huey.create_consumer(
        workers=WORKERS, worker_type="thread", periodic=True, max_delay=LONGEST_WAIT
    ).run()


@event.listens_for(SchemeSession, "after_flush")
def _note_work(session: Session, _: UOWTransaction) -> None:
    """Remember what this transaction leaves for a worker."""
    for row in session.new:
        if isinstance(row, MatchingRun):
            session.info.setdefault("queued_runs", []).append(row.id)
        elif isinstance(row, StatusCheck) and row.asked_by_id is not None:
            session.info.setdefault("questions", []).append(row.id)
        elif isinstance(row, AskedLink):
            session.info["has_asked"] = True
        elif isinstance(row, Message):
            session.info["has_messages"] = True


@event.listens_for(SchemeSession, "after_commit")
def _offer_work(session: Session) -> None:
    """Offer it once it is there for good; if the queue is down, the sweep finds it later."""
    if session.in_nested_transaction():
        return
    runs, mail = session.info.pop("queued_runs", []), session.info.pop("has_messages", False)
    questions, asked = session.info.pop("questions", []), session.info.pop("has_asked", False)
    jobs: Jobs | None = current_app.extensions.get("jobs") if has_app_context() else None
    if jobs is None:
        return
    try:
        for run_id in runs:
            jobs.offer_run(session.info["scheme_id"], run_id)
        for check_id in questions:
            jobs.offer_check(session.info["scheme_id"], check_id)
        if asked:
            jobs.offer_links(session.info["scheme_id"])
        if mail:
            jobs.offer_messages(session.info["scheme_id"])
    except Exception as error:
        log.error("queue_not_reached", error=type(error).__name__)


@event.listens_for(SchemeSession, "after_rollback")
def _forget_work(session: Session) -> None:
    """What was rolled back is not offered."""
    if not session.in_nested_transaction():
        session.info.pop("queued_runs", None)
        session.info.pop("questions", None)
        session.info.pop("has_messages", None)
        session.info.pop("has_asked", None)
