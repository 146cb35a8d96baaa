"""Families from a file and into a file."""

from __future__ import annotations

import uuid

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.families import add_fault
from peerapp.forms.family_steps import UploadForm
from peerapp.forms.two_person_requests import AskExportForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.request_bodies import takes_files
from peerapp.services import bulk_exports, family_imports
from peerapp.services.family_imports import COLUMNS, FileRefused, template
from peerapp.views.families.blueprint import bp, page
from peerapp.views.refusals import show_refusals

ROWS_SHOWN = 50


@bp.route("/import", methods=["GET", "POST"])
@takes_files
def upload() -> ResponseReturnValue:
    form = UploadForm()
    if not form.validate_on_submit():
        return page("import", form, columns=COLUMNS, faults=())
    content = form.file.data.read() if form.file.data else b""
    if not content:
        add_fault(form, "file", "Choose a CSV file")
        return page("import", form, columns=COLUMNS, faults=())
    try:
        waiting = family_imports.upload(
            get_session(), current_account(), content, utc_now(), today()
        )
    except FileRefused as error:
        add_fault(form, "file", "Nothing was imported. Correct the file and choose it again")
        return page("import", form, columns=COLUMNS, faults=error.faults)
    return redirect(url_for("families.check_import", import_id=waiting.id), code=303)


@bp.get("/import/template.csv")
def import_template() -> Response:
    return _csv(template(), "families-template.csv")


@bp.get("/import/<uuid:import_id>")
def check_import(import_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    waiting = family_imports.get_import(session, account, import_id, utc_now())
    if waiting.imported_at is not None:
        return render_template("families/imported.html", done=waiting)
    try:
        rows = family_imports.get_rows(session, account, waiting, today())
    except FileRefused as error:
        return _refused(error)
    return render_template(
        "families/check_import.html", waiting=waiting, rows=rows, most=ROWS_SHOWN
    )


@bp.post("/import/<uuid:import_id>")
def confirm_import(import_id: uuid.UUID) -> ResponseReturnValue:
    try:
        family_imports.confirm(get_session(), current_account(), import_id, utc_now(), today())
    except FileRefused as error:
        return _refused(error)
    return redirect(url_for("families.check_import", import_id=import_id), code=303)


def _refused(error: FileRefused) -> ResponseReturnValue:
    """Show what has come to stand against a file since it was uploaded."""
    form = UploadForm(formdata=None)
    add_fault(form, "file", "Nothing was imported. Correct the file and choose it again")
    return page("import", form, columns=COLUMNS, faults=error.faults)


@bp.post("/import/<uuid:import_id>/discard")
def discard_import(import_id: uuid.UUID) -> ResponseReturnValue:
    family_imports.discard(get_session(), current_account(), import_id, utc_now())
    flash("The file is deleted. Nothing was imported.", "success")
    return redirect(url_for("families.list_families"), code=303)


@bp.route("/export", methods=["GET", "POST"])
def export() -> ResponseReturnValue:
    """Explain what the file holds, and ask a second person for it."""
    form = AskExportForm()
    if form.validate_on_submit():
        given = form.reason.data or "", utc_now(), current_settings().base_url
        try:
            asked = bulk_exports.ask_for_families(get_session(), current_account(), *given)
            flash("Those who may agree have been told.", "success")
            return redirect(url_for("two_person_requests.show", request_id=asked.id))
        except Refused as refused:
            show_refusals(form, refused)
    return page("export", form)


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), mimetype="text/csv", headers=headers)
