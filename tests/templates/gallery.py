"""A small application that shows each macro and field with made-up data."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

from flask import Blueprint, Flask, Response, flash, render_template
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader

from peerapp.enums import SLOTS
from peerapp.errors import Refusal
from peerapp.forms.fields import (
    GovCheckbox,
    GovCheckboxes,
    GovDate,
    GovEmail,
    GovFile,
    GovInteger,
    GovPassword,
    GovRadio,
    GovSelect,
    GovString,
    GovSubmit,
    GovTel,
    GovTextarea,
    PostcodeField,
    SlotsField,
)
from peerapp.security_headers import CONTENT_SECURITY_POLICY
from peerapp.templating import init_templates, render_plain

ERRORS = ("400", "403", "404", "405", "409", "413", "429", "500", "503", "csrf")
PUBLIC = ("index", "accessibility", "privacy", "cookies", "danger")
COLOURS = [("red", "Red"), ("green", "Green", "As grass is"), ("blue", "Blue")]


class EverythingForm(FlaskForm):
    """One of each field, all of them required."""

    name = GovString("Full name", required="Enter your full name", autocomplete="name")
    email = GovEmail("Email address", required="Enter your email address", hint="For letters.")
    phone = GovTel("Phone number", required="Enter your phone number")
    postcode = PostcodeField(required="Enter your postcode")
    miles = GovInteger("How far can you travel?", required="Enter miles", high=50, suffix="miles")
    password = GovPassword("Password", required="Enter a password", autocomplete="new-password")
    born = GovDate(
        "When were you born?",
        required="Enter your date of birth",
        noun="Date of birth",
        birthday=True,
        hint="For example, 27 3 1990",
    )
    story = GovTextarea("Your story", required="Tell us something", max_length=100)
    plain = GovTextarea("Plain", required="Tell us more", count=False)
    remote = GovRadio(
        "Meet by video?",
        choices=[("yes", "Yes"), ("no", "No")],
        inline=True,
        required="Choose yes or no",
    )
    colour = GovRadio("Favourite colour", choices=COLOURS, required="Choose a colour")
    colours = GovCheckboxes(
        "Colours you like",
        choices=COLOURS,
        none_of_these="None of these",
        required="Choose the colours you like",
    )
    shade = GovSelect("Shade", choices=[("", "Choose one"), *COLOURS], required="Choose a shade")
    slots = SlotsField(
        "When are you free?", required="Choose at least one time", hint="Each time is one visit."
    )
    list_file = GovFile("A list", required="Choose a file", accept=".csv")
    agree = GovCheckbox("I agree", required="Tick the box to go on")
    save = GovSubmit("Save and continue")


def create_gallery() -> Flask:
    """Build the application."""
    app = Flask("peerapp", root_path=str(Path(__file__).parents[2] / "peerapp"))
    app.config["SECRET_KEY"] = "only for looking at pages"
    init_templates(app)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(str(app.template_folder)), FileSystemLoader(Path(__file__).parent)]
    )
    CSRFProtect(app)
    app.context_processor(lambda: MADE_UP)
    app.after_request(_policy)
    app.register_blueprint(_pages("public", {f"/{name}": name for name in PUBLIC}))
    auth = {"/sign-in": "sign_in", "/sign-out": "sign_out", "/leave": "leave", "/up": "sign_up"}
    app.register_blueprint(_pages("auth", auth))
    front_door = {"/get-support": "start", "/refer": "professional"}
    app.register_blueprint(_pages("front_door", front_door))
    app.register_blueprint(_pages("account", {"/account": "show"}))
    _add_gallery(app)
    return app


class Somebody:
    """Signed in, as far as a template can tell."""

    is_authenticated = True
    account = SimpleNamespace(role="coordinator")


MADE_UP = {
    "scheme_name": "Vale Family Coaching",
    "council_name": "Vale Council",
    "support_email": "coaching@vale.example",
    "support_phone": "01632 960 001",
    "danger_text": "Worried about a child? Call Vale Council on 01632 960 999.",
    "demo": True,
    "exit_url": "/leave",
    "family_page": False,
    "duty_covers": [],
    "current_user": Somebody(),
    "nav_items": [
        {"text": "Today", "href": "/gallery", "active": True},
        {"text": "Families", "href": "/form", "active": False},
        {"text": "Volunteers", "href": "/form?1", "active": False},
        {"text": "Matching", "href": "/form?2", "active": False},
    ],
}


def _policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


def _pages(name: str, routes: dict[str, str]) -> Blueprint:
    """Give the endpoints that templates link to; those of ``public`` are the real pages."""
    pages = Blueprint(name, __name__)
    for path, endpoint in routes.items():

        def show(endpoint: str = endpoint) -> str:
            return _public(endpoint) if name == "public" else endpoint

        pages.add_url_rule(path, endpoint, show, methods=["GET", "POST"])
    return pages


def _public(endpoint: str) -> str:
    """Render a public page as somebody sees it who is not signed in."""
    return render_template(
        f"public/{endpoint}.html", current_user=None, nav_items=[], family_page=True
    )


def _add_gallery(app: Flask) -> None:
    @app.route("/form", methods=["GET", "POST"])
    def form() -> str:
        everything = EverythingForm(data={"born": date(1990, 3, 27), "slots": SLOTS[2:5]})
        everything.validate_on_submit()
        return render_template("gallery_form.html", form=everything)

    @app.get("/gallery")
    def gallery() -> str:
        flash("The family was saved.", "success")
        flash("The file could not be read.", "error")
        flash("Two checks lapse this month.", "info")
        missing = [Refusal("certificate_lapsed", "The DBS certificate is out of date.")]
        return render_template("gallery.html", refusals=missing, slots=SLOTS)

    @app.get("/family")
    def family() -> str:
        return render_template("gallery_family.html", family_page=True)

    @app.get("/error/<name>")
    def error(name: str) -> str:
        return render_plain(f"errors/{name}.html")
