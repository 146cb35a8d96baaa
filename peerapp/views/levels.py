"""What the scheme calls its four levels of need, and in which colours they are shown."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.forms.referrals import LevelsForm
from peerapp.permissions import current_account
from peerapp.services import levels
from peerapp.services.schemes import get_scheme
from peerapp.views.refusals import show_refusals

bp = Blueprint("levels", __name__, url_prefix="/staff/levels")


@bp.route("/", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    scheme = get_scheme(get_session())
    known = {f"label_{n}": word for n, word in enumerate(scheme.level_labels, start=1)}
    known |= {f"colour_{n}": word for n, word in enumerate(scheme.level_colours, start=1)}
    form = LevelsForm(data=known)
    if form.validate_on_submit():
        try:
            levels.set_levels(get_session(), current_account(), form.labels, form.colours)
            flash("The levels are saved.", "success")
            return redirect(url_for(".edit"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("levels/edit.html", form=form, scheme=scheme)
    return page, 422 if form.errors or form.form_errors else 200
