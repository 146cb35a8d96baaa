"""Fields that are chosen from a list, among them the weekly slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, Field, Form, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import ValidationError

from peerapp.enums import SLOTS
from peerapp.forms import widgets
from peerapp.forms.described import Described

NOT_OFFERED = "Choose from the list"
NONE_OF_THESE = "none"


def as_choices(choices: Iterable[Any] | None) -> list[SelectChoice] | None:
    """Return choices as WTForms wants them, from ``(value, label)`` or ``(…, hint)``.

    A value of ``none`` stands apart at the end: choosing it unticks the others.
    """
    if choices is None:
        return None
    return [c if isinstance(c, SelectChoice) else _choice(*c) for c in choices]


def _choice(value: str, label: str, hint: str = "") -> SelectChoice:
    extra: dict[str, Any] = {"hint": hint} if hint else {}
    return SelectChoice(str(value), label, extra)


class Choices(Described):
    """Mixed in before a WTForms choice field: plain tuples as choices, plain messages."""

    blank_is_no_answer = False

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] | None = None,
        *,
        choices: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            label,
            validators,
            choices=as_choices(choices),
            invalid_choice_message=NOT_OFFERED,
            invalid_value_message=NOT_OFFERED,
            **kwargs,
        )

    @property
    def choices(self) -> Any:
        return super().choices  # type: ignore[misc]

    @choices.setter
    def choices(self, value: Iterable[Any] | None) -> None:
        SelectField.choices.fset(self, as_choices(value))  # type: ignore[attr-defined]


class OneChoice(Choices):
    """Mixed in for a single choice: no answer is ``None``, never an empty string."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and valuelist[0] == "":
            self.data = None
        else:
            super().process_formdata(valuelist)  # type: ignore[misc]


class GovRadio(OneChoice, RadioField):
    """One of a few. ``inline=True`` puts two short ones side by side."""

    widget = widgets.RadiosWidget()

    def __init__(self, label: str = "", *args: Any, inline: bool = False, **kwargs: Any) -> None:
        look = {"classes": "govuk-radios--inline"} if inline else {}
        super().__init__(label, *args, gov_params=look, **kwargs)


class GovYesNo(GovRadio):
    """Yes or no: ``"yes"`` or ``"no"``, side by side unless said otherwise."""

    def __init__(self, label: str = "", *args: Any, inline: bool = True, **kwargs: Any) -> None:
        options = [("yes", "Yes"), ("no", "No")]
        super().__init__(label, *args, choices=options, inline=inline, **kwargs)


class GovSelect(OneChoice, SelectField):
    """One of many. Give a first choice ``("", "Choose …")`` when none is preset."""

    widget = widgets.SelectWidget()


class GovCheckboxes(Choices, SelectMultipleField):
    """Any of several; ``data`` is a list of values, empty when none is ticked.

    ``none_of_these`` adds a last box under that label, of value ``none``, that unticks the
    others; it is taken out of ``data`` again, so ticking it is a way to answer "none".
    """

    widget = widgets.CheckboxesWidget()

    def __init__(
        self,
        label: str = "",
        *args: Any,
        choices: Iterable[Any] | None = None,
        none_of_these: str = "",
        small: bool = False,
        **kwargs: Any,
    ) -> None:
        self.none_of_these = none_of_these
        look = {"classes": "govuk-checkboxes--small"} if small else {}
        super().__init__(label, *args, choices=choices, gov_params=look, **kwargs)

    def iter_choices(self) -> Any:
        yield from super().iter_choices()
        if self.none_of_these:
            yield self._none_choice()

    def _none_choice(self) -> Choice:
        ticked = NONE_OF_THESE in (self.raw_data or ())
        return Choice(NONE_OF_THESE, self.none_of_these, ticked, {"exclusive": True})

    def process_formdata(self, valuelist: list[str]) -> None:
        none = NONE_OF_THESE if self.none_of_these else None
        super().process_formdata([value for value in valuelist if value != none])

    def pre_validate(self, form: Form) -> None:
        super().pre_validate(form)
        ticked = self.raw_data or []
        if NONE_OF_THESE in ticked and len(set(ticked)) > 1 and self.none_of_these:
            raise ValidationError(f"Choose what applies, or “{self.none_of_these}”")


class GovCheckbox(Described, BooleanField):
    """One box to tick, for instance to agree."""

    widget = widgets.CheckboxWidget()


class SlotsField(Described, Field):
    """Weekly slots as a grid of seven days by four times.

    ``data`` is a tuple of names from ``SLOTS`` in the order of the week, without doubles.
    """

    widget = widgets.SlotsWidget()
    blank_is_no_answer = False

    def process_data(self, value: Iterable[str] | None) -> None:
        chosen = frozenset(value or ())
        self.data = tuple(slot for slot in SLOTS if slot in chosen)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.process_data(valuelist)
        if not set(valuelist) <= set(SLOTS):
            raise ValueError(NOT_OFFERED)

    @property
    def error_anchor(self) -> str:
        return f"{self.id}-{SLOTS[0]}"
