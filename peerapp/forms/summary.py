"""The error summary at the top of a page, each message a link to its input."""

from __future__ import annotations

from markupsafe import Markup
from wtforms import Form

from peerapp.forms import components

Item = dict[str, str]


def has_errors(form: Form | None) -> bool:
    """Tell whether the form was sent and something in it is wrong."""
    return form is not None and bool(form.errors)


def error_items(form: Form) -> list[Item]:
    """Return the first message of each field, in the order of the form.

    Messages on no single field, such as a form that timed out, come first, without a link.
    """
    items: list[Item] = [{"text": str(text)} for text in form.form_errors]
    for field in form:
        if field.errors and field.type == "CSRFTokenField":
            items.insert(0, {"text": "This page was open for too long. Send the form again."})
        elif field.errors:
            anchor = getattr(field, "error_anchor", field.id)
            items.append({"text": str(field.errors[0]), "href": f"#{anchor}"})
    return items


def error_summary(form: Form | None) -> Markup:
    """Return the summary of a form's errors, or nothing."""
    if form is None or not form.errors:
        return Markup()
    params = {"titleText": "There is a problem", "errorList": error_items(form)}
    return components.macros()["govukErrorSummary"](params)
