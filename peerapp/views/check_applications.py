"""Applications for DBS checks: sent off, followed, withdrawn, and the list of those open."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.check_applications import open_application, usual_reason
from peerapp.enums import ApplicationReason, ApplicationState
from peerapp.errors import Refused
from peerapp.forms.check_applications import StepForm, SubmitForm
from peerapp.forms.onboarding import ReasonForm
from peerapp.permissions import current_account
from peerapp.services import check_applications, check_overviews, volunteers
from peerapp.services.check_applications import Sending
from peerapp.services.schemes import get_scheme
from peerapp.views.parsing import page_number
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page

bp = Blueprint("check_applications", __name__, url_prefix="/staff")

OF_VOLUNTEER = "/volunteers/<uuid:volunteer_id>/applications"
HEADINGS = {
    ApplicationState.WITH_DBS: "When did the application reach DBS?",
    ApplicationState.ISSUED: "When was the certificate issued?",
}


@bp.get("/applications")
def list_applications() -> str:
    session, page = get_session(), page_number(request.args.get("page"))
    found, total, late = check_overviews.list_open(session, current_account(), today(), page)
    return render_template(
        "check_applications/list.html",
        standings=found,
        total=total,
        late=late,
        flag_days=get_scheme(session).application_flag_days,
        page=page,
        pages=-(-total // check_overviews.PAGE),
    )


@bp.route(OF_VOLUNTEER + "/new", methods=["GET", "POST"])
def submit(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    opened = open_application(volunteer)
    reason = opened.reason if opened else usual_reason(volunteer)
    form = SubmitForm(data={"on": today(), "reason": reason.value})
    if form.validate_on_submit():
        sending = Sending(
            form.reference.data or "", form.on.data, ApplicationReason(form.reason.data)
        )
        try:
            check_applications.submit(session, account, volunteer_id, sending, today())
            return _done(volunteer_id, "The application is recorded.")
        except Refused as refused:
            show_refusals(form, refused)
    missing = check_applications.submission_refusals(session, volunteer, today())
    page = render_template(
        "check_applications/submit.html", form=form, volunteer=volunteer, missing=missing
    )
    return page, 422 if form.errors else 200


@bp.route(
    OF_VOLUNTEER + "/<uuid:application_id>/<any(with_dbs, issued):state>", methods=["GET", "POST"]
)
def advance(volunteer_id: uuid.UUID, application_id: uuid.UUID, state: str) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    check_applications.find_application(volunteer, application_id)
    to = ApplicationState(state)
    form = StepForm(data={"on": today()})
    if form.validate_on_submit():
        ids = volunteer_id, application_id
        try:
            check_applications.advance(session, account, *ids, to, form.on.data, today())
            return _done(volunteer_id, "The step is recorded.")
        except Refused as refused:
            show_refusals(form, refused)
    return action_page(form, volunteer, HEADINGS[to], "Record")


@bp.route(OF_VOLUNTEER + "/<uuid:application_id>/withdraw", methods=["GET", "POST"])
def withdraw(volunteer_id: uuid.UUID, application_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    check_applications.find_application(volunteer, application_id)
    form = ReasonForm()
    if form.validate_on_submit():
        ids = volunteer_id, application_id
        try:
            check_applications.withdraw(session, account, *ids, form.reason.data or "", today())
            return _done(volunteer_id, "The application is withdrawn.")
        except Refused as refused:
            show_refusals(form, refused)
    text = "It will lead to no certificate. Tell the umbrella body as well."
    heading = "Withdraw the application for a DBS check"
    return action_page(form, volunteer, heading, "Withdraw", text, is_warning=True)


def _done(volunteer_id: uuid.UUID, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id) + "#applications")
