"""The scheme's interview questions: every edit is a new version, earlier ones are kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.interviews import DEFAULT_QUESTIONS, Question, template_refusals
from peerapp.enums import Role
from peerapp.errors import Forbidden, Refused, Stale
from peerapp.models import Account, InterviewTemplate
from peerapp.services import audit, rows
from peerapp.services.schemes import get_scheme


def find_latest(session: Session) -> InterviewTemplate | None:
    """Return the version in force; None while the scheme uses the questions it started with."""
    query = select(InterviewTemplate).order_by(InterviewTemplate.version.desc()).limit(1)
    return session.scalar(query)


def questions_of(template: InterviewTemplate | None) -> list[Question]:
    """Return the questions of a version; of None those that every scheme starts with."""
    if template is None:
        return list(DEFAULT_QUESTIONS)
    return [Question(one["key"], one["text"], one["guidance"]) for one in template.questions]


def ensure_template(session: Session) -> InterviewTemplate:
    """Return the version in force, and write down the first one if there is none yet."""
    rows.lock_row(session, type(get_scheme(session)), get_scheme(session).id)
    return find_latest(session) or _add(session, None, 1, DEFAULT_QUESTIONS)


def save_questions(
    session: Session, actor: Account, questions: Sequence[tuple[str, str, str]], seen: int
) -> InterviewTemplate:
    """Make a new version of the questions; interviews that have begun keep theirs.

    Parameters
    ----------
    questions
        Key, text and guidance of each; an empty key is a new question.
    seen
        The version that the manager looked at; 0 for the questions a scheme starts with.

    Raises
    ------
    Stale
        Somebody else has saved a version meanwhile.
    Refused
        There are too few, too many, or two alike.
    """
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager edits the questions")
    rows.lock_row(session, type(get_scheme(session)), get_scheme(session).id)
    latest = find_latest(session)
    if (latest.version if latest else 0) != seen:
        raise Stale("the questions have changed")
    keyed = _keyed(questions, questions_of(latest))
    refusals = template_refusals(keyed)
    if refusals:
        raise Refused(refusals)
    if latest is not None and keyed == questions_of(latest):
        return latest
    template = _add(session, actor, seen + 1, keyed)
    audit.record_change(
        session, actor, "interview_template.save", template, version=template.version
    )
    return template


def _keyed(questions: Sequence[tuple[str, str, str]], known: Sequence[Question]) -> list[Question]:
    """Give new questions keys that no question of this list or of the one before has."""
    known_keys = {one.key for one in known}
    keys = [key if key in known_keys else "" for key, _, _ in questions]
    taken = known_keys | set(keys)
    free = (f"q{number}" for number in range(1, 1000) if f"q{number}" not in taken)
    seen: set[str] = set()
    keyed = []
    for key, (_, text, guidance) in zip(keys, questions, strict=True):
        own = key if key and key not in seen else next(free)
        seen.add(own)
        keyed.append(Question(own, text, guidance))
    return keyed


def _add(
    session: Session, actor: Account | None, version: int, questions: Sequence[Question]
) -> InterviewTemplate:
    template = InterviewTemplate(
        version=version,
        questions=[
            {"key": one.key, "text": one.text, "guidance": one.guidance} for one in questions
        ],
        edited_by_id=actor.id if actor else None,
    )
    session.add(template)
    session.flush()
    return template
