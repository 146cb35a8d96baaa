"""Managers' pages of what people ask about data on them."""

from __future__ import annotations

import io
import uuid
import zipfile

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.rights_requests import is_late
from peerapp.enums import RightKind, RightState, RightStep
from peerapp.errors import Refused
from peerapp.forms.checks import ConfirmForm
from peerapp.forms.rights import CloseForm, NoteForm, ReceiveForm, ReleaseForm
from peerapp.models import RightsRequest, utc_now
from peerapp.permissions import current_account
from peerapp.services import (
    duty_covers,
    legal_holds,
    rights_requests,
    spoken_references,
    subject_access,
    two_person_requests,
)
from peerapp.templating import render_plain
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary import choices

bp = Blueprint("rights", __name__, url_prefix="/staff/rights")


@bp.get("/")
def overview() -> str:
    session, account = get_session(), current_account()
    return render_template(
        "rights/overview.html",
        open_requests=rights_requests.count_open(session, account),
        holds=len(legal_holds.held_people(session)),
        duty_covers_open=duty_covers.count_unsigned(session, account),
        waiting=two_person_requests.count_waiting(session, account, utc_now()),
    )


@bp.get("/requests/")
def list_requests() -> str:
    found = rights_requests.list_requests(get_session(), current_account())
    late = {one.id for one in found if is_late(one, today())}
    return render_template("rights/list.html", requests=found, late=late)


@bp.route("/requests/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    form = ReceiveForm(data={"received_on": today()})
    form.kind.choices = choices(RightKind)
    if form.validate_on_submit():
        person = spoken_references.find_record(session, form.reference.data or "")
        try:
            request = rights_requests.receive(
                session,
                account,
                RightKind(form.kind.data),
                form.words.data or "",
                form.received_on.data,
                today(),
                person=person,
                who=form.who.data or "",
            )
            return redirect(url_for(".show", request_id=request.id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("rights/new.html", form=form)
    return page, 422 if form.errors else 200


@bp.get("/requests/<uuid:request_id>")
def show(request_id: uuid.UUID) -> str:
    return _page(request_id, NoteForm(formdata=None), CloseForm(formdata=None))


def _page(request_id: uuid.UUID, note_form: NoteForm, close_form: CloseForm) -> str:
    session, account = get_session(), current_account()
    asked = rights_requests.get_request(session, account, request_id)
    return render_template(
        "rights/show.html",
        asked=asked,
        note_form=note_form,
        close_form=close_form,
        form=close_form if close_form.errors else note_form,
        is_late=is_late(asked, today()),
        person_url=_person_url(asked),
        erase_url=_erase_url(asked),
    )


def _person_url(asked: RightsRequest) -> str:
    if asked.family_id is not None:
        return url_for("families.show", family_id=asked.family_id)
    if asked.volunteer_id is not None:
        return url_for("volunteers.show", volunteer_id=asked.volunteer_id)
    return ""


def _erase_url(asked: RightsRequest) -> str:
    if asked.kind != RightKind.ERASE or asked.state != RightState.OPEN:
        return ""
    kind = "family" if asked.family_id is not None else "volunteer"
    return url_for("erasures.show", kind=kind, person_id=asked.family_id or asked.volunteer_id)


@bp.post("/requests/<uuid:request_id>/acknowledge")
def acknowledge(request_id: uuid.UUID) -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        rights_requests.acknowledge(get_session(), current_account(), request_id, today())
        flash("Acknowledged.", "success")
    return redirect(url_for(".show", request_id=request_id))


@bp.post("/requests/<uuid:request_id>/note")
def note(request_id: uuid.UUID) -> ResponseReturnValue:
    form = NoteForm()
    if form.validate_on_submit():
        rights_requests.note(get_session(), current_account(), request_id, form.note.data or "")
        return redirect(url_for(".show", request_id=request_id))
    return _page(request_id, form, CloseForm(formdata=None)), 422


@bp.post("/requests/<uuid:request_id>/close")
def close(request_id: uuid.UUID) -> ResponseReturnValue:
    form = CloseForm()
    if form.validate_on_submit():
        given = request_id, form.outcome.data or "", today()
        refused = form.answer.data == "refused"
        rights_requests.close(get_session(), current_account(), *given, refused=refused)
        flash("The request is closed.", "success")
        return redirect(url_for(".list_requests"))
    return _page(request_id, NoteForm(formdata=None), form), 422


@bp.route("/requests/<uuid:request_id>/copy", methods=["GET", "POST"])
def review(request_id: uuid.UUID) -> ResponseReturnValue:
    """Read what may tell of somebody else, and say what of it goes out."""
    session, account = get_session(), current_account()
    asked = rights_requests.get_request(session, account, request_id)
    sections = rights_requests.read_copy(session, account, asked)
    found = subject_access.to_review(sections)
    form = ReleaseForm()
    form.included.choices = [
        (entry.key, f"{title}, {entry.title.lower()}: {entry.text}") for title, entry in found
    ]
    if form.validate_on_submit():
        given = request_id, form.included.data or []
        try:
            has_read, proof = bool(form.has_read.data), RightStep(form.proof.data)
            rights_requests.release(session, account, *given, has_read=has_read, proof=proof)
            flash("The copy is released. You can fetch it once.", "success")
            return redirect(url_for(".show", request_id=request_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "rights/review.html", asked=asked, sections=sections, form=form, count=len(found)
    )
    return page, 422 if form.errors else 200


@bp.post("/requests/<uuid:request_id>/file")
def fetch(request_id: uuid.UUID) -> ResponseReturnValue:
    if not ConfirmForm().validate_on_submit():
        return redirect(url_for(".show", request_id=request_id))
    session, account = get_session(), current_account()
    copy = rights_requests.fetch(session, account, request_id, utc_now(), today())
    html = render_plain(
        "rights/copy.html", copy=copy, made_on=today(), never=subject_access.never_included()
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{copy.reference}.html", html)
        archive.writestr(f"{copy.reference}.json", copy.json)
    headers = {"Content-Disposition": f'attachment; filename="{copy.reference}.zip"'}
    return Response(buffer.getvalue(), mimetype="application/zip", headers=headers)
