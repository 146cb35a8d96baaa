"""DBS certificates: recording, accepting, setting a status, deciding on content."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.enums import CertificateStatus, CheckLevel, RiskDecision, Workforce
from peerapp.errors import Refused
from peerapp.forms.checks import CertificateForm, RiskForm, StatusForm
from peerapp.forms.onboarding import MoveForm
from peerapp.models import Certificate, Volunteer
from peerapp.permissions import current_account
from peerapp.services import checks, volunteers
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
    if form.validate_on_submit():
        try:
            checks.record_certificate(session, account, volunteer_id, _details(form), today())
            return _done(volunteer_id, "The certificate is recorded. It counts once accepted.")
        except Refused as refused:
            show_refusals(form, refused)
    warning = "An earlier certificate stops counting as soon as you record a newer one."
    return action_page(form, volunteer, "Record a DBS certificate", "Record", COPY, warning)


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


@bp.route("/<uuid:certificate_id>/risk", methods=["GET", "POST"])
def risk(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer, certificate = _find(volunteer_id, certificate_id)
    form = RiskForm()
    if form.validate_on_submit():
        decision = RiskDecision(form.decision.data)
        ids = volunteer_id, certificate.id
        try:
            checks.decide_risk(session, account, *ids, decision, today())
            return _done(volunteer_id, "Your decision is recorded.")
        except Refused as refused:
            show_refusals(form, refused)
    text = "Only the decision and its date are kept here, never what the certificate says."
    heading = "Decide on a certificate with content"
    return action_page(form, volunteer, heading, "Record the decision", text)
