"""Sessions in the calendar of another device: a secret address, and what is behind it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.enums import Role
from peerapp.extensions import current_settings, limiter
from peerapp.forms.checks import ConfirmForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import calendar_addresses, calendars

bp = Blueprint("calendars", __name__, url_prefix="/calendar")


@bp.get("/")
def show() -> str:
    return _page("")


def _page(address: str) -> str:
    session, actor = get_session(), current_account()
    is_family = actor.role == Role.FAMILY
    return render_template(
        "calendars/show.html",
        address=address,
        feed=calendar_addresses.find_feed(session, actor),
        is_family=is_family,
        shares_device=is_family and calendars.shares_device(session, actor),
        back=url_for("family_sessions.list_sessions" if is_family else "sessions.list_sessions"),
    )


@bp.post("/new")
def make() -> ResponseReturnValue:
    """Show the address in this answer alone: it is kept nowhere, and in no address or cookie."""
    if not ConfirmForm().validate_on_submit():
        return redirect(url_for(".show"))
    secret = calendar_addresses.make_address(get_session(), current_account(), utc_now())
    return _page(f"{current_settings().base_url}{url_for('.read', secret=secret)}")


@bp.post("/stop")
def stop() -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        actor = current_account()
        calendar_addresses.revoke_address(get_session(), actor, actor, utc_now())
        flash("The address does not work any more.", "success")
    return redirect(url_for(".show"))


@bp.get("/<secret>.ics")
@limiter.limit("60 per minute")
def read(secret: str) -> Response:
    body = calendars.read_calendar(get_session(), secret, utc_now())
    headers = {"Content-Disposition": 'attachment; filename="calendar.ics"'}
    return Response(body, content_type="text/calendar; charset=utf-8", headers=headers)
