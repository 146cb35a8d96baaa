from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from peerapp.enums import SLOTS
from peerapp.forms.fields import (
    GovCheckbox,
    GovCheckboxes,
    GovRadio,
    GovSelect,
    SlotsField,
    error_items,
)
from peerapp.templating import init_templates

COLOURS = [("red", "Red"), ("green", "Green", "As grass is")]


class ChoiceForm(FlaskForm):
    one = GovRadio("One", choices=COLOURS, required="Choose one")
    many = GovCheckboxes("Many", choices=COLOURS, none_of_these="None of these")
    listed = GovSelect("Listed", choices=[("", "Choose"), *COLOURS])
    slots = SlotsField("Slots", required="Choose a time")
    agree = GovCheckbox("I agree", required="Tick the box")


@pytest.fixture(autouse=True)
def application() -> Iterator[Flask]:
    app = Flask("peerapp")
    app.config.update(SECRET_KEY="for tests", WTF_CSRF_ENABLED=False)
    init_templates(app)
    with app.test_request_context(method="POST"):
        yield app


def send(**given: Any) -> ChoiceForm:
    complete = {"one": "red", "slots": "mon_morning", "agree": "y", **given}
    form = ChoiceForm(formdata=MultiDict(complete))
    form.validate()
    return form


def test_complete_form_is_accepted() -> None:
    form = send()
    assert form.errors == {}
    assert (form.one.data, form.many.data, form.listed.data) == ("red", [], None)


@pytest.mark.parametrize("sent", ["", []])
def test_radio_without_answer_is_asked_for(sent: Any) -> None:
    form = send(one=sent)
    assert list(form.one.errors) == ["Choose one"]
    assert form.one.data is None


@pytest.mark.parametrize("field", ["one", "listed"])
def test_choice_that_was_not_offered_is_refused(field: str) -> None:
    assert send(**{field: "black"}).errors == {field: ["Choose from the list"]}


def test_checkboxes_that_were_not_offered_are_refused() -> None:
    assert send(many=["red", "black"]).errors == {"many": ["Choose from the list"]}


def test_checkboxes_keep_what_was_ticked() -> None:
    assert send(many=["green", "red"]).many.data == ["green", "red"]


def test_none_of_these_is_an_answer_and_no_value() -> None:
    form = send(many=["none"])
    assert (form.many.errors, form.many.data) == ([], [])
    assert 'value="none" checked' in form.many()


def test_none_of_these_with_others_is_refused() -> None:
    message = "Choose what applies, or “None of these”"
    assert send(many=["none", "red"]).errors == {"many": [message]}


def test_none_of_these_is_refused_where_it_is_not_offered() -> None:
    class Plain(FlaskForm):
        many = GovCheckboxes("Many", choices=COLOURS, required="Choose some")

    form = Plain(formdata=MultiDict({"many": "none"}))
    form.validate()
    assert form.errors == {"many": ["Choose from the list"]}


def test_choices_may_be_set_on_a_form() -> None:
    form = ChoiceForm(formdata=MultiDict({"one": "blue"}))
    form.one.choices = [("blue", "Blue")]
    form.validate()
    assert (form.one.data, "one" in form.errors) == ("blue", False)


def test_hint_of_a_choice_is_shown() -> None:
    html = send().one()
    assert 'id="one-2-item-hint" class="govuk-hint govuk-radios__hint"' in html
    assert "As grass is" in html


def test_choice_reveals_what_was_put_under_it() -> None:
    form = send()
    html = form.one(conditional={"green": form.listed()})
    assert 'data-aria-controls="conditional-one-2"' in html
    assert html.index('id="conditional-one-2"') < html.index('id="listed"')


def test_page_heading_is_the_legend_of_the_choices() -> None:
    html = send().one(page_heading=True)
    assert '<h1 class="govuk-fieldset__heading">' in html
    assert "govuk-fieldset__legend--l" in html


def test_box_that_must_be_ticked_is_asked_for() -> None:
    assert send(agree=[]).errors == {"agree": ["Tick the box"]}


def test_slots_are_kept_in_the_order_of_the_week() -> None:
    form = send(slots=["sun_evening", "mon_afternoon", "mon_afternoon"])
    assert form.slots.data == ("mon_afternoon", "sun_evening")


def test_all_slots_may_be_chosen() -> None:
    assert send(slots=list(SLOTS)).slots.data == SLOTS


def test_slots_without_answer_are_asked_for_at_the_first_box() -> None:
    form = send(slots=[])
    assert error_items(form) == [{"text": "Choose a time", "href": "#slots-mon_morning"}]
    assert 'id="slots-mon_morning"' in form.slots()
    assert 'aria-describedby="slots-error"' in form.slots()


@pytest.mark.parametrize("name", ["mon", "mon_night", "", "mon_morning "])
def test_slot_that_does_not_exist_is_refused(name: str) -> None:
    assert send(slots=["mon_morning", name]).errors == {"slots": ["Choose from the list"]}


def test_slots_that_were_stored_are_ticked() -> None:
    html = ChoiceForm(formdata=None, data={"slots": ("tue_evening",)}).slots()
    assert html.count(" checked") == 1
    assert 'value="tue_evening" checked' in html


def test_slots_of_a_form_not_yet_filled_in_are_an_empty_tuple() -> None:
    assert ChoiceForm(formdata=None).slots.data == ()


def test_errors_stand_in_the_order_of_the_form_and_link_to_inputs() -> None:
    form = ChoiceForm(formdata=MultiDict({"sent": "yes"}))
    form.validate()
    assert error_items(form) == [
        {"text": "Choose one", "href": "#one"},
        {"text": "Choose a time", "href": "#slots-mon_morning"},
        {"text": "Tick the box", "href": "#agree"},
    ]


def test_error_on_no_field_stands_first_without_a_link() -> None:
    form = send(one="")
    form.form_errors.append("The two dates do not fit.")
    assert error_items(form)[0] == {"text": "The two dates do not fit."}


@pytest.mark.parametrize("field", ["one", "many", "listed"])
def test_markup_in_a_choice_is_shown_as_text(field: str) -> None:
    form = ChoiceForm(formdata=None)
    form[field].choices = [('"><script>', "<script>x</script>", "<script>y</script>")]
    html = form[field]()
    assert "&lt;script&gt;" in html
    assert "<script" not in html
