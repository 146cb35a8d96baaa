"""The roles of volunteers: staff read them, a manager adds and changes them."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.errors import Refused, Stale
from peerapp.forms.check_rules import RoleForm
from peerapp.forms.onboarding import MoveForm
from peerapp.models import VolunteerRole
from peerapp.permissions import current_account
from peerapp.services import check_levels, volunteer_roles
from peerapp.services.volunteer_roles import RoleDetails
from peerapp.views.parsing import edition_number
from peerapp.views.refusals import show_refusals

bp = Blueprint("volunteer_roles", __name__, url_prefix="/staff/roles")


@bp.get("/")
def list_roles() -> str:
    checks = check_levels.list_role_checks(get_session(), with_retired=True)
    return render_template("volunteer_roles/list.html", checks=checks)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = RoleForm()
    if form.validate_on_submit():
        coaches = form.coaches_families.data == "yes"
        try:
            role = volunteer_roles.add_role(
                get_session(), current_account(), _details(form), coaches_families=coaches
            )
            return _done(f"The role “{role.name}” is added.")
        except Refused as refused:
            show_refusals(form, refused)
    return _edit_page(form, None)


@bp.route("/<slug>", methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    session = get_session()
    role = volunteer_roles.get_role(session, slug)
    known = {"name": role.name, "summary": role.summary, "edition": role.edition}
    form = RoleForm(data={**known, **role.answers})
    del form.coaches_families
    if form.validate_on_submit():
        try:
            volunteer_roles.change_role(
                session, current_account(), slug, form.edition.data, _details(form)
            )
            return _done(f"The role “{form.name.data}” is changed.")
        except Refused as refused:
            show_refusals(form, refused)
        except Stale:
            form.form_errors.append("A colleague has changed this role meanwhile. Open it again.")
    return _edit_page(form, role)


@bp.post("/<slug>/retire")
def retire(slug: str) -> ResponseReturnValue:
    if not MoveForm().validate_on_submit():
        abort(400)
    edition = edition_number(request.form.get("edition"))
    volunteer_roles.retire_role(get_session(), current_account(), slug, edition, today())
    return _done("The role is not offered any more. Those who have it keep it.")


def _details(form: RoleForm) -> RoleDetails:
    return RoleDetails(form.name.data or "", form.summary.data or "", form.answers())


def _edit_page(form: RoleForm, role: VolunteerRole | None) -> ResponseReturnValue:
    page = render_template("volunteer_roles/edit.html", form=form, role=role)
    return page, 422 if form.errors else 200


def _done(text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("volunteer_roles.list_roles"))
