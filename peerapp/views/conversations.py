"""Messages between a family and its coach: the pages of both, and of staff with a reason."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import ReadingReason
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.conversations import MessageForm, ReadingForm
from peerapp.models import Match, MatchCover
from peerapp.permissions import current_account
from peerapp.services import conversation_lists, conversations, goals
from peerapp.views.parsing import uuid_or_none
from peerapp.views.refusals import show_refusals

bp = Blueprint("conversations", __name__)


@bp.route("/family/messages", methods=["GET", "POST"])
def family() -> ResponseReturnValue:
    match = conversations.family_match(get_session(), current_account())
    values = {
        "lacks_agreement": conversations.lacks_agreement(match, today()),
        "backup": conversations.family_cover(match, today()),
    }
    return _talk(match, None, "conversations/family.html", url_for(".family"), **values)


@bp.route("/family/messages/backup", methods=["GET", "POST"])
def family_backup() -> ResponseReturnValue:
    """What the family and the coach who steps in today write to each other."""
    match = conversations.family_match(get_session(), current_account())
    cover = conversations.family_cover(match, today())
    held = match if cover else None
    own = url_for(".family_backup")
    return _talk(held, cover, "conversations/family_backup.html", own)


@bp.get("/messages/<uuid:match_id>/<any(coach, backup):which>/still")
def still_shown(match_id: uuid.UUID, which: str) -> tuple[str, int]:
    """Answer an open page: 204 while the two may read what they wrote."""
    given = get_session(), current_account(), match_id, today()
    is_open = conversation_lists.is_open(*given, with_backup=which == "backup")
    return "", 204 if is_open else 410


@bp.get("/volunteer/messages")
def list_own() -> str:
    lines = conversation_lists.list_talks(get_session(), current_account(), today())
    return render_template("conversations/list.html", lines=lines)


@bp.route("/volunteer/matches/<uuid:match_id>/messages", methods=["GET", "POST"])
def coach(match_id: uuid.UUID) -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    match = conversations.coach_match(session, actor, match_id)
    shared = goals.shared_with_coach(session, actor, match_id, today())
    own = url_for(".coach", match_id=match_id)
    return _talk(match, None, "conversations/coach.html", own, match=match, goals=shared)


@bp.route("/volunteer/covers/<uuid:cover_id>/messages", methods=["GET", "POST"])
def backup(cover_id: uuid.UUID) -> ResponseReturnValue:
    """What a backup coach and the family write to each other while they step in."""
    session, actor = get_session(), current_account()
    match, cover = conversations.backup_cover(session, actor, cover_id, today())
    own = url_for(".backup", cover_id=cover_id)
    return _talk(match, cover, "conversations/backup.html", own, cover=cover, match=match)


def _talk(
    held: Match | None, with_cover: MatchCover | None, template: str, own: str, **values: object
) -> ResponseReturnValue:
    """Show a conversation; send what was written, if the two may reach each other."""
    session, actor = get_session(), current_account()
    form = MessageForm(data={"form_key": str(uuid.uuid4())})
    if held is not None and form.validate_on_submit():
        key = uuid_or_none(form.form_key.data) or uuid.uuid4()
        given = held, form.words.data or "", key, today(), current_settings().base_url
        try:
            conversations.send(session, actor, *given, cover=with_cover)
            return redirect(f"{own}#newest")
        except Refused as refused:
            show_refusals(form, refused)
    talk = conversations.open_talk(session, actor, held, today(), with_cover)
    page = render_template(template, talk=talk, form=form, **values)
    return page, 422 if form.errors else 200


@bp.route("/staff/matches/<uuid:match_id>/messages", methods=["GET", "POST"])
def staff(match_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why, then show the messages in the answer to that form: the view is recorded first."""
    session, actor = get_session(), current_account()
    match = conversations.find_for_staff(session, actor, match_id)
    form = ReadingForm()
    if form.validate_on_submit():
        reason = ReadingReason(form.reason.data)
        found = conversations.read_for(session, actor, match_id, reason)
        return render_template(
            "conversations/staff.html", match=match, messages=found, reason=reason
        )
    page = render_template("conversations/reason.html", match=match, form=form)
    return page, 422 if form.errors else 200
