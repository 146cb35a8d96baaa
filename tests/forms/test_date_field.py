from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from peerapp.forms.fields import GovDate, error_items


class BirthForm(FlaskForm):
    dob = GovDate("When were you born?", noun="Date of birth", required="Enter a date")
    seen = GovDate("When was it seen?")


@pytest.fixture(autouse=True)
def application() -> Iterator[Flask]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="for tests", WTF_CSRF_ENABLED=False)
    with app.test_request_context(method="POST"):
        yield app


def send(day: str, month: str, year: str, field: str = "dob") -> Any:
    given = {f"{field}-day": day, f"{field}-month": month, f"{field}-year": year}
    form = BirthForm(formdata=MultiDict({"sent": "yes", **given}))
    form.validate()
    return form


def test_real_date_is_kept() -> None:
    form = send("27", "3", "1990")
    assert form.dob.data == date(1990, 3, 27)
    assert form.errors == {}


def test_spaces_and_leading_zeros_do_not_matter() -> None:
    assert send(" 01", "02 ", " 2000 ").dob.data == date(2000, 2, 1)


@pytest.mark.parametrize("month", ["September", "sep", "Sept."])
def test_month_may_be_a_name(month: str) -> None:
    assert send("1", month, "2000").dob.data == date(2000, 9, 1)


def test_month_of_two_letters_is_not_guessed() -> None:
    assert send("1", "Ma", "2000").dob.data is None


def test_leap_day_is_real_only_in_leap_years() -> None:
    assert send("29", "2", "2024").dob.data == date(2024, 2, 29)
    assert send("29", "2", "2023").dob.data is None


@pytest.mark.parametrize(
    ("parts", "message", "anchor", "wrong"),
    [
        (("", "", ""), "Enter a date", "dob-day", ("day", "month", "year")),
        (("", "3", "1990"), "Date of birth must include a day", "dob-day", ("day",)),
        (("27", "", "1990"), "Date of birth must include a month", "dob-month", ("month",)),
        (("27", "", ""), "Date of birth must include a month and year", "dob-month", ()),
        (("31", "2", "1990"), "Date of birth must be a real date, like 27 3 1990", "dob-day", ()),
        (
            ("27", "Mrz", "1990"),
            "Date of birth must be a real date, like 27 3 1990",
            "dob-month",
            (),
        ),
        (
            ("27", "3", "90"),
            "Date of birth must have a year with 4 numbers, like 1990",
            "dob-year",
            (),
        ),
        (("27", "3", "٢٠٠٠"), "Date of birth must be a real date, like 27 3 1990", "dob-day", ()),
        (
            ("9" * 5000, "3", "1990"),
            "Date of birth must be a real date, like 27 3 1990",
            "dob-day",
            (),
        ),
    ],
)
def test_wrong_date_is_named_and_linked_to_its_input(
    parts: tuple[str, str, str], message: str, anchor: str, wrong: tuple[str, ...]
) -> None:
    form = send(*parts)
    assert error_items(form) == [{"text": message, "href": f"#{anchor}"}]
    assert f'id="{anchor}"' in form.dob()
    if wrong:
        assert form.dob.wrong_parts == wrong


def test_blank_day_of_an_optional_date_is_not_taken_for_no_answer() -> None:
    form = send("", "3", "1990", field="seen")
    assert list(form.seen.errors) == ["The date must include a day"]


def test_optional_date_may_stay_empty() -> None:
    form = send("", "", "", field="seen")
    assert (list(form.seen.errors), form.seen.data) == ([], None)


def test_date_that_is_refused_is_shown_as_typed() -> None:
    html = send("31", "2", "1990").dob()
    for part, value in (("day", "31"), ("month", "2"), ("year", "1990")):
        assert f'name="dob-{part}" type="text" value="{value}"' in html


def test_date_that_was_stored_is_shown() -> None:
    html = BirthForm(formdata=None, data={"dob": date(1990, 3, 27)}).dob()
    for part, value in (("day", "27"), ("month", "3"), ("year", "1990")):
        assert f'name="dob-{part}" type="text" value="{value}"' in html


def test_markup_in_a_date_is_shown_as_text() -> None:
    html = send('"><script>x</script>', "2", "1990").dob()
    assert "&lt;script&gt;" in html
    assert "<script" not in html
