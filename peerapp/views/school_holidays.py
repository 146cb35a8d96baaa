"""School holidays, which sessions leave out."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import Role
from peerapp.errors import Refused
from peerapp.forms.checks import ConfirmForm
from peerapp.forms.sessions import HolidayForm
from peerapp.permissions import current_account
from peerapp.services import school_holidays
from peerapp.views.refusals import show_refusals

bp = Blueprint("school_holidays", __name__, url_prefix="/staff/school-holidays")

EVERYWHERE = ("", "All schools of the scheme")


@bp.get("/")
def list_holidays() -> str:
    rows = school_holidays.list_holidays(get_session(), today())
    may_edit = current_account().role == Role.MANAGER
    return render_template("school_holidays/list.html", rows=rows, may_edit=may_edit)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    session = get_session()
    form = HolidayForm()
    councils = [(name, f"Schools of {name}") for name in school_holidays.list_councils(session)]
    form.council.choices = [EVERYWHERE, *councils]
    if form.validate_on_submit():
        given = form.name.data or "", form.council.data or "", form.first_on.data, form.last_on.data
        try:
            school_holidays.add(session, current_account(), *given)
            flash("The holiday is added. Sessions on its days fall away.", "success")
            return redirect(url_for(".list_holidays"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("school_holidays/new.html", form=form)
    return page, 422 if form.errors else 200


@bp.post("/<uuid:holiday_id>/remove")
def remove(holiday_id: uuid.UUID) -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        school_holidays.remove(get_session(), current_account(), holiday_id)
        flash("The holiday is removed. Sessions on its days come back.", "success")
    return redirect(url_for(".list_holidays"))
