"""What every template may rely on: components, filters, names that are always there."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from jinja2 import StrictUndefined

from peerapp import vocabulary, wording
from peerapp.forms import components
from peerapp.forms.summary import error_items, error_summary, has_errors

PACKAGE = Path(__file__).parent
SAFE_PAGE = "https://www.bbc.co.uk/weather"

ALWAYS_THERE: dict[str, Any] = {
    "scheme_name": "Family peer coaching",  # shown in the header and in each title
    "council_name": "the council",  # who runs the scheme, inside a sentence
    "support_email": "",
    "support_phone": "",
    "danger_text": "",  # whom else to call, in the scheme's words
    "demo": False,
    "nav_items": [],  # dicts: text, href, active
    "current_user": None,
    "passkeys_work": False,  # the site has a name that passkeys can be bound to
    "half_open": False,  # the password was given, the second factor is still owed
    "concern_url": "",  # where a safeguarding concern is raised; empty: nobody is signed in
    "exit_url": SAFE_PAGE,  # where "Exit this page" leads
    "family_page": True,  # has "Exit this page"; off only for who surely is no family
    "names_scheme": False,  # titles name the scheme, which stays in the browser's history
    "wide": False,  # a template sets it to use the whole width
    "plain_page": False,  # asks nothing of database or session: for error pages
    "page_lang": "en",
    "form": None,  # its errors are shown above the content
}
"""Defaults; a context processor, a view or a template's own ``set`` goes before them."""

FILTERS = {
    "date": wording.date,
    "datetime": wording.moment,
    "time": wording.clock_time,
    "weekday": wording.weekday,
    "miles": wording.miles,
    "slot": wording.slot,
    "count_of": wording.count,
    "label": vocabulary.label,
}


def init_templates(app: Flask) -> None:
    """Set up the application's templates; call it before the first page is rendered."""
    app.template_folder = str(template_folder())
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters |= FILTERS
    for name, value in ALWAYS_THERE.items():
        env.globals.setdefault(name, value)
    env.globals |= components.macros()
    env.globals |= {
        "error_items": error_items,
        "error_summary": error_summary,
        "has_errors": has_errors,
        "slot_week": wording.week(),
        "static_url": static_url,
    }
    app.extensions["static_versions"] = static_versions()


def template_folder() -> Path:
    """Return the folder of templates: inside an installed package, beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def static_versions() -> dict[str, str]:
    """Return the version of each static file, which follows from its content alone."""
    folder = PACKAGE / "static"
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def static_url(filename: str) -> str:
    """Return the address of a static file; it changes whenever the file does.

    Raises
    ------
    KeyError
        There is no such file.
    """
    version = current_app.extensions["static_versions"][filename]
    return url_for("static", filename=filename, v=version)


def render_plain(name: str, **values: Any) -> str:
    """Render a page that asks nothing of the session or the database.

    For errors: Flask's own ``render_template`` runs the context processors, which load who is
    signed in, and that may be just what failed.
    """
    return current_app.jinja_env.get_template(name).render(plain_page=True, **values)
