"""Answers at the front door, and browsers that give them, for tests."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

PREFIX = "/get-support"
CHILDREN = [{"name": "Ola", "age": 6}, {"name": "Max Brown", "age": 0}]
ANSWERS: dict[str, dict[str, Any]] = {
    "danger": {"danger": "no"},
    "name": {"first_name": "Rosa", "last_name": "Canaryfield"},
    "reach": {"phone": "07700 900456", "email": "rosa@example.org"},
    "safe": {"channels": ["email"], "times": "Mornings"},
    "careful": {
        "no_voicemail": "yes",
        "shared_device": "no",
        "alias": "Rosie",
        "must_not_be_told": "His brother",
    },
    "home": {"postcode": "SN15 1AA", "address": "12 Elm Road", "withheld_address": "yes"},
    "help": {"needs": ["budgeting", "domestic_abuse"]},
    "story": {"story": "I would like mornings to be calm."},
    "language": {"language": "pl"},
    "agree": {"agreed": ["take_part", "share_with_coach"]},
}
ORDER = ("danger", "name", "reach", "safe", "careful", "home", "children", "help", "story",
         "language", "agree")  # fmt: skip
PROFESSIONAL: dict[str, dict[str, Any]] = {
    "referrer": {
        "referrer_name": "Hilda Head",
        "referrer_role": "Head teacher",
        "referrer_organisation": "Elm School",
        "referrer_phone": "01632 960555",
        "referrer_email": "head@school.example",
    },
    "support": {
        "level": "3",
        "lead_practitioner": "",
        "section_47_open": "no",
        "child_protection_plan": "no",
    },
    "step_down": {"is_step_down": "no"},
    "agreement": {
        "knows": "yes",
        "agreed_by": "Rosa Canaryfield",
        "agreed_on-day": "18",
        "agreed_on-month": "11",
        "agreed_on-year": "2026",
        "agreed_how": "face_to_face",
        "agreed_in": "pl",
        "may_tell": "yes",
    },
}
PROFESSIONAL_ORDER = ("danger", "referrer", *ORDER[1:-1], "support", "step_down", "agreement")


def fill_in(
    client: FlaskClient,
    *,
    send: bool = True,
    until: str = "",
    professional: bool = False,
    seen: list[str] | None = None,
    **changes: dict[str, Any],
):
    """Fill in the form up to a page, and send it; ``changes`` replace a page's answers."""
    pages = {**ANSWERS, **(PROFESSIONAL if professional else {})}
    for page in PROFESSIONAL_ORDER if professional else ORDER:
        if page == until:
            return None
        answer = _answer(client, page, {**pages.get(page, {}), **changes.get(page, {})})
        assert answer.status_code == 302, (page, answer.text)
        if seen is not None:
            seen.append(answer.location)
    return client.post(f"{PREFIX}/check") if send else None


def _answer(client: FlaskClient, page: str, data: dict[str, Any]):
    if page != "children":
        return client.post(f"{PREFIX}/{page}", data=data)
    for child in CHILDREN:
        given = {"child_name": child["name"], "child_age": str(child["age"]), "more": "yes"}
        client.post(f"{PREFIX}/children", data=given)
    return client.post(f"{PREFIX}/children", data={"child_name": "", "child_age": ""})
