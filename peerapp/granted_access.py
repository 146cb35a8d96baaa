"""What a request did that a grant of duty cover let in: read and on record, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request

from peerapp.db import SAFE_METHODS, SchemeSession, get_database, get_session
from peerapp.models import AccessGrant, Account
from peerapp.permissions import account_or_none
from peerapp.services import duty_covers
from peerapp.templating import render_plain

MAY_CHANGE = frozenset({"concerns.new", "duty_covers.new", "duty_covers.end"})
"""What duty cover may do besides reading: tell of a danger, and end itself."""


def init_app(app: Flask) -> None:
    """Look at each answer before it is committed; so it comes after the hook that commits."""
    app.after_request(_account_for)


def _account_for(response: Response) -> Response:
    """Refuse a change that rests on a grant; put every other use of one on record.

    A use that cannot be written down is not answered: the error goes to its own page.
    """
    session: SchemeSession | None = g.get("session")
    account = account_or_none() if session is not None else None
    if session is None or account is None or not account.grants_used:
        return response
    used = tuple(account.grants_used)
    is_change = request.method not in SAFE_METHODS and request.endpoint not in MAY_CHANGE
    if is_change:
        g.rollback = True
        response = Response(render_plain("errors/duty_cover.html"), 403, mimetype="text/html")
    if session.info["writes"] == "none" or response.status_code >= 400:
        account_id, grant_ids = account.id, [grant.id for grant in used]
        with _instead_of(session) as writing:
            _record(
                writing,
                writing.get_one(Account, account_id),
                [writing.get_one(AccessGrant, grant_id) for grant_id in grant_ids],
            )
    else:
        _record(session, account, used)
    return response


def _record(session: SchemeSession, account: Account, used: Iterable[AccessGrant]) -> None:
    for grant in used:
        duty_covers.record_use(session, account, grant, str(request.endpoint))
    session.flush()


def record_miss(account: Account) -> None:
    """Keep, of a request that is refused, that somebody tried a reference."""
    account_id = account.id
    with _instead_of(get_session()) as writing:
        duty_covers.record_miss(writing, writing.get_one(Account, account_id))


@contextmanager
def _instead_of(session: SchemeSession) -> Iterator[SchemeSession]:
    """Write in a transaction of its own, once that of the request has let go of its locks.

    Whoever writes here notes ids beforehand and takes the rows anew: the request's session would
    load its own rows again, and wait for this transaction to end.
    """
    scheme_id = session.info["scheme_id"]
    session.rollback()
    with get_database().writing(scheme_id) as writing:
        yield writing
