"""Interviews: the record, its draft, and the questions that a manager edits."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.interviews import (
    MOST_QUESTIONS,
    SCORES,
    InterviewRecord,
    Question,
    average,
)
from peerapp.enums import InterviewState, Recommendation
from peerapp.errors import Refused, Stale
from peerapp.forms.interviews import interview_form, questions_form
from peerapp.forms.onboarding import MoveForm
from peerapp.models import Account, Interview, Volunteer
from peerapp.permissions import current_account
from peerapp.services import interview_templates, interviews
from peerapp.services.interview_templates import questions_of
from peerapp.views.refusals import show_refusals

bp = Blueprint("interviews", __name__)

RECORD = "/staff/volunteers/<uuid:volunteer_id>/interview"
SAVED_MEANWHILE = (
    "Somebody else has saved this draft since you opened it. Copy what you wrote, open the draft "
    "again, and put it in there."
)
S = InterviewState
SCORE_CHOICES = [(str(score), text) for score, text in SCORES.items()]


@bp.get(f"{RECORD}/")
def show(volunteer_id: uuid.UUID) -> str:
    session, account = get_session(), current_account()
    volunteer, versions = interviews.read_versions(session, account, volunteer_id)
    standing = [one for one in versions if one.state == S.SUBMITTED]
    return render_template(
        "interviews/show.html",
        volunteer=volunteer,
        standing=standing[0] if standing else None,
        draft=next((one for one in versions if one.state == S.DRAFT), None),
        earlier=[one for one in versions if one.state == S.REPLACED],
        questions_of=questions_of,
        average=average,
    )


@bp.post(f"{RECORD}/start")
def start(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    if not MoveForm().validate_on_submit():
        abort(400)
    interviews.start_draft(get_session(), current_account(), volunteer_id)
    return redirect(url_for("interviews.edit", volunteer_id=volunteer_id))


@bp.route(f"{RECORD}/draft", methods=["GET", "POST"])
def edit(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer, versions = interviews.read_versions(session, account, volunteer_id)
    draft = next((one for one in versions if one.state == S.DRAFT), None)
    if draft is None:
        return redirect(url_for("interviews.show", volunteer_id=volunteer_id))
    questions = questions_of(draft.template)
    people = interviews.list_interviewers(session, volunteer)
    form = _form(draft, questions, people)
    if form.validate_on_submit() and _save(volunteer_id, form, questions):
        return redirect(url_for("interviews.show", volunteer_id=volunteer_id))
    return _edit_page(volunteer, draft, questions, form), 422 if form.errors else 200


def _edit_page(volunteer: Volunteer, draft: Interview, questions: list[Question], form: Any) -> str:
    return render_template(
        "interviews/edit.html",
        volunteer=volunteer,
        draft=draft,
        form=form,
        asked=[(one, form[f"score_{one.key}"], form[f"note_{one.key}"]) for one in questions],
    )


def _form(draft: Interview, questions: list[Question], people: list[Account]) -> Any:
    """Return the form with what the draft holds."""
    known: dict[str, Any] = {
        "seen": str(draft.revision),
        "held_on": draft.held_on,
        "interviewers": [str(one.account_id) for one in draft.interviewers],
        "summary": draft.summary,
        "recommendation": draft.recommendation.value if draft.recommendation else None,
        "has_conflict": {None: None, True: "yes", False: "no"}[draft.has_conflict],
        "conflict_note": draft.conflict_note,
    }
    for key, answer in draft.answers.items():
        known[f"score_{key}"] = str(answer["score"]) if answer.get("score") else None
        known[f"note_{key}"] = answer.get("note", "")
    asked = [(one.key, one.guidance) for one in questions]
    form = interview_form(asked, SCORE_CHOICES)(data=known)
    form.interviewers.choices = [(str(one.id), one.name or one.email) for one in people]
    return form


def _save(volunteer_id: uuid.UUID, form: Any, questions: list[Question]) -> bool:
    """Save the draft or submit it, as the button says; or put what is wrong on the form."""
    given = get_session(), current_account(), volunteer_id, _record(form, questions)
    seen = int(form.seen.data) if _is_number(form.seen.data) else 0
    try:
        if "submit" in request.form:
            interviews.submit(*given, seen, today())
            flash("The interview is recorded. The panel relies on this version.", "success")
        else:
            interviews.save_draft(*given, seen)
            flash("The draft is saved.", "success")
    except Refused as refused:
        show_refusals(form, refused)
    except Stale:
        form.form_errors.append(SAVED_MEANWHILE)
    return not form.errors


def _is_number(text: str | None) -> bool:
    return bool(text) and str(text).isascii() and str(text).isdecimal() and len(str(text)) < 9


def _record(form: Any, questions: list[Question]) -> InterviewRecord:
    answers = {}
    for question in questions:
        score, note = form[f"score_{question.key}"].data, form[f"note_{question.key}"].data
        answers[question.key] = {"score": int(score) if score else None, "note": note or ""}
    said = form.recommendation.data
    return InterviewRecord(
        held_on=form.held_on.data,
        interviewers=frozenset(form.interviewers.data or ()),
        answers=answers,
        summary=form.summary.data or "",
        recommendation=Recommendation(said) if said else None,
        has_conflict={"yes": True, "no": False}.get(form.has_conflict.data),
        conflict_note=form.conflict_note.data or "",
    )


@bp.post(f"{RECORD}/draft/discard")
def discard(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    if not MoveForm().validate_on_submit():
        abort(400)
    text = request.form.get("seen")
    seen = int(text) if text and _is_number(text) else 0
    interviews.discard_draft(get_session(), current_account(), volunteer_id, seen)
    flash("The draft is thrown away.", "success")
    return redirect(url_for("interviews.show", volunteer_id=volunteer_id))


@bp.get("/staff/interview-questions/")
def questions() -> str:
    template = interview_templates.find_latest(get_session())
    return render_template(
        "interviews/questions.html", template=template, questions=questions_of(template)
    )


@bp.route("/staff/interview-questions/edit", methods=["GET", "POST"])
def edit_questions() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    template = interview_templates.find_latest(session)
    form = questions_form(MOST_QUESTIONS)(data=_known_questions(template))
    if form.validate_on_submit():
        seen = int(form.seen.data) if _is_number(form.seen.data) else -1
        try:
            interview_templates.save_questions(session, account, _asked(form), seen)
            flash("The questions are saved. Interviews from now on use them.", "success")
            return redirect(url_for("interviews.questions"))
        except Refused as refused:
            show_refusals(form, refused)
        except Stale:
            form.form_errors.append("Somebody else has changed the questions. Open them again.")
    numbers = range(1, MOST_QUESTIONS + 1)
    rows = [(form[f"key_{n}"], form[f"text_{n}"], form[f"guidance_{n}"]) for n in numbers]
    page = render_template("interviews/edit_questions.html", form=form, rows=rows)
    return page, 422 if form.errors else 200


def _known_questions(template: Any) -> dict[str, str]:
    known = {"seen": str(template.version if template else 0)}
    for number, question in enumerate(questions_of(template), 1):
        known[f"key_{number}"] = question.key
        known[f"text_{number}"] = question.text
        known[f"guidance_{number}"] = question.guidance
    return known


def _asked(form: Any) -> list[tuple[str, str, str]]:
    numbers = range(1, MOST_QUESTIONS + 1)
    rows = [
        (
            form[f"key_{n}"].data or "",
            form[f"text_{n}"].data or "",
            form[f"guidance_{n}"].data or "",
        )
        for n in numbers
    ]
    return [row for row in rows if row[1]]
