"""How our fields become design system components.

The widgets of ``govuk-frontend-wtf`` do most of it. What is put right here:

- they render in the application's own template environment, which is strict: see ``components``;
- an empty hint became an empty element;
- ``required`` made browsers show their own message in place of ours;
- hints, reveals and "none of these" on single choices were dropped;
- the date input had three inputs of one name, and no input with the id that the error
  summary linked to.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask import get_template_attribute
from govuk_frontend_wtf import wtforms_widgets as library
from govuk_frontend_wtf.gov_form_base import GovFormBase
from markupsafe import Markup
from wtforms import Field

from peerapp.forms import components

Params = dict[str, Any]
DEFAULT_LABEL_SIZE = "s"
OPTIONS = ("page_heading", "label_size", "classes", "hint", "conditional")
"""What a template may say when it renders a field: ``form.name(page_heading=True)``."""


class Ours:
    """Mixed in before a widget of the library."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        options = {name: kwargs.pop(name, None) for name in OPTIONS}
        kwargs.pop("required", None)
        given = deepcopy(getattr(field, "gov_params", {}))
        kwargs["params"] = {**given, **kwargs.get("params", {})}
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[misc]
        _add_classes(params, options["classes"])
        _set_hint(params, options["hint"])
        _set_heading(params, options["page_heading"], options["label_size"])
        return params

    def render(self, params: Params) -> Markup:
        return components.render(self.template, params)  # type: ignore[attr-defined]


def _add_classes(params: Params, classes: str | None) -> None:
    both = [params.get("classes"), classes]
    params["classes"] = " ".join(text for text in both if text)


def _set_hint(params: Params, hint: str | None) -> None:
    text = hint or (params.get("hint") or {}).get("text")
    params["hint"] = {"text": text} if text else None


def _set_heading(params: Params, page_heading: bool | None, size: str | None) -> None:
    """Give the label or the legend its size, and make it the page's h1 where asked."""
    legend = (params.get("fieldset") or {}).get("legend")
    label, name = (legend, "fieldset__legend") if legend else (params.get("label"), "label")
    if label is None:
        return
    size = size or ("l" if page_heading else DEFAULT_LABEL_SIZE)
    label.setdefault("classes", f"govuk-{name}--{size}")
    label["isPageHeading"] = bool(page_heading)


class OursChoices(Ours):
    """Mixed in before the library's radios and checkboxes."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        conditional = kwargs.get("conditional") or {}
        kwargs["items"] = _choice_items(field, kwargs["items"], conditional)
        return super().map_gov_params(field, **kwargs)


def _choice_items(field: Field, items: list[Params], conditional: Params) -> list[Params]:
    complete: list[Params] = []
    for option, item in zip(field, items, strict=True):
        extra = getattr(getattr(option, "choice", None), "render_kw", {})
        if extra.get("hint"):
            item["hint"] = {"text": extra["hint"]}
        if extra.get("exclusive"):
            complete.append({"divider": "or"})
            item["behaviour"] = "exclusive"
        if item["value"] in conditional:
            item["conditional"] = {"html": conditional[item["value"]]}
        complete.append(item)
    return complete


class TextWidget(Ours, library.GovTextInput):
    pass


class EmailWidget(TextWidget):
    input_type = "email"


class TelWidget(TextWidget):
    input_type = "tel"


class PasswordWidget(Ours, library.GovPasswordInput):
    pass


class RadiosWidget(OursChoices, library.GovRadioInput):
    pass


class CheckboxesWidget(OursChoices, library.GovCheckboxesInput):
    pass


class CheckboxWidget(OursChoices, library.GovCheckboxInput):
    pass


class SelectWidget(Ours, library.GovSelect):
    pass


class TextareaWidget(Ours, library.GovTextArea):
    pass


class CountedTextareaWidget(Ours, library.GovCharacterCount):
    pass


class FileWidget(Ours, library.GovFileInput):
    pass


class SubmitWidget(Ours, library.GovSubmitInput):
    pass


class DateWidget(Ours, GovFormBase):
    """Day, month and year, each with its own name and id: ``dob-day`` and so on."""

    template = "govuk_frontend_wtf/date.html"

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        kwargs.setdefault("id", field.id)
        legend = {"legend": {"text": field.label.text}}
        items = [_date_item(field, part) for part in ("day", "month", "year")]
        kwargs["params"] = {"fieldset": legend, "items": items, **kwargs.get("params", {})}
        return super().__call__(field, **kwargs)  # type: ignore[no-any-return]


def _date_item(field: Any, part: str) -> Params:
    classes = f"govuk-input--width-{4 if part == 'year' else 2}"
    if part in field.wrong_parts:
        classes += " govuk-input--error"
    return {
        "label": part.capitalize(),
        "id": f"{field.id}-{part}",
        "name": f"{field.name}-{part}",
        "classes": classes,
        "value": field.parts[part],
        "autocomplete": field.autocomplete.get(part),
    }


class SlotsWidget:
    """The week as a grid of checkboxes; a template of ours, no component has it."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        options = {name: kwargs.get(name) for name in ("page_heading", "label_size", "hint")}
        macro = get_template_attribute("macros/slots.html", "slots_field")
        return Markup(macro(field, **options))
