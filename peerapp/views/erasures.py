"""What an erasure would do, and asking for it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.rights import EraseForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import erasures, spoken_references
from peerapp.views.refusals import show_refusals

bp = Blueprint("erasures", __name__, url_prefix="/staff/erasures")


@bp.route("/<any(family, volunteer):kind>/<uuid:person_id>", methods=["GET", "POST"])
def show(kind: str, person_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    person = erasures.find_person(session, person_id, is_family=kind == "family")
    form = EraseForm()
    if form.validate_on_submit():
        given = form.reason.data or "", utc_now(), current_settings().base_url
        try:
            asked = erasures.ask(session, account, person, *given)
            flash("Those who may agree have been told.", "success")
            return redirect(url_for("two_person_requests.show", request_id=asked.id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "erasures/show.html",
        form=form,
        reference=spoken_references.reference_of(person),
        lines=erasures.preview(session, account, person),
        refusals=erasures.refusals(session, person),
        is_erased=erasures.is_erased(session, person.id),
    )
    return page, 422 if form.errors else 200
