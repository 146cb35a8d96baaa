"""Checking who a volunteer is: the route, the documents, what was seen."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain import identity
from peerapp.domain.identity import ROUTES, RULES, Dated, Shown, ShownDocument
from peerapp.enums import DocumentGroup, DocumentKind, IdentityRoute, SeenHow
from peerapp.errors import Refused
from peerapp.forms.identity_checks import (
    DocumentsForm,
    ExternalCheckForm,
    IdentityCheckForm,
    ReasonedCheckForm,
    WithdrawCheckForm,
    form_for,
)
from peerapp.permissions import current_account
from peerapp.services import gates, identity_checks, volunteers
from peerapp.views.parsing import member_or_none
from peerapp.views.refusals import show_refusals, show_refusals_beside
from peerapp.views.volunteers import action_page
from peerapp.vocabulary import choices

bp = Blueprint(
    "identity_checks", __name__, url_prefix="/staff/volunteers/<uuid:volunteer_id>/identity-check"
)

ROUTE = "<any(route_1, route_2, route_3):route>"
READ = ("identity", "name", "date_of_birth")
FORMS: dict[str, type[IdentityCheckForm]] = {
    IdentityRoute.ROUTE_1: IdentityCheckForm,
    IdentityRoute.ROUTE_2: ExternalCheckForm,
    IdentityRoute.ROUTE_3: ReasonedCheckForm,
}
QUESTIONS = {
    Dated.EXPIRES: "The last day on which it is valid.",
    Dated.ISSUED: "The day on which it was issued.",
    Dated.ISSUED_AT_BIRTH: "The day on which it was issued.",
    Dated.ISSUED_LATER: "The day on which it was issued.",
    Dated.ISSUED_BEFORE_1998: "The day on which it was issued.",
}


@bp.get("/")
def show(volunteer_id: uuid.UUID) -> str:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_volunteer(session, account, volunteer_id, READ)
    standing = identity_checks.standing_check(session, volunteer)
    return render_template(
        "identity_checks/show.html",
        volunteer=volunteer,
        standing=standing,
        older=[
            one for one in identity_checks.list_checks(session, volunteer) if one is not standing
        ],
        record=gates.find_record(volunteer, identity_checks.ITEM),
        routes=[(route, ROUTES[route]) for route in IdentityRoute],
    )


@bp.get(f"/{ROUTE}")
def choose(volunteer_id: uuid.UUID, route: str) -> str:
    volunteer = volunteers.find_volunteer(get_session(), current_account(), volunteer_id)
    return _choose_page(volunteer, IdentityRoute(route), _documents_form(route), ())


def _documents_form(route: str) -> DocumentsForm:
    """Return the form of a route's documents, with those ticked that the address names."""
    kinds = identity.kinds_for(IdentityRoute(route))
    given = {
        group.value: [one for one in request.args.getlist(group.value) if one in kinds]
        for group in DocumentGroup
    }
    form = DocumentsForm(data=given)
    for group in DocumentGroup:
        form[group.value].choices = choices(kind for kind in kinds if RULES[kind].group == group)
        form[group.value].process_data(given[group.value])
    return form


def _choose_page(volunteer: Any, route: IdentityRoute, form: Any, refusals: Any) -> str:
    return render_template(
        "identity_checks/choose.html",
        volunteer=volunteer,
        route=route,
        rule=ROUTES[route],
        form=form,
        refusals=refusals,
    )


@bp.route(f"/{ROUTE}/documents", methods=["GET", "POST"])
def record(volunteer_id: uuid.UUID, route: str) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_volunteer(session, account, volunteer_id, READ)
    by_route, kinds = IdentityRoute(route), _kinds()
    refusals = identity.combination_refusals(by_route, kinds)
    if refusals:
        return _choose_page(volunteer, by_route, _documents_form(route), refusals), 422
    dated = [
        (kind, QUESTIONS[RULES[kind].dated]) for kind in kinds if RULES[kind].dated != Dated.NONE
    ]
    form = form_for(FORMS[by_route], dated)(data={"checked_on": today()})
    if form.validate_on_submit() and _record(volunteer_id, by_route, kinds, form):
        flash("The identity check is recorded.", "success")
        return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
    page = render_template(
        "identity_checks/record.html",
        form=form,
        volunteer=volunteer,
        route=by_route,
        kinds=kinds,
        dates=[f"date_{kind.value}" for kind, _ in dated],
        back=url_for(".choose", volunteer_id=volunteer_id, route=route, **_chosen(kinds)),
    )
    return page, 422 if form.errors else 200


def _kinds() -> list[DocumentKind]:
    """Return the kinds that the address names, each once."""
    named = [
        member_or_none(DocumentKind, one)
        for group in DocumentGroup
        for one in request.args.getlist(group.value)
    ]
    return list(dict.fromkeys(kind for kind in named if kind is not None))


def _chosen(kinds: list[DocumentKind]) -> dict[str, list[str]]:
    return {
        group.value: [kind.value for kind in kinds if RULES[kind].group == group]
        for group in DocumentGroup
    }


def _record(
    volunteer_id: uuid.UUID, route: IdentityRoute, kinds: list[DocumentKind], form: Any
) -> bool:
    """Record the check, or put what is wrong on the form."""
    values = form.data
    shown = Shown(
        route=route,
        route_reason=values.get("route_reason") or "",
        documents=[ShownDocument(kind, values.get(f"date_{kind.value}")) for kind in kinds],
        checked_on=form.checked_on.data,
        name_confirmed=form.name_confirmed.data,
        birth_confirmed=form.birth_confirmed.data,
        address_confirmed=form.address_confirmed.data,
        external_check=bool(values.get("external_check")),
    )
    try:
        identity_checks.record_check(
            get_session(), current_account(), volunteer_id, shown,
            SeenHow(form.seen_how.data), today(),
        )  # fmt: skip
    except Refused as refused:
        beside = {kind.value: f"date_{kind.value}" for kind in kinds}
        show_refusals_beside(form, refused, beside)
    return not form.errors


@bp.route("/withdraw", methods=["GET", "POST"])
def withdraw(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = WithdrawCheckForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        try:
            identity_checks.withdraw_check(session, account, volunteer_id, reason, today())
            flash("The identity check does not count any more.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    text = (
        "The gate is open again. A coach who is not cleared any more is hidden from families at "
        "once. The record of the check stays."
    )
    heading = "Take the identity check back"
    return action_page(form, volunteer, heading, "Take it back", text, is_warning=True)
