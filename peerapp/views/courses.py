"""Training as staff see it: the calendar of sessions, attendance, and the scheme's courses."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp import wording
from peerapp.clock import LONDON, today
from peerapp.db import get_session
from peerapp.enums import BookingState
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.courses import CourseForm, PickSessionForm, SessionForm, clock_time
from peerapp.forms.onboarding import MoveForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import course_places, course_sessions, courses, training, volunteers
from peerapp.services.course_sessions import Dated, SessionValues
from peerapp.services.courses import CourseEntry, CourseValues
from peerapp.views.parsing import member_or_none
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page
from peerapp.vocabulary import label

bp = Blueprint("courses", __name__, url_prefix="/staff/training")

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@bp.get("/")
def calendar() -> str:
    month = _month(request.args.get("month"))
    session, now = get_session(), utc_now()
    return render_template(
        "courses/calendar.html",
        month=month,
        before=(month - timedelta(days=1)).replace(day=1),
        after=(month + timedelta(days=32)).replace(day=1),
        dates=course_sessions.list_month(session, month, now),
        unmarked=course_sessions.list_unmarked(session, now),
    )


def _month(text: str | None) -> date:
    found = MONTH.fullmatch(text or "")
    return date(int(found[1]), int(found[2]), 1) if found else today().replace(day=1)


@bp.route("/sessions/new", methods=["GET", "POST"])
def new_session() -> ResponseReturnValue:
    session, now = get_session(), utc_now()
    offered = [one for one in courses.list_courses(session) if one.is_offered]
    form = SessionForm(data={"minutes": 120, "places": 12})
    form.course.choices = [("", "Choose a course"), *((one.code, one.title) for one in offered)]
    if form.validate_on_submit():
        try:
            made = course_sessions.add_session(
                session, current_account(), form.course.data, _values(form), now
            )
            flash("The session is in the calendar. Volunteers can book it now.", "success")
            return redirect(url_for("courses.show", session_id=made.id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("courses/session_form.html", form=form, dated=None)
    return page, 422 if form.errors else 200


def _values(form: SessionForm) -> SessionValues:
    clock = clock_time(form.at.data)
    if clock is None:
        raise ValueError("the form was not validated")
    return SessionValues(
        starts_at=courses.at_london(form.on.data, clock),
        minutes=form.minutes.data,
        place=form.place.data or "",
        video_link=form.video_link.data or "",
        trainer=form.trainer.data or "",
        places=form.places.data,
    )


@bp.get("/sessions/<uuid:session_id>")
def show(session_id: uuid.UUID) -> str:
    session, now = get_session(), utc_now()
    dated = course_sessions.get_session_page(session, session_id, now)
    attendees = course_sessions.list_attendees(session, current_account(), dated.session)
    return render_template(
        "courses/session.html", dated=dated, attendees=attendees, is_over=_is_over(dated)
    )


def _is_over(dated: Dated) -> bool:
    return dated.session.starts_at <= utc_now()


@bp.route("/sessions/<uuid:session_id>/edit", methods=["GET", "POST"])
def edit_session(session_id: uuid.UUID) -> ResponseReturnValue:
    session, now = get_session(), utc_now()
    dated = course_sessions.get_session_page(session, session_id, now)
    local = dated.session.starts_at.astimezone(LONDON)
    form = SessionForm(obj=dated.session, data={"on": local.date(), "at": f"{local:%H:%M}"})
    del form.course
    if form.validate_on_submit():
        try:
            base_url = current_settings().base_url
            given = _values(form), now, base_url
            course_sessions.change_session(session, current_account(), session_id, *given)
            flash("The session is changed.", "success")
            return redirect(url_for("courses.show", session_id=session_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("courses/session_form.html", form=form, dated=dated)
    return page, 422 if form.errors else 200


@bp.route("/sessions/<uuid:session_id>/cancel", methods=["GET", "POST"])
def cancel_session(session_id: uuid.UUID) -> ResponseReturnValue:
    session, now = get_session(), utc_now()
    dated = course_sessions.get_session_page(session, session_id, now)
    form = MoveForm()
    if form.validate_on_submit():
        base_url = current_settings().base_url
        course_sessions.cancel_session(session, current_account(), session_id, now, base_url)
        flash("The session is cancelled. Everybody who had a place is told.", "success")
        return redirect(url_for("courses.show", session_id=session_id))
    return render_template("courses/cancel.html", form=form, dated=dated)


@bp.post("/sessions/<uuid:session_id>/attendance")
def mark(session_id: uuid.UUID) -> ResponseReturnValue:
    """Mark who came: one field for each booking, called by its id."""
    if not MoveForm().validate_on_submit():
        abort(400)
    marks = {}
    for name, value in request.form.items():
        if name.startswith("mark-"):
            state = member_or_none(BookingState, value)
            booking = _id(name.removeprefix("mark-"))
            if state is None or booking is None:
                abort(400)
            marks[booking] = state
    training.mark_attendance(
        get_session(), current_account(), session_id, marks, utc_now(), today()
    )
    flash("Attendance is saved. Who came has done the course.", "success")
    return redirect(url_for("courses.show", session_id=session_id))


@bp.route("/for/<uuid:volunteer_id>", methods=["GET", "POST"])
def book_for(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """Book a place for a volunteer who asked for it on the phone."""
    session, account, now = get_session(), current_account(), utc_now()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = PickSessionForm()
    form.session.choices = [
        (str(one.session.id), f"{one.title}, {wording.moment(one.session.starts_at)}", _room(one))
        for one in course_sessions.list_coming(session, now)
    ]
    if form.validate_on_submit():
        chosen = uuid.UUID(form.session.data)
        try:
            booking = course_places.book_for(session, account, volunteer_id, chosen, now)
            flash(f"{label(booking.state)}: the booking is saved.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    text = "" if form.session.choices else "No session is planned. Add one to the calendar first."
    return action_page(form, volunteer, "Book a training session", "Book", text)


def _room(one: Dated) -> str:
    return f"{one.free} of {one.session.places} places free" if one.free else "Waiting list"


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@bp.get("/courses/")
def list_courses() -> str:
    return render_template("courses/list.html", courses=courses.list_courses(get_session()))


@bp.route("/courses/new", methods=["GET", "POST"])
def new_course() -> ResponseReturnValue:
    form = CourseForm(data={"is_core": "no", "is_offered": "yes", "valid_months": 36})
    del form.confirmed, form.is_core
    if form.validate_on_submit():
        try:
            courses.add_course(get_session(), current_account(), _course(form, False), today())
            flash("The course is added.", "success")
            return redirect(url_for("courses.list_courses"))
        except Refused as refused:
            show_refusals(form, refused)
    return _course_page(form, None)


@bp.route("/courses/<code>", methods=["GET", "POST"])
def edit_course(code: str) -> ResponseReturnValue:
    course = courses.get_course(get_session(), code)
    form = CourseForm(data=_start(course))
    if form.validate_on_submit():
        values = _course(form, form.is_core.data == "yes")
        try:
            courses.change_course(
                get_session(),
                current_account(),
                code,
                values,
                today(),
                confirmed=bool(form.confirmed.data),
            )
            flash("The course is changed.", "success")
            return redirect(url_for("courses.list_courses"))
        except Refused as refused:
            show_refusals(form, refused)
    if course.is_core:
        del form.confirmed
    return _course_page(form, course)


def _start(course: CourseEntry) -> dict[str, object]:
    return {
        "title": course.title,
        "valid_months": course.valid_months,
        "is_core": "yes" if course.is_core else "no",
        "is_offered": "yes" if course.is_offered else "no",
    }


def _course(form: CourseForm, is_core: bool) -> CourseValues:
    is_offered = form.is_offered.data == "yes"
    return CourseValues(form.title.data or "", form.valid_months.data, is_core, is_offered)


def _course_page(form: CourseForm, course: CourseEntry | None) -> ResponseReturnValue:
    page = render_template("courses/course_form.html", form=form, course=course)
    return page, 422 if form.errors else 200
