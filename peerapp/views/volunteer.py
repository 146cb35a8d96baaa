"""The volunteer's own pages: where things stand, the profile, sending and withdrawing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp import new_messages
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import DropOutReason, Gate
from peerapp.errors import Refused
from peerapp.forms.profile import PAGES, DeclarationForm, ProfilePage, WithdrawForm
from peerapp.models import Account, Volunteer, utc_now
from peerapp.permissions import current_account
from peerapp.services import (
    coming_up,
    match_offers,
    onboarding,
    own_certificates,
    panels,
    profiles,
    progress,
    task_lists,
    volunteers,
)
from peerapp.services.progress import Task
from peerapp.views.parsing import member_or_none
from peerapp.views.refusals import show_refusals

bp = Blueprint("volunteer", __name__, url_prefix="/volunteer")

ORDER = tuple(PAGES)


@bp.get("/")
def home() -> str:
    session, day = get_session(), today()
    volunteer = volunteers.get_own(session, current_account())
    around = task_lists.get_around(session, volunteer, day)
    mine = progress.get_progress(volunteer, day, around)
    values: dict[str, Any] = {
        "tasks": _linked(mine.tasks),
        "conditions": panels.conditions_of(volunteer),
    }
    values["reminders"] = own_certificates.reminders(volunteer, today())
    values["offers"] = match_offers.list_own(session, current_account(), today())
    values["coming"] = _coming(current_account()) if mine.has_coached else None
    return render_template("volunteer/home.html", **values, mine=mine, page_names=_page_names())


def _coming(actor: Account) -> coming_up.ComingUp:
    return coming_up.for_coach(get_session(), actor, utc_now(), new_messages.count_once(actor))


TASK_PAGES = {
    Gate.CERTIFICATE: "certificate.show",
    Gate.REFERENCES: "referees.list_referees",
    Gate.CORE_TRAINING: "training.show",
    Gate.AGREEMENT: "volunteer_agreements.sign",
}
"""Gates on which the volunteer works on a page of their own."""


def _linked(tasks: list[Task]) -> list[Task]:
    """Give the tasks that the volunteer can do something about the address where they do it."""
    return [
        replace(task, href=url_for(TASK_PAGES[task.gate])) if task.gate in TASK_PAGES else task
        for task in tasks
    ]


def _page_names() -> dict[str, str]:
    return {page: form.heading for page, form in PAGES.items()}


@bp.route("/profile/<any(" + ", ".join(ORDER) + "):page>", methods=["GET", "POST"])
def profile(page: str) -> ResponseReturnValue:
    volunteer = volunteers.get_own(get_session(), current_account())
    form = PAGES[page].starting(profiles.page_values(volunteer, page))
    fixed = page == "about" and profiles.is_identity_fixed(volunteer)
    if fixed:
        del form.first_name, form.last_name, form.date_of_birth
    if form.validate_on_submit() and _save(page, form):
        later = "later" in request.form
        return redirect(url_for("volunteer.home") if later else _after(page))
    status = 422 if form.errors else 200
    return _profile_page(page, form, volunteer if fixed else None), status


def _save(page: str, form: ProfilePage) -> bool:
    """Save the page, or put what is wrong on the form."""
    try:
        profiles.save_page(get_session(), current_account(), page, form.values(), today())
    except Refused as refused:
        show_refusals(form, refused)
    return not form.errors


def _profile_page(page: str, form: ProfilePage, fixed: Volunteer | None) -> str:
    return render_template(
        "volunteer/profile.html",
        form=form,
        page=page,
        position=ORDER.index(page) + 1,
        pages=len(ORDER),
        back=_before(page),
        fixed=fixed,
        from_check=_from_check(),
    )


def _from_check() -> bool:
    return request.args.get("from") == "check"


def _before(page: str) -> str:
    if _from_check():
        return url_for("volunteer.check")
    index = ORDER.index(page)
    return url_for("volunteer.profile", page=ORDER[index - 1]) if index else url_for(".home")


def _after(page: str) -> str:
    """Lead on to the next page, or back to where the change was asked for."""
    following = ORDER[ORDER.index(page) + 1 :]
    if _from_check() or not following:
        return url_for("volunteer.check")
    return url_for("volunteer.profile", page=following[0])


@bp.route("/check", methods=["GET", "POST"])
def check() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_own(session, account)
    form = DeclarationForm()
    if form.validate_on_submit():
        try:
            onboarding.submit_application(session, account, today())
            return redirect(url_for("volunteer.sent"))
        except Refused as refused:
            show_refusals(form, refused)
    values: dict[str, Any] = {
        "mine": progress.get_progress(volunteer, today()),
        "answers": profiles.in_words(volunteer),
        "page_names": _page_names(),
    }
    page = render_template("volunteer/check.html", form=form, **values)
    return page, 422 if form.errors else 200


@bp.get("/sent")
def sent() -> ResponseReturnValue:
    volunteer = volunteers.get_own(get_session(), current_account())
    mine = progress.get_progress(volunteer, today())
    if not mine.has_applied:
        return redirect(url_for("volunteer.home"))
    reference = volunteers.reference(volunteer)
    return render_template("volunteer/sent.html", mine=mine, reference=reference)


@bp.route("/withdraw", methods=["GET", "POST"])
def withdraw() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    mine = progress.get_progress(volunteers.get_own(session, account), today())
    if not mine.may_withdraw:
        return redirect(url_for("volunteer.home"))
    form = WithdrawForm()
    if form.validate_on_submit():
        why = member_or_none(DropOutReason, form.drop_out.data) or DropOutReason.NOT_SAID
        words = form.words.data or ""
        onboarding.withdraw(session, account, today(), drop_out=why, words=words)
        flash("You have withdrawn your application.", "success")
        return redirect(url_for("volunteer.home"))
    page = render_template("volunteer/withdraw.html", form=form, mine=mine)
    return page, 422 if form.errors else 200
