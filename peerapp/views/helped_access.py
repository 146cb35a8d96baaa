"""Letting a family or a volunteer in again, as their coordinator; and the code's own page."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import current_scheme_id, get_database, get_session
from peerapp.domain.helped_access import LIFETIME, needs_code, questions_of
from peerapp.enums import HelpKind, ProofWay, Role, SignedInBy
from peerapp.errors import Refused, TooManyTries
from peerapp.extensions import current_settings, limiter
from peerapp.forms.helped_access import CodeFromWorkerForm, HelpForm
from peerapp.models import Account, utc_now
from peerapp.permissions import current_account
from peerapp.services import helped_access, read_out_codes
from peerapp.views import new_passwords, tries
from peerapp.views.auth import home_of, start
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary import choices

bp = Blueprint("helped_access", __name__)

WRONG = "The email address or the code is not right, or the code has run out"
TOO_MANY = "There were too many tries. Wait {}, or ask your worker"


@bp.route("/staff/families/<uuid:family_id>/help-in", methods=["GET", "POST"])
def family(family_id: uuid.UUID) -> ResponseReturnValue:
    back = url_for("families.show", family_id=family_id)
    return _help(family_id, Role.FAMILY, back)


@bp.route("/staff/volunteers/<uuid:volunteer_id>/help-in", methods=["GET", "POST"])
def volunteer(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    back = url_for("volunteers.show", volunteer_id=volunteer_id)
    return _help(volunteer_id, Role.VOLUNTEER, back)


def _help(person_id: uuid.UUID, role: Role, back: str) -> ResponseReturnValue:
    """Ask how it was made sure who they are; show a code in the answer, and nowhere else."""
    session, actor = get_session(), current_account()
    case = helped_access.get_case(session, actor, person_id, is_family=role is Role.FAMILY)
    form = HelpForm()
    form.answered.choices = choices(questions_of(role))
    if form.validate_on_submit():
        kind, way = HelpKind(form.kind.data), ProofWay(form.way.data)
        base_url = current_settings().base_url
        try:
            code = helped_access.help_in(
                session, actor, case, kind, way, form.answers, utc_now(), base_url
            )
        except Refused as refused:
            show_refusals(form, refused)
        else:
            if not needs_code(kind):
                flash("The second step is reset. They set up a new one when they sign in.")
                return redirect(back)
            shown = {"code": code, "minutes": LIFETIME[way].total_seconds() // 60, "back": back}
            return render_template("helped_access/code.html", **shown)
    page = render_template("helped_access/help.html", form=form, case=case, back=back, role=role)
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/sign-in/code", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def use_code() -> ResponseReturnValue:
    """Choose a new password with a code from a worker; every wrong one looks the same."""
    form = CodeFromWorkerForm()
    if form.validate_on_submit():
        try:
            owner = _owner(form.email.data, form.code.data)
        except TooManyTries as error:
            form.code.errors = [TOO_MANY.format(tries.in_words(error.wait))]
            return _code_page(form, 429)
        if owner is None:
            form.code.errors = [WRONG]
            return _code_page(form, 422)
        errors = new_passwords.errors_of(form.password.data, owner)
        if not errors:
            given = form.code.data, form.password.data, utc_now()
            account = read_out_codes.use(get_session(), owner, *given)
            start(account.id, SignedInBy.PASSWORD)
            return redirect(home_of(account))
        form.password.errors = errors
    return _code_page(form, 422 if form.errors else 200)


def _code_page(form: CodeFromWorkerForm, status: int) -> ResponseReturnValue:
    return render_template("helped_access/use_code.html", form=form), status


def _owner(email: str, code: str) -> Account | None:
    """Return whose code it is; a try counts as one to sign in does."""
    with tries.counted(tries.sign_in_tries(email)) as taken:
        with get_database().reading(current_scheme_id()) as reading:
            is_right = read_out_codes.find_owner(reading, email, code, utc_now()) is not None
        if is_right:
            tries.was_right(taken)
    return read_out_codes.find_owner(get_session(), email, code, utc_now()) if is_right else None
