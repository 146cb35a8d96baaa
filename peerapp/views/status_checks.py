"""Status checks with DBS: asking, reading what came of it, those that need a person, settings."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import StatusOutcome
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.status_checks import AskForm, StatusSettingsForm
from peerapp.models import utc_now
from peerapp.permissions import ROUTES, current_account
from peerapp.services import status_check_pages, status_check_settings, status_checks
from peerapp.services.schemes import get_scheme
from peerapp.services.status_check_settings import StatusSettings
from peerapp.views.refusals import show_refusals

bp = Blueprint("status_checks", __name__, url_prefix="/staff")

REFRESH_SECONDS = 2
REFRESH_FOR = timedelta(minutes=2)  # no longer: a page that loads itself keeps its session alive


@bp.get("/status-checks/")
def list_flagged() -> str:
    account = current_account()
    return render_template(
        "status_checks/list.html",
        flagged=status_check_pages.list_flagged(get_session(), account, today()),
        may_set_up=ROUTES["status_checks.set_up"].who(account),
        is_on=is_on(),
    )


def is_on() -> bool:
    """Say whether this site may reach the Update Service at all."""
    return bool(current_settings().update_service_url)


@bp.post("/volunteers/<uuid:volunteer_id>/status-checks")
def ask(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """Put the question; DBS is asked after this request, which holds a transaction open."""
    if not AskForm().validate_on_submit():
        abort(400)
    check = status_checks.check_one(
        get_session(),
        current_account(),
        volunteer_id,
        is_on=is_on(),
        now=utc_now(),
        today=today(),
    )
    return redirect(url_for("status_checks.show", check_id=check.id))


@bp.get("/status-checks/<uuid:check_id>")
def show(check_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    check = status_check_pages.get_check(session, account, check_id)
    page = render_template(
        "status_checks/show.html",
        check=check,
        volunteer=check.certificate.volunteer,
        meaning=status_check_pages.explain(check),
        to_do=status_check_pages.to_do(check),
    )
    response = make_response(page)
    if check.outcome == StatusOutcome.ASKED and utc_now() - check.created_at < REFRESH_FOR:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.route("/status-checks/settings", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    scheme = get_scheme(session)
    form = StatusSettingsForm(
        data={
            "organisation": scheme.status_organisation or scheme.council,
            "checker_forename": scheme.status_checker_forename,
            "checker_surname": scheme.status_checker_surname,
            "every_days": scheme.status_check_days,
            "terms_agreed": scheme.status_terms_agreed_on is not None,
        }
    )
    if form.validate_on_submit():
        try:
            status_check_settings.save(session, account, _given(form), today())
            flash("The settings of status checks have been saved.", "success")
            return redirect(url_for("status_checks.list_flagged"))
        except Refused as refused:
            show_refusals(form, refused)
    agreed_on = scheme.status_terms_agreed_on
    page = render_template(
        "status_checks/settings.html", form=form, is_on=is_on(), agreed_on=agreed_on
    )
    return page, 422 if form.errors else 200


def _given(form: StatusSettingsForm) -> StatusSettings:
    return StatusSettings(
        organisation=form.organisation.data or "",
        checker_forename=form.checker_forename.data or "",
        checker_surname=form.checker_surname.data or "",
        every_days=form.every_days.data or 0,
        terms_agreed=bool(form.terms_agreed.data),
    )
