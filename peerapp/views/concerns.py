"""Raising a safeguarding concern from any page, and where it stands."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp import wording
from peerapp.db import get_session
from peerapp.enums import ConcernAbout, Role
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.concerns import ConcernForm
from peerapp.models import Match, utc_now
from peerapp.permissions import current_account
from peerapp.services import concerns
from peerapp.services.concerns import Report, Subject
from peerapp.views.parsing import uuid_or_none
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary import label

bp = Blueprint("concerns", __name__, url_prefix="/concerns")

NO_FAMILY = "none"
ABOUT = {
    Role.FAMILY: {
        ConcernAbout.CHILD: "A child",
        ConcernAbout.FAMILY_ADULT: "Me, or another adult in my family",
        ConcernAbout.COACH: "My coach",
        ConcernAbout.STAFF: "Someone who works here",
        ConcernAbout.SOMEBODY_ELSE: "Someone else",
    },
    Role.VOLUNTEER: {
        ConcernAbout.CHILD: "A child",
        ConcernAbout.FAMILY_ADULT: "An adult in the family",
        ConcernAbout.COACH: "Me, or another volunteer",
        ConcernAbout.STAFF: "Someone who works for the scheme",
        ConcernAbout.SOMEBODY_ELSE: "Someone else",
    },
}
"""What the reporter calls whom they worry about; staff read the labels."""

STOP_HINTS = {
    Role.FAMILY: (
        "You and your coach could then not see how to reach each other. "
        "Nobody tells your coach why. If it is about your coach, we always do this."
    ),
    Role.VOLUNTEER: (
        "You and the family could then not see how to reach each other. "
        "Nobody tells the family why. If you chose a family and it is about its coach, we always "
        "do this. If you chose none, it is done for each of your families."
    ),
}
STAFF_STOP_HINT = (
    "Family and coach then see no contact details and are not told why. "
    "If it is about the coach, contact always stops."
)
OF_VOLUNTEER_STOP_HINT = (
    "It is done for every family that this volunteer meets. They see no contact details then and "
    "are not told why. If it is about the coach, contact always stops."
)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    form = ConcernForm(data={"form_key": str(uuid.uuid4()), "match_id": request.args.get("match")})
    subject = _prepare(form)
    if form.validate_on_submit():
        try:
            given = subject, _report(form), utc_now(), current_settings().base_url
            concern = concerns.raise_concern(session, actor, *given)
            return redirect(url_for(".sent", concern_id=concern.id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("concerns/new.html", form=form, subject=subject, role=actor.role)
    return page, 422 if form.errors else 200


def _prepare(form: ConcernForm) -> Subject:
    """Give the form what this reporter is asked, and return whom it is about so far."""
    session, actor = get_session(), current_account()
    words = ABOUT.get(actor.role, {})
    form.about.choices = [(one.value, words.get(one, label(one))) for one in ConcernAbout]
    matches = concerns.list_own_matches(session, actor) if actor.role == Role.VOLUNTEER else []
    form.match_id.choices = [
        *((str(one.id), _of_coach(one)) for one in matches),
        (NO_FAMILY, "None of these"),
    ]
    if form.match_id.data not in {str(one.id) for one in matches}:
        form.match_id.data = None if form.match_id.data != NO_FAMILY else NO_FAMILY
    if not matches:
        del form.match_id
    subject = _subject(form)
    if not (subject.can_stop or matches):
        del form.stop_contact
    else:
        of_staff = STAFF_STOP_HINT if subject.match else OF_VOLUNTEER_STOP_HINT
        form.stop_contact.description = STOP_HINTS.get(actor.role, of_staff)
    return subject


def _subject(form: ConcernForm) -> Subject:
    session, actor = get_session(), current_account()
    if actor.role == Role.FAMILY:
        return concerns.subject_for_family(session, actor)
    if actor.role == Role.VOLUNTEER:
        chosen = uuid_or_none(form.match_id.data) if "match_id" in form else None
        return concerns.subject_for_coach(session, actor, chosen)
    return concerns.subject_for_staff(
        session,
        actor,
        match_id=uuid_or_none(request.args.get("match")),
        family_id=uuid_or_none(request.args.get("family")),
        volunteer_id=uuid_or_none(request.args.get("volunteer")),
    )


def _of_coach(match: Match) -> str:
    """Name a coach's match without anything that would be a view of contact details.

    Where the family lives is left out: it may have moved since the match ended.
    """
    words = f"Your family, {wording.slot(match.slot)}"
    return f"{words}, until {wording.date(match.ended_on)}" if match.ended_on else words


def _report(form: ConcernForm) -> Report:
    return Report(
        form_key=uuid_or_none(form.form_key.data) or uuid.uuid4(),
        about=ConcernAbout(form.about.data),
        danger_now=form.danger_now.data == "yes",
        words=form.words.data or "",
        stop_contact="stop_contact" in form and form.stop_contact.data == "yes",
    )


@bp.get("/<uuid:concern_id>/sent")
def sent(concern_id: uuid.UUID) -> str:
    concern = concerns.get_own(get_session(), current_account(), concern_id)
    return render_template(
        "concerns/sent.html",
        concern=concern,
        is_stopped=concerns.is_contact_stopped(concern),
        role=current_account().role,
    )


@bp.get("/")
def list_own() -> str:
    found = concerns.list_own(get_session(), current_account())
    return render_template("concerns/list_own.html", concerns=found, role=current_account().role)
