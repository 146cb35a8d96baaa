"""A form's fields are taken, files and JSON only where a view takes them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from io import BytesIO

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectMultipleField

import peerapp.forms
from peerapp.forms.choice_fields import SlotsField
from peerapp.request_bodies import SEVERAL, SEVERAL_ON


@pytest.mark.parametrize("path", ["/volunteer/sign-up", "/forgot-password", "/sign-in"])
def test_a_file_in_place_of_a_text_is_refused(client, path):
    assert client.post(path, data={"email": "not an address"}).status_code == 422
    wrong = {"email": (BytesIO(b"a@example.org"), "a.csv")}
    assert client.post(path, data=wrong).status_code == 415


@pytest.mark.parametrize("body", [[], {"email": ["a"]}, "text", 1])
def test_json_is_refused_whatever_it_holds(client, body):
    assert client.post("/forgot-password", json=body).status_code == 415


def test_a_body_of_an_unknown_kind_is_refused(client):
    answer = client.post("/forgot-password", data=b"email=a", content_type="text/plain")
    assert answer.status_code == 415
    assert "X-Content-Type-Options" in answer.headers


def kinds_of_fields():
    """Return whether each name of a field holds several answers, by the forms that have it."""
    found: dict[str, set[bool]] = {}
    for module in pkgutil.iter_modules(peerapp.forms.__path__):
        for one in vars(importlib.import_module(f"peerapp.forms.{module.name}")).values():
            if not inspect.isclass(one) or not issubclass(one, Form):
                continue
            for name, field in inspect.getmembers(one, lambda field: hasattr(field, "field_class")):
                several = issubclass(field.field_class, (SelectMultipleField, SlotsField))
                found.setdefault(name, set()).add(several)
    return found


@pytest.mark.scorecard("15.3.7")
def test_fields_of_several_answers_are_those_of_the_forms():
    kinds = kinds_of_fields()
    assert {name for name, several in kinds.items() if several == {True}} == SEVERAL
    both = {name for name, several in kinds.items() if len(several) == 2}
    assert both == frozenset().union(*SEVERAL_ON.values())
    assert len(kinds) > 200


@pytest.mark.scorecard("15.3.7")
@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/sign-in", [("email", "a@example.org"), ("email", "b@example.org")], 400),
        ("/sign-in?next=/a&next=//b", [("email", "a@example.org")], 400),
        ("/sign-in?next=/a", [("email", "a@example.org")], 422),
        ("/?slots=mon_morning&slots=mon_morning", None, 200),
    ],
)
def test_key_given_twice_is_refused_before_anybody_reads_it(client, path, given, status):
    ask = client.get if given is None else client.post
    assert ask(path, data=given and MultiDict(given)).status_code == status
