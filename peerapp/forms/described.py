"""What every field of ours says beside its label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms.validators import DataRequired, InputRequired, Optional


class Described:
    """Mixed in before a WTForms field: hint, look, and whether an answer is needed.

    Parameters
    ----------
    label : str
        The question, or the name of what is asked for.
    validators : sequence, optional
        Further validators; they run only when something was given.
    required : str, optional
        The message when nothing was given. Without it the field may stay empty.
    hint : str, optional
        Help between label and input.
    autocomplete, inputmode : str, optional
        Attributes of the input, as in HTML.
    **kwargs
        Whatever the WTForms field takes.
    """

    gov_params: dict[str, Any]
    blank_is_no_answer = True
    """Whether spaces alone, or a zero, are no answer; else only what was not sent is none."""

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] | None = None,
        *,
        required: str | None = None,
        hint: str = "",
        autocomplete: str | None = None,
        inputmode: str | None = None,
        gov_params: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        presence = self.presence(required)
        everything = [presence, *(validators or ())]
        super().__init__(label, everything, description=hint, **kwargs)  # type: ignore[call-arg]
        given = {"autocomplete": autocomplete, "inputmode": inputmode, **(gov_params or {})}
        self.gov_params = {key: value for key, value in given.items() if value is not None}

    def presence(self, required: str | None) -> Any:
        """Return the validator that asks for an answer, or allows none."""
        if not required:
            return Optional()
        return DataRequired(required) if self.blank_is_no_answer else InputRequired(required)

    @property
    def error_anchor(self) -> str:
        """Id of the element that the error summary links to."""
        return str(self.id)  # type: ignore[attr-defined]
