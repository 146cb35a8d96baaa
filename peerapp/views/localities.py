"""Localities: everybody on casework reads them, managers change them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp import wording
from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.forms.family_steps import LocalityForm
from peerapp.models import Locality
from peerapp.permissions import current_account
from peerapp.services import localities
from peerapp.services.localities import LineFault, Moved, SectorsRefused

bp = Blueprint("localities", __name__, url_prefix="/staff/localities")


@bp.get("/")
def list_localities() -> str:
    return render_template("localities/list.html", rows=localities.list_rows(get_session()))


@bp.get("/<uuid:locality_id>")
def show(locality_id: uuid.UUID) -> str:
    locality = localities.get_locality(get_session(), locality_id)
    return render_template("localities/show.html", locality=locality)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = LocalityForm()
    if form.validate_on_submit():
        try:
            return _saved(
                *localities.create_locality(
                    get_session(), current_account(), *_values(form), move=form.move.data
                )
            )
        except Refused as error:
            return _refused(form, None, error)
    return _form_page(form, None)


@bp.route("/<uuid:locality_id>/edit", methods=["GET", "POST"])
def edit(locality_id: uuid.UUID) -> ResponseReturnValue:
    locality = localities.get_locality(get_session(), locality_id)
    listed = "\n".join(row.sector for row in locality.sectors)
    form = LocalityForm(
        data={"name": locality.name, "council": locality.council, "sectors": listed}
    )
    if form.validate_on_submit():
        try:
            return _saved(
                *localities.update_locality(
                    get_session(),
                    current_account(),
                    locality_id,
                    *_values(form),
                    move=form.move.data,
                )
            )
        except Refused as error:
            return _refused(form, locality, error)
    return _form_page(form, locality)


def _values(form: LocalityForm) -> tuple[str, str, str]:
    return form.name.data or "", form.council.data or "", form.sectors.data or ""


def _form_page(
    form: LocalityForm, locality: Locality | None, faults: Sequence[LineFault] = ()
) -> ResponseReturnValue:
    page = render_template("localities/edit.html", form=form, locality=locality, faults=faults)
    return page, 422 if form.errors else 200


def _refused(form: LocalityForm, locality: Locality | None, error: Refused) -> ResponseReturnValue:
    if isinstance(error, SectorsRefused):
        form.sectors.errors = ["Correct the sectors that are listed on this page"]
        return _form_page(form, locality, error.faults)
    form.name.errors = [refusal.message for refusal in error.refusals]
    return _form_page(form, locality)


def _saved(locality: Locality, moved: Moved) -> ResponseReturnValue:
    people = [
        wording.count(moved.families, "family", "families"),
        wording.count(moved.volunteers, "volunteer"),
    ]
    text = f"The locality is saved. {' and '.join(people)} changed locality."
    if moved.homeless:
        text += f" {wording.count(moved.homeless, 'person', 'people')} now in no locality."
    flash(text, "success")
    return redirect(url_for("localities.show", locality_id=locality.id), code=303)
