"""What a request did that a grant of duty cover let in: read and on record, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request

from peerapp.db import SAFE_METHODS, SchemeSession, get_database
from peerapp.models import AccessGrant, Account
from peerapp.services import duty_covers
from peerapp.templating import render_plain

MAY_CHANGE = frozenset({"concerns.new", "duty_covers.new", "duty_covers.end"})
"""What duty cover may do besides reading: tell of a danger, and end itself."""


def init_app(app: Flask) -> None:
    """Look at each answer before it is committed; so it comes after the hook that commits."""
    app.after_request(_account_for)


def _account_for(response: Response) -> Response:
    """Refuse a change that rests on a grant; put every other use of one on record.

    The hook that commits keeps of an answer of 400 and more only who was shown what. A use that
    cannot be written down is not answered: the error goes to its own page. Who is signed in is
    not looked up here: where nobody was, no grant was used.
    """
    session: SchemeSession | None = g.get("session")
    account: Account | None = getattr(g.get("_login_user"), "account", None)
    if session is None or account is None:
        return response
    if g.pop("missed_reference", False):
        with _aside(session) as writing:
            duty_covers.record_miss(writing, account)
    if not account.grants_used:
        return response
    used = tuple(account.grants_used)
    is_change = request.method not in SAFE_METHODS and request.endpoint not in MAY_CHANGE
    if is_change:
        response = Response(render_plain("errors/duty_cover.html"), 403, mimetype="text/html")
    if session.info["writes"] == "none" or g.get("rollback"):
        with _aside(session) as writing:
            _record(writing, account, used)
    else:
        _record(session, account, used)
    return response


@contextmanager
def _aside(session: SchemeSession) -> Iterator[SchemeSession]:
    """Write in a transaction of its own once the request's has let go of the database.

    What it had loaded is let go as well: a row that is read afresh would take the lock again.
    """
    session.expunge_all()
    session.rollback()
    with get_database().writing(session.info["scheme_id"]) as writing:
        yield writing


def _record(session: SchemeSession, account: Account, used: Iterable[AccessGrant]) -> None:
    for grant in used:
        duty_covers.record_use(session, account, grant, str(request.endpoint))
    session.flush()


def note_miss() -> None:
    """Have it kept, of a request that is refused, that somebody tried a reference."""
    g.missed_reference = True
