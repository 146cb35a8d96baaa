"""Finding every form of the site on its pages, and sending each with what was put into its fields.

A form is found where somebody who may open its page sees it; one identity stands for all.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.fields.core import UnboundField

import peerapp.forms
from peerapp.forms.front_door import PAGES
from tests.security.matrix import Case, cases
from tests.security.matrix_table import RULES
from tests.security.world_site import Site

NEVER_SENT = ("auth.", "account.", "second_factors.", "passkeys.", "council.")
"""Sections whose forms would end the sessions of those who walk: sent where it is undone."""

REFERRER = "referrer"
"""A professional who holds a draft: no account, and no identity of the matrix."""

TEXT = frozenset({"text", "search", "email", "tel", "password", "number", "url", "textarea"})
CHOSEN = frozenset({"radio", "checkbox", "select"})


@dataclass
class Field:
    """One control, or the group of those that share a name."""

    name: str
    kind: str
    numeric: bool = False
    values: list[str] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return self.kind in TEXT


@dataclass
class Form:
    """A form as it stands on a page: where it goes, and what it asks."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Reads the forms of a page that are sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Form]()
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_sent = values.get("method", "").lower() == "post"
            action = urljoin(self.page, values.get("action", "")) or self.page
            self._form = Form(action) if is_sent else None
            self.found += [self._form] if self._form else []
        elif self._form is not None and tag == "option":
            group = next(reversed(self._form.fields.values()), None)
            if group is not None and values.get("value"):
                group.values.append(values["value"])
        elif self._form is not None and values.get("name"):
            self._add(tag, values)

    def _add(self, tag: str, values: dict[str, str]) -> None:
        kind = values.get("type", "text") if tag in {"input", "button"} else tag
        given = Field(values["name"], kind, values.get("inputmode") == "numeric")
        kept = self._form.fields.setdefault(values["name"], given)
        kept.values += [values["value"]] if values.get("value") else []

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def pages(site: Site) -> Iterator[Case]:
    """Yield one request for each page of the place here, by the first who may open it."""
    taken: set[str] = set()
    for case in cases(site.app, site.world):
        if case.route in taken or case.method != "GET" or case.place != "here":
            continue
        if RULES[case.route].outcome(case.identity, case.place) == "allowed":
            taken.add(case.route)
            if case.route not in {"auth.leave", "static"}:
                yield case


def get(site: Site, case: Case, path: str = ""):
    return _open(site, case.identity, "GET", path or case.path)


def post(site: Site, who: str, path: str, data: dict):
    return _open(site, who, "POST", path, data)


def _open(site: Site, who: str, method: str, path: str, data: dict | None = None):
    headers = {"Cookie": site.cookies[who]} if who in site.cookies else {}
    client = site.app.test_client(use_cookies=False)
    return client.open(path, method=method, headers=headers, data=data)


def forms(site: Site) -> list[tuple[str, Form]]:
    """Return who sees it and the form, for each form of the site, once."""
    found: dict[tuple[str, frozenset[str]], tuple[str, Form]] = {}
    asked = [(case.identity, case.path) for case in pages(site)]
    if REFERRER in site.cookies:
        asked += [(REFERRER, f"/get-support/{page}") for page in PAGES]
    for who, path in asked:
        answer = _open(site, who, "GET", path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            reader = _Forms(path)
            reader.feed(answer.text)
            for form in reader.found:
                key = endpoint_of(site, form.action), frozenset(form.fields)
                found.setdefault(key, (who, form))
        answer.close()
    return list(found.values())


def open_draft(site: Site) -> None:
    """Let a professional's browser take up the form that was sent to them."""
    secret = site.world.places["here"].special["referrer.form"]["secret"]
    with site.app.test_client() as client:
        assert client.post(f"/referral/form/{secret}").status_code == 302
        site.cookies[REFERRER] = f"session={client.get_cookie('session').value}"


def endpoint_of(site: Site, path: str) -> str:
    adapter = site.app.url_map.bind("localhost")
    return str(adapter.match(urlsplit(path).path, method="POST")[0])


def filled(form: Form, put: Callable[[Field], str]) -> dict:
    """Return a form's data: ``put`` says what stands in each field that takes a text."""
    data: dict = {}
    for one in form.fields.values():
        if one.is_text:
            data[one.name] = put(one)
        elif one.kind == "file":
            data[one.name] = (BytesIO(put(one).encode()), "a.csv")
        elif one.kind in CHOSEN:
            data[one.name] = one.values[:1]
        elif one.values:
            data[one.name] = one.values[0]
    return data


def text_fields() -> dict[str, set[str]]:
    """Return the names of all fields that take a text, with the form classes that have them."""
    for module in pkgutil.iter_modules(peerapp.forms.__path__):
        importlib.import_module(f"peerapp.forms.{module.name}")
    found: dict[str, set[str]] = {}
    for kind in _subclasses(FlaskForm):
        for name in dir(kind):
            unbound = getattr(kind, name, None)
            if isinstance(unbound, UnboundField) and issubclass(unbound.field_class, StringField):
                found.setdefault(name, set()).add(kind.__name__)
    return found


def _subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("peerapp."):
            yield one
        yield from _subclasses(one)
