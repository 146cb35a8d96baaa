"""Volunteers as staff see them: the list, the record, and small settings of it."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.gate_steps import GateStep
from peerapp.enums import Gate, GateItem, VolunteerState, WaitsFor
from peerapp.errors import Refused
from peerapp.forms.onboarding import IdentityForm, MoveForm, SchemePhoneForm
from peerapp.forms.volunteers import SearchForm
from peerapp.models import Volunteer
from peerapp.permissions import ROUTES, current_account
from peerapp.services import (
    check_overviews,
    gates,
    profiles,
    standings,
    status_check_pages,
    timelines,
    volunteers,
)
from peerapp.services.standings import Standing
from peerapp.services.volunteers import Filters
from peerapp.views.parsing import member_or_none, page_number, uuid_or_none
from peerapp.views.refusals import show_refusals
from peerapp.views.status_checks import is_on
from peerapp.views.wait_wording import waits_in_words
from peerapp.vocabulary import check_label, label

bp = Blueprint("volunteers", __name__, url_prefix="/staff/volunteers")


@bp.get("/")
def list_volunteers() -> str:
    filters = Filters(
        state=member_or_none(VolunteerState, request.args.get("state")),
        locality_id=uuid_or_none(request.args.get("locality")),
    )
    return _list_page(filters, SearchForm(), page_number(request.args.get("page")))


@bp.post("/search")
def search() -> ResponseReturnValue:
    """Search by POST: a name belongs in no address and no log."""
    form = SearchForm()
    if not form.validate_on_submit():
        return _list_page(Filters(), form, 1), 422
    return _list_page(Filters(search=form.search.data or "", every_state=True), form, 1)


def _list_page(filters: Filters, form: FlaskForm, page: int) -> str:
    session, account, day = get_session(), current_account(), today()
    found, pages = volunteers.list_volunteers(session, account, filters, page)
    return render_template(
        "volunteers/list.html",
        rows=[
            (one, volunteers.reference(one), standings.count_gates_met(one, day)) for one in found
        ],
        filters=filters,
        form=form,
        page=page,
        pages=pages,
        states=list(VolunteerState),
        localities=volunteers.list_localities(session, account),
        link=_page_link(filters),
    )


def _page_link(filters: Filters) -> str:
    address = url_for(
        "volunteers.list_volunteers",
        state=filters.state.value if filters.state else None,
        locality=str(filters.locality_id) if filters.locality_id else None,
    )
    return f"{address}{'&' if '?' in address else '?'}page="


@bp.get("/<uuid:volunteer_id>")
def show(volunteer_id: uuid.UUID) -> str:
    session, account, day = get_session(), current_account(), today()
    standing = standings.get_standing(session, account, volunteer_id, day)
    return render_template(
        "volunteers/show.html",
        standing=standing,
        answers=profiles.in_words(standing.volunteer),
        tasks=_tasks(standing, day),
        waits=[(one, waits_in_words(one.who, one.days(day))) for one in standing.waits],
        check=check_overviews.get_overview(session, standing.volunteer, day),
        status=status_check_pages.get_overview(
            session, account, standing.volunteer, is_on=is_on(), today=day
        ),
        may_check=ROUTES["status_checks.ask"].who(account),
    )


GATE_PAGES = {
    Gate.IDENTITY: "identity_checks.show",
    Gate.REFERENCES: "references.list_references",
    Gate.INTERVIEW: "interviews.show",
    Gate.DBS_LEVEL: "check_levels.choose",
}
"""Where a gate is worked on; the others have a part of the record's own page."""


def _tasks(standing: Standing, today: date) -> list[dict[str, str | None]]:
    """Return the task list: a line for each gate, with what is next and who it waits for."""
    return [_task(standing, step, today) for step in standing.steps]


def _task(standing: Standing, step: GateStep, today: date) -> dict[str, str | None]:
    person = standing.volunteer
    hint = step.text
    if step.gate == Gate.DBS_LEVEL and person.check_level and person.check_workforce:
        hint = check_label(person.check_level, person.check_workforce)
    if not step.is_met:
        hint = f"{hint} {waits_in_words(step.who, step.days(today))}"
    href = f"#{step.gate.value}"
    if step.gate in GATE_PAGES:
        href = url_for(GATE_PAGES[step.gate], volunteer_id=person.id)
    elif step.gate == Gate.AGREEMENT:
        item = GateItem.AGREEMENT.value
        href = url_for("onboarding.gate", volunteer_id=person.id, item=item)
    status, state = STATUSES.get(step.who, ("Waiting", "waiting"))
    status, state = ("Done", "done") if step.is_met else (status, state)
    title = label(step.gate)
    shown = href if standing.is_open else None
    return {"title": title, "hint": hint, "status": status, "state": state, "href": shown}


STATUSES = {WaitsFor.COORDINATOR: ("To do", "todo"), WaitsFor.NOBODY: ("Done", "done")}
"""What staff read beside a gate that is open; everything else waits for somebody else."""


@bp.get("/<uuid:volunteer_id>/timeline")
def timeline(volunteer_id: uuid.UUID) -> str:
    page = page_number(request.args.get("page"))
    found = timelines.get_timeline(get_session(), current_account(), volunteer_id, page)
    return render_template("volunteers/timeline.html", timeline=found, page=page)


@bp.route("/<uuid:volunteer_id>/scheme-phone", methods=["GET", "POST"])
def scheme_phone(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = SchemePhoneForm(data={"scheme_phone": volunteer.scheme_phone})
    if form.validate_on_submit():
        volunteers.set_scheme_phone(session, account, volunteer_id, form.scheme_phone.data or "")
        flash("The phone number from the scheme has been saved.", "success")
        return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
    return action_page(form, volunteer, "Phone number from the scheme", "Save")


@bp.route("/<uuid:volunteer_id>/identity", methods=["GET", "POST"])
def identity(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    shown = ("name", "date_of_birth")
    volunteer = volunteers.get_volunteer(session, account, volunteer_id, shown)
    form = IdentityForm(obj=volunteer)
    if form.validate_on_submit():
        names = form.first_name.data, form.last_name.data
        try:
            gates.change_identity(
                session, account, volunteer_id, *names, form.date_of_birth.data, today()
            )
            flash("The details have been saved. Check identity documents again.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    text = "A change opens the identity check again: look at the documents before you record it."
    return action_page(form, volunteer, "Change name or date of birth", "Save", text)


@bp.post("/<uuid:volunteer_id>/details-right")
def resolve_query(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    if MoveForm().validate_on_submit():
        volunteers.resolve_query(get_session(), current_account(), volunteer_id, today())
        flash("The details count as right again.", "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))


def action_page(
    form: FlaskForm,
    volunteer: Volunteer,
    heading: str,
    button: str,
    *texts: str,
    is_warning: bool = False,
) -> ResponseReturnValue:
    """Render a page that asks for what one act on a volunteer needs."""
    page = render_template(
        "volunteers/action.html",
        form=form,
        volunteer=volunteer,
        heading=heading,
        button=button,
        texts=texts,
        is_warning=is_warning,
    )
    return page, 422 if form.errors else 200
