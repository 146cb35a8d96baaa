from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from jinja2 import StrictUndefined, UndefinedError

from peerapp.forms import components
from peerapp.templating import init_templates, render_plain, static_versions
from tests.templates.gallery import ERRORS, PUBLIC, create_gallery


@pytest.fixture
def gallery() -> Iterator[Flask]:
    app = create_gallery()
    with app.test_request_context():
        yield app


def test_name_that_nobody_set_is_an_error(gallery: Flask) -> None:
    with pytest.raises(UndefinedError):
        render_template_string("{{ nobody_set_this }}")


def test_component_renders_with_few_parameters(gallery: Flask) -> None:
    html = render_template_string("{{ govukTag({'text': text}) }}", text="<b>New</b>")
    assert html.split() == ["<strong", 'class="govuk-tag">', "&lt;b&gt;New&lt;/b&gt;", "</strong>"]


def test_every_component_is_there_but_those_with_crown_and_crest() -> None:
    names = set(components.macros())
    assert len(names) == 34
    assert names.isdisjoint({"govukHeader", "govukFooter", "govukGenericHeader"})


def test_static_address_follows_from_the_content(gallery: Flask) -> None:
    version = static_versions()["site.css"]
    html = render_template_string("{{ static_url('site.css') }}")
    assert html == f"/static/site.css?v={version}"


def test_static_file_that_does_not_exist_is_an_error(gallery: Flask) -> None:
    with pytest.raises(KeyError):
        render_template_string("{{ static_url('crest.svg') }}")


@pytest.mark.parametrize("page", ERRORS)
def test_error_page_asks_nothing_of_session_or_context(page: str) -> None:
    app = create_gallery()
    app.context_processor(lambda: 1 / 0)
    for name in ("current_user", "get_flashed_messages", "csrf_token"):
        app.jinja_env.globals[name] = StrictUndefined(name=name)
    with app.test_request_context():
        html = render_plain(f"errors/{page}.html")
        with pytest.raises(UndefinedError):
            app.jinja_env.get_template("public/index.html").render()  # the control
    assert html.count("<h1") == 1
    assert "999" in html
    assert "Sign in" not in html


@pytest.mark.parametrize("name", ["500", "503"])
def test_way_out_of_a_broken_site_does_not_lead_through_it(gallery: Flask, name: str) -> None:
    html = render_plain(f"errors/{name}.html")
    assert html.count('href="https://www.bbc.co.uk/weather"') == 2


@pytest.mark.parametrize("name", sorted(set(ERRORS) - {"500", "503"}))
def test_way_out_of_another_error_ends_the_session(gallery: Flask, name: str) -> None:
    assert render_plain(f"errors/{name}.html").count('href="/leave"') == 2


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page_has_one_heading_and_a_way_out(name: str) -> None:
    html = create_gallery().test_client().get(f"/{name}").get_data(as_text=True)
    assert html.count("<h1") == 1
    assert html.count('href="/leave"') == 2
    assert "Sign out" not in html


def test_way_out_is_shown_unless_somebody_says_otherwise() -> None:
    app = Flask("peerapp")
    init_templates(app)
    assert app.jinja_env.globals["family_page"] is True


def test_demo_says_so(gallery: Flask) -> None:
    words = "This is a demonstration. All people are made up."
    html = '{% extends "base.html" %}'
    assert words in render_template_string(html, demo=True)
    assert words not in render_template_string(html, demo=False)


def test_sign_out_is_a_form_with_a_token(gallery: Flask) -> None:
    html = render_template_string('{% extends "base.html" %}')
    form = html[html.index('<form class="app-header__form"') :]
    assert form.startswith('<form class="app-header__form" method="post" action="/sign-out">')
    assert 'name="csrf_token" value="' in form
