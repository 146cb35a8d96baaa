"""What volunteers and families ask about their own data."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import RightKind
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.rights import OwnRequestForm
from peerapp.permissions import current_account
from peerapp.services import rights_requests
from peerapp.views.refusals import show_refusals

bp = Blueprint("own_data", __name__, url_prefix="/your-data")

CHOICES = [
    (RightKind.ACCESS.value, "A copy of what you hold about me"),
    (RightKind.CORRECT.value, "Put something right"),
    (RightKind.ERASE.value, "Erase what you hold about me"),
    (RightKind.COMPLAINT.value, "Complain about how you use my data"),
]


@bp.get("/")
def show() -> str:
    asked = rights_requests.list_own(get_session(), current_account())
    return render_template("own_data/show.html", asked=asked)


@bp.route("/ask", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    rights_requests.own_person(session, account)
    form = OwnRequestForm()
    form.kind.choices = CHOICES
    if form.validate_on_submit():
        kind, words, field = form.kind.data, form.words.data or "", form.field.data or ""
        given = RightKind(kind), words, today(), current_settings().base_url
        try:
            rights_requests.ask_for_own(session, account, *given, field=field)
            flash("We have your request. You hear from us within a month.", "success")
            return redirect(url_for(".show"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("own_data/ask.html", form=form)
    return page, 422 if form.errors else 200
