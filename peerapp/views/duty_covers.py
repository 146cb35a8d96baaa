"""Duty cover: opening one record outside the caseload, and looking through it afterwards."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.enums import CoverVerdict, Role
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.checks import ConfirmForm
from peerapp.forms.duty_covers import OpenRecordForm, SignOffForm
from peerapp.granted_access import note_miss
from peerapp.models import AccessGrant, utc_now
from peerapp.permissions import current_account
from peerapp.services import duty_covers
from peerapp.services.schemes import get_scheme
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary import choices

bp = Blueprint("duty_covers", __name__, url_prefix="/staff/duty-cover")


@bp.get("/")
def list_grants() -> str:
    account = current_account()
    return render_template(
        "duty_covers/list.html",
        grants=duty_covers.list_grants(get_session(), account),
        is_manager=account.role == Role.MANAGER,
        now=utc_now(),
    )


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    form = OpenRecordForm()
    if form.validate_on_submit():
        given = form.reference.data or "", form.reason.data or ""
        try:
            grant = duty_covers.open_record(
                session, account, *given, utc_now(), current_settings().base_url
            )
            flash("The record is open to you, for reading. The managers have been told.", "success")
            return redirect(url_for(".show", grant_id=grant.id))
        except Refused as refused:
            show_refusals(form, refused)
            note_miss()
    hours = get_scheme(session).duty_cover_hours
    page = render_template("duty_covers/new.html", form=form, hours=hours)
    return page, 422 if form.errors or form.form_errors else 200


@bp.get("/<uuid:grant_id>")
def show(grant_id: uuid.UUID) -> str:
    form = SignOffForm(formdata=None)
    form.verdict.choices = choices(CoverVerdict)
    return _page(grant_id, form)


def _page(grant_id: uuid.UUID, form: SignOffForm) -> str:
    session, account = get_session(), current_account()
    grant = duty_covers.get_grant(session, account, grant_id)
    return render_template(
        "duty_covers/show.html",
        grant=grant,
        form=form,
        stands=grant.stands_at(utc_now()),
        record_url=_record_url(grant),
        uses=duty_covers.list_uses(session, grant),
        is_manager=account.role == Role.MANAGER,
    )


def _record_url(grant: AccessGrant) -> str:
    if grant.family_id is not None:
        return url_for("families.show", family_id=grant.family_id)
    return url_for("volunteers.show", volunteer_id=grant.volunteer_id)


@bp.post("/<uuid:grant_id>/end")
def end(grant_id: uuid.UUID) -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        duty_covers.end(get_session(), current_account(), grant_id, utc_now())
        flash("The access has ended.", "success")
    return redirect(url_for(".show", grant_id=grant_id))


@bp.post("/<uuid:grant_id>/sign-off")
def sign_off(grant_id: uuid.UUID) -> ResponseReturnValue:
    form = SignOffForm()
    form.verdict.choices = choices(CoverVerdict)
    if form.validate_on_submit():
        given = CoverVerdict(form.verdict.data), form.note.data or "", utc_now()
        try:
            duty_covers.sign_off(get_session(), current_account(), grant_id, *given)
            flash("Signed off.", "success")
            return redirect(url_for(".list_grants"))
        except Refused as refused:
            show_refusals(form, refused)
    return _page(grant_id, form), 422
