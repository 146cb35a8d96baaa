"""DBS certificates: recording, accepting, matching names, setting a status, Update Service."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.enums import CertificateStatus, CheckLevel, NameReason, Workforce
from peerapp.errors import Refused
from peerapp.forms.checks import (
    CertificateForm,
    ConfirmForm,
    JoinForm,
    NameForm,
    StatusForm,
)
from peerapp.forms.onboarding import MoveForm
from peerapp.models import Certificate, Volunteer
from peerapp.permissions import current_account
from peerapp.services import checks, subscriptions, volunteers
from peerapp.views.parsing import member_or_none
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page
from peerapp.vocabulary import choices

bp = Blueprint("checks", __name__, url_prefix="/staff/volunteers/<uuid:volunteer_id>/certificates")

ACCEPTED = CertificateStatus.ACCEPTED  # set by its own button, which shows what is missing
COPY = "Copy these details from the original. Do not keep a photo or a scan of it."


@bp.route("/new", methods=["GET", "POST"])
def record(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = CertificateForm(data={"seen_on": today()})
    _ask_for_other_name(form, volunteer)
    if form.validate_on_submit():
        try:
            checks.record_certificate(session, account, volunteer_id, _details(form), today())
            return _done(volunteer_id, "The certificate is recorded. It counts once accepted.")
        except Refused as refused:
            show_refusals(form, refused)
    warning = "An earlier certificate stops counting as soon as you record a newer one."
    return action_page(form, volunteer, "Record a DBS certificate", "Record", COPY, warning)


def _ask_for_other_name(form: CertificateForm, volunteer: Volunteer) -> None:
    """Keep the questions on another name only where one has been typed and said to be theirs."""
    is_theirs = form.name_matches.data == "yes"
    printed = form.name_as_printed.data or ""
    if not is_theirs or not printed or checks.is_name_known(volunteer, printed):
        del form.name_reason, form.name_evidence


def _details(form: CertificateForm) -> CertificateDetails:
    return CertificateDetails(
        number="".join((form.number.data or "").split()),
        issue_date=form.issue_date.data,
        level=CheckLevel(form.level.data),
        workforce=Workforce(form.workforce.data),
        name_as_printed=form.name_as_printed.data or "",
        name_matches=form.name_matches.data == "yes",
        has_content=form.has_content.data == "yes",
        seen_on=form.seen_on.data,
        **dict(zip(("name_reason", "name_evidence"), _name_reason(form), strict=True)),
    )


def _done(volunteer_id: uuid.UUID, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))


def _find(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> tuple[Volunteer, Certificate]:
    volunteer = volunteers.find_volunteer(get_session(), current_account(), volunteer_id)
    return volunteer, checks.find_certificate(volunteer, certificate_id)


@bp.route("/<uuid:certificate_id>/correct", methods=["GET", "POST"])
def correct(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    certificate = checks.view_certificate(session, account, volunteer_id, certificate_id)
    volunteer = certificate.volunteer
    form = CertificateForm(data=_known(certificate))
    _ask_for_other_name(form, volunteer)
    if form.validate_on_submit():
        ids = volunteer_id, certificate_id
        try:
            checks.correct_certificate(session, account, *ids, _details(form), today())
            return _done(volunteer_id, "The details are corrected. Accept the certificate again.")
        except Refused as refused:
            show_refusals(form, refused)
    return action_page(form, volunteer, "Correct the certificate’s details", "Save", COPY)


def _known(certificate: Certificate) -> dict[str, Any]:
    names = ("number", "issue_date", "level", "workforce", "name_as_printed", "seen_on")
    names += ("name_reason", "name_evidence")
    known = {name: getattr(certificate, name) for name in names}
    answers = {
        name: "yes" if getattr(certificate, name) else "no"
        for name in ("name_matches", "has_content")
    }
    return {**known, **answers}


@bp.post("/<uuid:certificate_id>/accept")
def accept(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    if not MoveForm().validate_on_submit():
        abort(400)
    session, account = get_session(), current_account()
    checks.accept_certificate(session, account, volunteer_id, certificate_id, today())
    return _done(volunteer_id, "The certificate is accepted.")


@bp.route("/<uuid:certificate_id>/status", methods=["GET", "POST"])
def status(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer, certificate = _find(volunteer_id, certificate_id)
    form = StatusForm()
    others = [one for one in checks.open_statuses(certificate, account) if one != ACCEPTED]
    form.status.choices = choices(others)
    if form.validate_on_submit():
        given = CertificateStatus(form.status.data), form.note.data or ""
        ids = volunteer_id, certificate_id
        try:
            checks.set_status(session, account, *ids, *given, today())
            return _done(volunteer_id, "The status is changed.")
        except Refused as refused:
            show_refusals(form, refused)
    text = "Each of these takes the coach’s clearance away at once."
    return action_page(form, volunteer, "Change the certificate’s status", "Save", text)


@bp.route("/<uuid:certificate_id>/name", methods=["GET", "POST"])
def match_name(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    certificate = checks.view_certificate(session, account, volunteer_id, certificate_id)
    volunteer = certificate.volunteer
    form = NameForm()
    if checks.is_name_known(volunteer, certificate.name_as_printed):
        del form.name_reason, form.name_evidence
    if form.validate_on_submit():
        given = _name_reason(form)
        try:
            checks.match_name(session, account, volunteer_id, certificate_id, *given, today())
            return _done(volunteer_id, "The name on the certificate is matched.")
        except Refused as refused:
            show_refusals(form, refused)
    text = f"The certificate is printed for “{certificate.name_as_printed}”."
    return action_page(form, volunteer, "Match the name on the certificate", "Save", text)


def _name_reason(form: NameForm | CertificateForm) -> tuple[NameReason | None, str]:
    if "name_reason" not in form:
        return None, ""
    return member_or_none(NameReason, form.name_reason.data), form.name_evidence.data or ""


@bp.route("/<uuid:certificate_id>/update-service", methods=["GET", "POST"])
def join(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer, certificate = _find(volunteer_id, certificate_id)
    held = certificate.subscription
    form = JoinForm(data={"joined_on": held.joined_on} if held else {})
    if form.validate_on_submit():
        try:
            ids = volunteer_id, certificate_id
            subscriptions.join(session, account, *ids, form.joined_on.data, today())
            return _done(volunteer_id, "The certificate is recorded as in the Update Service.")
        except Refused as refused:
            show_refusals(form, refused)
    heading = "Record that the certificate joined the Update Service"
    texts = subscriptions.window_in_words(volunteer, certificate, today())
    return action_page(form, volunteer, heading, "Record", *texts)


@bp.route("/<uuid:certificate_id>/update-service/renewed", methods=["GET", "POST"])
def renew(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer, _ = _find(volunteer_id, certificate_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        subscriptions.renew(session, account, volunteer_id, certificate_id, today())
        return _done(volunteer_id, "The subscription is recorded as renewed for a year.")
    text = "Record this once the volunteer has renewed it with DBS. It is free for volunteers."
    return action_page(form, volunteer, "Record a renewed subscription", "Record", text)


@bp.route("/<uuid:certificate_id>/update-service/ended", methods=["GET", "POST"])
def end_subscription(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer, _ = _find(volunteer_id, certificate_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        subscriptions.end(session, account, volunteer_id, certificate_id, today())
        return _done(volunteer_id, "The subscription is recorded as ended.")
    text = "The certificate cannot join again: only a new one can. Status checks are not possible."
    return action_page(
        form, volunteer, "Record that the subscription ended", "Record", text, is_warning=True
    )
