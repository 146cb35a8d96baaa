"""A date in three inputs, with messages that say which part is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import Field

from peerapp.forms import widgets
from peerapp.forms.described import Described

PARTS = ("day", "month", "year")
BIRTHDAY = {part: f"bday-{part}" for part in PARTS}
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


class GovDate(Described, Field):
    """A date; ``data`` is a ``datetime.date`` or ``None``.

    The inputs are called ``NAME-day``, ``NAME-month`` and ``NAME-year``. ``noun`` starts the
    messages: "Date of birth must include a month". ``birthday=True`` lets browsers fill it in.
    """

    widget = widgets.DateWidget()
    blank_is_no_answer = False

    def __init__(
        self,
        label: str = "",
        *args: Any,
        noun: str = "The date",
        birthday: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, *args, **kwargs)
        self.noun = noun
        self.autocomplete = BIRTHDAY if birthday else {}
        self.parts: dict[str, str] = dict.fromkeys(PARTS, "")
        self._faulty: tuple[str, ...] = ()

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(None, *args, **kwargs)
        if formdata is None:
            return
        self.parts = {part: formdata.get(f"{self.name}-{part}", "").strip() for part in PARTS}
        # One value, blank when all three are: the presence validators look at the first alone.
        self.raw_data = ["".join(self.parts.values())]
        try:
            self.data = self._read()
        except ValueError as error:
            self.data = None
            self.process_errors.append(error.args[0])

    def process_data(self, value: date | None) -> None:
        self.data = value
        if value is not None:
            self.parts = dict(
                zip(PARTS, map(str, (value.day, value.month, value.year)), strict=True)
            )

    def _read(self) -> date | None:
        missing = tuple(part for part in PARTS if not self.parts[part])
        if len(missing) == len(PARTS):
            return None
        if missing:
            self._faulty = missing
            raise ValueError(f"{self.noun} must include a {' and '.join(missing)}")
        return self._real_date()

    def _real_date(self) -> date:
        parts = {**self.parts, "month": _month_number(self.parts["month"])}
        message = f"{self.noun} must be a real date, like 27 3 1990"
        if not all(text.isascii() and text.isdigit() for text in parts.values()):
            self._faulty = tuple(p for p in PARTS if not parts[p].isdigit())
            raise ValueError(message)
        day, month, year = (int(parts[part][:5]) for part in PARTS)
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            self._faulty = ("year",)
            raise ValueError(f"{self.noun} must have a year with 4 numbers, like 1990")
        try:
            return date(year, month, day)
        except ValueError:
            raise ValueError(message) from None

    @property
    def wrong_parts(self) -> tuple[str, ...]:
        """The inputs to mark in red: those at fault, or all of them."""
        if not self.errors:
            return ()
        return self._faulty or PARTS

    @property
    def error_anchor(self) -> str:
        return f"{self.id}-{(self.wrong_parts or PARTS)[0]}"


def _month_number(text: str) -> str:
    """Return a month's number for its name or the first letters of it; other text as it is."""
    word = text.lower().rstrip(".")
    if len(word) < 3:
        return text
    found = [number for number, name in enumerate(MONTHS, 1) if name.startswith(word)]
    return str(found[0]) if found else text
