"""What waits for a second person, their answer, and the file that follows."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.two_person_requests import deciding_refusals, may_fetch
from peerapp.enums import TwoPersonAct
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.checks import ConfirmForm
from peerapp.forms.two_person_requests import DecideForm
from peerapp.models import TwoPersonRequest, utc_now
from peerapp.permissions import current_account
from peerapp.services import bulk_exports, second_decisions, two_person_requests
from peerapp.services.schemes import get_scheme
from peerapp.views.refusals import show_refusals

bp = Blueprint("two_person_requests", __name__, url_prefix="/staff/second-person")


@bp.get("/")
def list_requests() -> str:
    session, account = get_session(), current_account()
    return render_template(
        "two_person_requests/list.html",
        requests=two_person_requests.list_requests(session, account),
        account=account,
        now=utc_now(),
    )


@bp.get("/<uuid:request_id>")
def show(request_id: uuid.UUID) -> str:
    return _page(request_id, DecideForm(formdata=None))


def _page(request_id: uuid.UUID, form: DecideForm) -> str:
    session, account, now = get_session(), current_account(), utc_now()
    asked = two_person_requests.get_request(session, account, request_id)
    is_own = asked.asked_by_id == account.id
    return render_template(
        "two_person_requests/show.html",
        asked=asked,
        form=form,
        now=now,
        subject_url=_subject_url(asked),
        may_decide=not deciding_refusals(account, asked, get_scheme(session), now),
        may_fetch=may_fetch(account, asked, now),
        may_take_back=is_own and asked.used_at is None and now < asked.expires_at,
    )


def _subject_url(asked: TwoPersonRequest) -> str:
    if asked.act == TwoPersonAct.LIFT_SUSPENSION:
        return url_for("volunteers.show", volunteer_id=asked.subject_id)
    return ""


@bp.post("/<uuid:request_id>/decide")
def decide(request_id: uuid.UUID) -> ResponseReturnValue:
    form = DecideForm()
    if form.validate_on_submit():
        agreed, note = form.answer.data == "yes", form.note.data or ""
        given = request_id, utc_now(), today(), current_settings().base_url
        try:
            second_decisions.decide(
                get_session(), current_account(), *given, agreed=agreed, note=note
            )
            flash("You agreed." if agreed else "You did not agree.", "success")
            return redirect(url_for(".show", request_id=request_id))
        except Refused as refused:
            show_refusals(form, refused)
    return _page(request_id, form), 422


@bp.post("/<uuid:request_id>/take-back")
def take_back(request_id: uuid.UUID) -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        two_person_requests.take_back(get_session(), current_account(), request_id, utc_now())
        flash("The request is taken back.", "success")
    return redirect(url_for(".list_requests"))


@bp.post("/<uuid:request_id>/file")
def fetch(request_id: uuid.UUID) -> ResponseReturnValue:
    if not ConfirmForm().validate_on_submit():
        return redirect(url_for(".show", request_id=request_id))
    found = bulk_exports.fetch(get_session(), current_account(), request_id, utc_now(), today())
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"'}
    return Response(found.text.encode(), mimetype="text/csv", headers=headers)
