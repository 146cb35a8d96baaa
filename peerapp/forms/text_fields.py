"""Fields that are typed: text, numbers, addresses of all kinds, files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import phonenumbers
from flask_wtf.file import FileField
from wtforms import (
    Field,
    Form,
    IntegerField,
    PasswordField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import Email, Length, NumberRange, ValidationError

from peerapp.forms import widgets
from peerapp.forms.described import Described

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
SHORT_TEXT = 200
LONG_TEXT = 4000
PASSWORD_LENGTH = 256


def one_line(text: str | None) -> str | None:
    """Trim, make one line of it, drop control characters that no database takes."""
    if text is None:
        return None
    return CONTROL_CHARACTERS.sub("", " ".join(text.split()))


def lines(text: str | None) -> str | None:
    """Trim, keep line breaks as single newlines, drop other control characters."""
    if text is None:
        return None
    return CONTROL_CHARACTERS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def at_most(length: int) -> Length:
    return Length(max=length, message=f"Your answer must be {length} characters or fewer")


class GovString(Described, StringField):
    """One line of text; ``width`` in characters (2, 3, 4, 5, 10, 20, 30)."""

    widget = widgets.TextWidget()

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] | None = None,
        *,
        max_length: int = SHORT_TEXT,
        width: int | None = None,
        prefix: str | None = None,
        suffix: str | None = None,
        **kwargs: Any,
    ) -> None:
        look = dict(kwargs.pop("gov_params", None) or {})
        if width:
            look["classes"] = f"govuk-input--width-{width}"
        look |= {k: {"text": v} for k, v in (("prefix", prefix), ("suffix", suffix)) if v}
        kwargs.setdefault("filters", (one_line,))
        everything = [at_most(max_length), *(validators or ())]
        super().__init__(label, everything, gov_params=look, **kwargs)


class GovEmail(GovString):
    """An email address; its shape is checked, not whether it exists."""

    widget = widgets.EmailWidget()

    def __init__(self, label: str = "", validators: Sequence[Any] | None = None, **kwargs: Any):
        kwargs.setdefault("autocomplete", "email")
        shape = Email("Enter an email address in the correct format, like name@example.com")
        look = {"spellcheck": False}
        super().__init__(
            label, [shape, *(validators or ())], max_length=254, gov_params=look, **kwargs
        )


class GovTel(GovString):
    """A telephone number; British unless it starts with +."""

    widget = widgets.TelWidget()

    def __init__(self, label: str = "", validators: Sequence[Any] | None = None, **kwargs: Any):
        kwargs.setdefault("autocomplete", "tel")
        kwargs.setdefault("width", 20)
        super().__init__(label, [phone_number, *(validators or ())], max_length=40, **kwargs)


def phone_number(_form: Form, field: Field) -> None:
    """Refuse what cannot be dialled from Great Britain."""
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(field.data, "GB"))
    except phonenumbers.NumberParseException:
        possible = False
    if not possible:
        raise ValidationError("Enter a phone number, like 01632 960 001 or 07700 900 982")


class PostcodeField(GovString):
    """A full postcode; ``data`` is in capitals with one space. The service looks it up."""

    def __init__(self, label: str = "Postcode", *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("autocomplete", "postal-code")
        kwargs.setdefault("width", 10)
        kwargs.setdefault("filters", (one_line, normal_postcode))
        super().__init__(label, *args, **kwargs)

    def pre_validate(self, _form: Form) -> None:
        if self.data and not POSTCODE.fullmatch(self.data.replace(" ", "")):
            raise ValidationError("Enter a full UK postcode, like SN15 1AA")


def normal_postcode(text: str | None) -> str | None:
    """Return capitals with one space before the last three, or the text as typed."""
    found = POSTCODE.fullmatch((text or "").upper().replace(" ", ""))
    return f"{found[1]} {found[2]}" if found else text


class GovTextarea(Described, TextAreaField):
    """Several lines, with a count of what is left unless ``count=False``."""

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] | None = None,
        *,
        max_length: int = LONG_TEXT,
        rows: int = 5,
        count: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("filters", (lines,))
        look = {"rows": str(rows)} | ({"maxlength": max_length} if count else {})
        kind = widgets.CountedTextareaWidget() if count else widgets.TextareaWidget()
        everything = [at_most(max_length), *(validators or ())]
        super().__init__(label, everything, gov_params=look, widget=kind, **kwargs)


class GovPassword(Described, PasswordField):
    """A password; never shown again, never trimmed. Pass ``autocomplete``."""

    widget = widgets.PasswordWidget()

    def __init__(self, label: str = "", validators: Sequence[Any] | None = None, **kwargs: Any):
        kwargs.setdefault("autocomplete", "current-password")
        bound = Length(max=PASSWORD_LENGTH, message=f"Use {PASSWORD_LENGTH} characters or fewer")
        super().__init__(label, [bound, *(validators or ())], **kwargs)


class GovInteger(Described, IntegerField):
    """A whole number between ``low`` and ``high``."""

    widget = widgets.TextWidget()
    blank_is_no_answer = False

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] | None = None,
        *,
        low: int = 0,
        high: int = 1_000_000,
        width: int = 4,
        suffix: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.bounds = f"Enter a whole number from {low} to {high}"
        look: dict[str, Any] = {"classes": f"govuk-input--width-{width}"}
        if suffix:
            look["suffix"] = {"text": suffix}
        everything = [NumberRange(low, high, self.bounds), *(validators or ())]
        super().__init__(label, everything, inputmode="numeric", gov_params=look, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ValueError(self.bounds)
        self.data = int(text)


class GovFile(Described, FileField):
    """A file; ``accept`` as in HTML, for instance ``.csv``."""

    widget = widgets.FileWidget()

    def __init__(self, label: str = "", *args: Any, accept: str = "", **kwargs: Any) -> None:
        look = {"attributes": {"accept": accept}} if accept else {}
        super().__init__(label, *args, gov_params=look, **kwargs)


class GovSubmit(SubmitField):
    """A button that sends the form, once however often it is clicked."""

    widget = widgets.SubmitWidget()
    gov_params: ClassVar[dict[str, Any]] = {"preventDoubleClick": True}
