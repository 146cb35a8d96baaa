"""Coaches whom a family must never meet."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.enums import ApartReason
from peerapp.errors import Refused
from peerapp.forms.never_meet import KeepApartForm, TakeBackForm
from peerapp.permissions import current_account
from peerapp.services import never_meet
from peerapp.views.refusals import show_refusals

bp = Blueprint("never_meet", __name__, url_prefix="/staff/families/<uuid:family_id>/never-meet")


@bp.route("", methods=["GET", "POST"])
def show(family_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    family, pairs = never_meet.list_pairs(session, account, family_id)
    form = KeepApartForm()
    if form.validate_on_submit():
        given = form.reference.data or "", ApartReason(form.reason.data)
        try:
            never_meet.keep_apart(session, account, family_id, *given)
            flash("They are never matched with each other.", "success")
            return redirect(url_for(".show", family_id=family_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("never_meet/show.html", form=form, family=family, pairs=pairs)
    return page, 422 if form.errors else 200


@bp.post("/take-back")
def take_back(family_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    never_meet.list_pairs(session, account, family_id)
    form = TakeBackForm()
    if form.validate_on_submit():
        never_meet.take_back(session, account, family_id, form.reference.data or "")
        flash("They can be matched with each other again.", "success")
    return redirect(url_for(".show", family_id=family_id))
