from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from peerapp.forms.fields import (
    GovEmail,
    GovFile,
    GovInteger,
    GovPassword,
    GovString,
    GovTel,
    GovTextarea,
    PostcodeField,
)


@pytest.fixture(autouse=True)
def application() -> Iterator[Flask]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="for tests", WTF_CSRF_ENABLED=False)
    with app.test_request_context(method="POST"):
        yield app


def send(field: Any, text: str | None) -> Any:
    """Send one field's text in a form; return the field after validation."""
    form_class = type("OneField", (FlaskForm,), {"answer": field})
    given = MultiDict({"other": "x"} if text is None else {"answer": text})
    form = form_class(formdata=given)
    form.validate()
    return form.answer


@pytest.mark.parametrize("text", [None, "", "   ", "\t\r\n", "\u2003", "\x00"])
def test_required_string_without_answer_is_asked_for(text: str | None) -> None:
    assert list(send(GovString("Name", required="Enter a name"), text).errors) == ["Enter a name"]


def test_string_that_is_not_required_may_stay_empty() -> None:
    answer = send(GovString("Name"), "")
    assert (list(answer.errors), answer.data) == ([], "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Amara  ", "Amara"), ("Amara\r\nOkafor", "Amara Okafor"), ("Am\x00ara\x1b", "Amara")],
)
def test_string_is_trimmed_and_made_one_line(typed: str, kept: str) -> None:
    assert send(GovString("Name"), typed).data == kept


@pytest.mark.parametrize(("length", "errors"), [(200, 0), (201, 1)])
def test_string_has_a_greatest_length(length: int, errors: int) -> None:
    assert len(send(GovString("Name"), "x" * length).errors) == errors


def test_textarea_keeps_line_breaks_as_single_newlines() -> None:
    assert send(GovTextarea("Story"), " a\r\nb\rc\x07 ").data == "a\nb\nc"


def test_textarea_counts_a_line_break_once() -> None:
    assert list(send(GovTextarea("Story", max_length=3), "a\r\nb").errors) == []


@pytest.mark.parametrize("text", ["amara", "amara@", "@x.example", "a b@x.example", "a@x"])
def test_email_of_wrong_shape_is_refused(text: str) -> None:
    message = "Enter an email address in the correct format, like name@example.com"
    assert list(send(GovEmail("Email"), text).errors) == [message]


def test_email_of_right_shape_is_trimmed_and_kept() -> None:
    answer = send(GovEmail("Email"), " amara@vale.example.com ")
    assert (list(answer.errors), answer.data) == ([], "amara@vale.example.com")


@pytest.mark.parametrize("text", ["123", "call me", "+44", "0" * 16])
def test_phone_number_that_cannot_be_dialled_is_refused(text: str) -> None:
    message = "Enter a phone number, like 01632 960 001 or 07700 900 982"
    assert list(send(GovTel("Phone"), text).errors) == [message]


@pytest.mark.parametrize("text", ["01632 960 001", "07700 900982", "+44 7700 900 982"])
def test_phone_number_is_kept_as_typed(text: str) -> None:
    answer = send(GovTel("Phone"), text)
    assert (list(answer.errors), answer.data) == ([], text)


@pytest.mark.parametrize("typed", ["sn151aa", "SN15 1AA", " s n 1 5 1aa "])
def test_postcode_is_kept_in_one_form(typed: str) -> None:
    answer = send(PostcodeField(), typed)
    assert (list(answer.errors), answer.data) == ([], "SN15 1AA")


@pytest.mark.parametrize("typed", ["SN15", "SN15 1A", "15 1AA", "SN15 1AAA", "here"])
def test_postcode_of_wrong_shape_is_refused_and_shown_again(typed: str) -> None:
    answer = send(PostcodeField(), typed)
    assert list(answer.errors) == ["Enter a full UK postcode, like SN15 1AA"]
    assert answer.data == typed


def test_postcode_that_is_required_is_asked_for() -> None:
    assert list(send(PostcodeField(required="Enter a postcode"), "").errors) == ["Enter a postcode"]


@pytest.mark.parametrize("text", ["1.5", "ten", "-1", "51", "1e3", "٣", "9" * 40])
def test_integer_that_is_out_of_bounds_is_refused(text: str) -> None:
    answer = send(GovInteger("Miles", high=50), text)
    assert answer.errors[0] == "Enter a whole number from 0 to 50"


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 50 ", 50), ("007", 7)])
def test_integer_within_bounds_is_kept(text: str, number: int) -> None:
    answer = send(GovInteger("Miles", high=50, required="Enter miles"), text)
    assert (list(answer.errors), answer.data) == ([], number)


def test_integer_that_is_refused_is_shown_as_typed() -> None:
    assert 'value="ten"' in send(GovInteger("Miles", high=50), "ten")()


def test_password_is_neither_trimmed_nor_shown_again() -> None:
    answer = send(GovPassword("Password"), "  correct horse battery  ")
    assert answer.data == "  correct horse battery  "
    assert "correct horse" not in answer()


@pytest.mark.parametrize(("length", "errors"), [(256, 0), (257, 1)])
def test_password_has_a_greatest_length(length: int, errors: int) -> None:
    assert len(send(GovPassword("Password"), "x" * length).errors) == errors


@pytest.mark.parametrize(("name", "errors"), [("", ["Choose a file"]), ("a.csv", [])])
def test_required_file_without_a_name_is_asked_for(name: str, errors: list[str]) -> None:
    class Upload(FlaskForm):
        answer = GovFile("File", required="Choose a file", accept=".csv")

    sent = MultiDict({"answer": FileStorage(BytesIO(b"x"), filename=name)})
    form = Upload(formdata=CombinedMultiDict([sent]))
    form.validate()
    assert list(form.answer.errors) == errors


def test_hint_width_and_attributes_reach_the_input() -> None:
    html = send(GovString("Name", hint="As on a passport", width=20, autocomplete="name"), "A")()
    assert 'class="govuk-input govuk-input--width-20"' in html
    assert 'autocomplete="name"' in html
    assert 'aria-describedby="answer-hint"' in html


def test_field_without_hint_has_no_hint_element() -> None:
    assert "govuk-hint" in send(GovString("Name", hint="As on a passport"), "A")()
    assert "govuk-hint" not in send(GovString("Name"), "A")()


def test_required_field_leaves_the_check_to_us() -> None:
    assert "required" not in send(GovString("Name", required="Enter a name"), "A")()


def test_page_heading_is_the_label_of_the_field() -> None:
    html = send(GovString("Name"), "A")(page_heading=True)
    assert '<h1 class="govuk-label-wrapper">' in html
    assert 'class="govuk-label govuk-label--l" for="answer"' in html


@pytest.mark.parametrize("kind", [GovString, GovEmail, GovTel, PostcodeField, GovTextarea])
def test_markup_in_an_answer_is_shown_as_text(kind: Any) -> None:
    html = send(kind("<i>Name</i>", hint="<i>hint</i>"), "</textarea>\"'><script>x</script>")()
    assert "<script" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;i&gt;Name&lt;/i&gt;" in html
