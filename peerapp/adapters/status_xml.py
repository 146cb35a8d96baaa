"""Reading the XML of a status check: a flat list of named texts, and nothing else.

The parser refuses a document type before any entity of it could be read, so there is nothing to
expand: no bomb, no file, no address.
"""

from __future__ import annotations

from typing import NoReturn
from xml.parsers import expat

from peerapp.enums import StatusFailure

ROOT = "statusCheckResult"
MOST_TEXT = 200  # of one element; a surname has 60 at most
DATE_CLASS = "sql-date"


class ResultError(Exception):
    """The text is not a result; its message never repeats it."""

    def __init__(self, failure: StatusFailure) -> None:
        self.failure = failure
        super().__init__(failure.value)


def read_result(body: bytes) -> dict[str, str]:
    """Return the texts below ``statusCheckResult`` by the names of their elements.

    Raises
    ------
    ResultError
        Not well-formed, with a document type or an instruction, of another shape, or with an
        element twice: which of the two would count?
    """
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        # Also an encoding that nobody knows.
        raise ResultError(StatusFailure.NOT_XML) from None
    return reader.texts


class _Reader:
    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.open: list[str] = []
        self.is_skipped = False  # a print date of another kind is no print date
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse_xml
        parser.EntityDeclHandler = _refuse_xml
        parser.ExternalEntityRefHandler = _refuse_xml
        parser.ProcessingInstructionHandler = _refuse_xml

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.open and name != ROOT:
            raise ResultError(StatusFailure.NOT_A_RESULT)
        if len(self.open) > 1 or name in self.texts:
            raise ResultError(StatusFailure.NOT_A_RESULT)
        self.is_skipped = name == "printDate" and attributes.get("class") != DATE_CLASS
        if self.open:
            self.texts[name] = ""
        self.open.append(name)

    def _end(self, _: str) -> None:
        self.open.pop()

    def _text(self, text: str) -> None:
        name = self.open[-1]
        if len(self.open) == 1:
            if text.strip():
                raise ResultError(StatusFailure.NOT_A_RESULT)
            return
        self.texts[name] += "" if self.is_skipped else text
        if len(self.texts[name]) > MOST_TEXT:
            raise ResultError(StatusFailure.NOT_A_RESULT)


def _refuse_xml(*_: object) -> NoReturn:
    raise ResultError(StatusFailure.NOT_XML)
