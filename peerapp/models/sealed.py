"""Columns whose values are sealed: plain in Python, ciphertext in the table.

``phone = sealed_text()`` in a model makes the column ``phone`` and an attribute that is read and
set like any other. ``models.vault`` seals what was set when the session flushes, and opens what
was loaded when it is first read. Nothing and the empty text are stored as they are: that somebody
left a field empty is no secret, and needs no key.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NoReturn, Protocol, TypeVar, cast, overload

from sqlalchemy import Dialect, Text, TypeDecorator
from sqlalchemy.orm import mapped_column, object_session

from peerapp.sealing import SealError

T = TypeVar("T")

ERASED = "[erased]"
"""What a sealed text reads as once the person's key was destroyed."""


class SealedColumnError(SealError):
    """A statement would compare, order or select a sealed column in the database."""


class NoVault(SealError):
    """A sealed value was read from a row that belongs to no session with keys."""


class Opener(Protocol):
    """What opens boxes: the vault of a session."""

    def open(self, token: str, place: str) -> bytes | None: ...


class Box:
    """One value of a sealed column: what is stored, what it says, or both."""

    __slots__ = ("is_open", "plain", "token")

    def __init__(self, token: str | None = None) -> None:
        self.token = token
        self.plain: Any = None
        self.is_open = False

    @classmethod
    def of(cls, plain: object) -> Box:
        """Return a box for a value that has yet to be sealed."""
        box = cls()
        box.plain, box.is_open = plain, True
        return box

    def same_as(self, other: Box) -> bool:
        """Say whether both hold the same value, as far as that is known without a key."""
        if self.token is not None and other.token is not None:
            return self.token == other.token
        return self.is_open and other.is_open and bool(self.plain == other.plain)

    def __repr__(self) -> str:
        return "Box(…)"


class SealedText(TypeDecorator[Box]):
    """The column of a sealed value; it takes nothing that was not sealed before."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Box | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Box) or value.token is None:
            raise SealedColumnError("a value that was not sealed may not reach the database")
        return value.token

    def process_result_value(self, value: str | None, dialect: Dialect) -> Box | None:
        return None if value is None else Box(value)

    def compare_values(self, x: Any, y: Any) -> bool:
        if isinstance(x, Box) and isinstance(y, Box):
            return x.same_as(y)
        return x is y


@dataclass(frozen=True)
class Codec(Generic[T]):
    """How a value becomes bytes and back, and what it reads as when its key is gone."""

    dump: Callable[[T], bytes]
    load: Callable[[bytes], T]
    erased: T
    empty: T | None = None


class Sealed(Generic[T]):
    """A sealed attribute of a model; see ``sealed_text`` and its like."""

    def __init__(
        self, codec: Codec[T], default: Callable[[], T] | None, nullable: bool, index: str
    ) -> None:
        self.codec = codec
        self.default = default
        self.nullable = nullable
        self.index = index
        self.name = self.slot = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Make the column under a name of its own, before the class is mapped."""
        self.name, self.slot = name, f"_sealed_{name}"
        setattr(owner, self.slot, mapped_column(name, SealedText, nullable=self.nullable))
        owner.__sealed__ = (*owner.__dict__.get("__sealed__", ()), self)  # type: ignore[attr-defined]

    @overload
    def __get__(self, row: None, owner: type) -> InStatement: ...
    @overload
    def __get__(self, row: object, owner: type) -> T: ...
    def __get__(self, row: object | None, owner: type) -> Any:
        if row is None:
            return InStatement(owner, self)
        box: Box | None = getattr(row, self.slot)
        if box is None:
            return None
        return box.plain if box.is_open else self._read(row, box)

    def __set__(self, row: object, value: T) -> None:
        if value is None:
            setattr(row, self.slot, None)
            return
        now: Box | None = getattr(row, self.slot)
        if now is not None and self._read(row, now) == value:
            return
        setattr(row, self.slot, Box.of(value))

    def place(self, row: Any) -> str:
        """Return where a value stands: ``table.column:row``."""
        return f"{row.__tablename__}.{self.name}:{row.id}"

    def stored(self, box: Box) -> str | None:
        """Return what is stored of a value that needs no sealing, else None."""
        return "" if box.plain == self.codec.empty and self.codec.empty is not None else None

    def open(self, box: Box, opener: Opener, place: str) -> T:
        """Open a box of this column and return what it says."""
        if box.token == "" and self.codec.empty is not None:
            box.plain = self.codec.empty
        elif not box.is_open:
            raw = opener.open(box.token or "", place)
            box.plain = copy(self.codec.erased) if raw is None else self.codec.load(raw)
        box.is_open = True
        return cast(T, box.plain)

    def _read(self, row: object, box: Box) -> T:
        if box.is_open or box.token == "":
            return self.open(box, _NOBODY, "")
        return self.open(box, _opener(row), self.place(row))


class InStatement:
    """A sealed attribute in a statement: it can be asked for being there, and nothing else.

    ``== ""`` and ``!= ""`` are questions of that kind too.
    """

    def __init__(self, owner: type, sealed: Sealed[Any]) -> None:
        self._owner = owner
        self._sealed = sealed

    def is_(self, nothing: None) -> Any:
        """Return the condition that there is no value."""
        return self.boxes.is_(nothing)

    def is_not(self, nothing: None) -> Any:
        """Return the condition that there is a value."""
        return self.boxes.is_not(nothing)

    @property
    def boxes(self) -> Any:
        """The mapped attribute, to be selected and opened by ``models.vault.opened``."""
        return getattr(self._owner, self._sealed.slot)

    def __eq__(self, other: object) -> Any:
        return self.boxes == self._empty(other)

    def __ne__(self, other: object) -> Any:
        return self.boxes != self._empty(other)

    def _empty(self, other: object) -> Box:
        if other != "" or self._sealed.codec.empty != "":
            self._refuse()
        return Box("")

    def _refuse(self, *_: object) -> NoReturn:
        raise SealedColumnError(
            f"{self._owner.__name__}.{self._sealed.name} is sealed: load the rows and compare in "
            "Python, or ask a blind index"
        )

    __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __radd__ = __clause_element__ = _refuse
    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


class _Nobody:
    def open(self, token: str, place: str) -> bytes | None:
        raise NoVault("a box that is sealed was taken for an open one")


_NOBODY = _Nobody()


def _opener(row: object) -> Opener:
    session = object_session(row)
    opener: Opener | None = session.info.get("vault") if session is not None else None
    if opener is None:
        raise NoVault(f"a {type(row).__name__} outside a session cannot open what is sealed")
    return opener


def _load_text(raw: bytes) -> str:
    return raw.decode()


def _dump_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


_TEXT: Codec[str] = Codec(str.encode, _load_text, ERASED, "")
_DATE: Codec[date | None] = Codec(
    lambda day: day.isoformat().encode() if day else b"",
    lambda raw: date.fromisoformat(raw.decode()),
    None,
)
_NUMBER: Codec[int] = Codec(lambda number: b"%d" % number, int, 0)
_OPTIONAL_NUMBER: Codec[int | None] = Codec(lambda number: b"%d" % (number or 0), int, None)
_BYTES: Codec[bytes] = Codec(bytes, bytes, b"", b"")


def sealed_text(default: str | None = "", *, index: str = "") -> Sealed[str]:
    """Declare a sealed text that is never NULL; ``default=None``: it has to be given.

    ``index`` names a column beside it, such as ``email_index``, that holds the blind index of the
    text, lower-cased and trimmed: that one can be compared in a statement.
    """
    return Sealed(_TEXT, None if default is None else lambda: default, False, index)


def sealed_date() -> Sealed[date | None]:
    """Declare a sealed date that may be missing."""
    return Sealed(_DATE, None, True, "")


def sealed_bytes() -> Sealed[bytes]:
    """Declare sealed bytes; none unless they are given."""
    return Sealed(_BYTES, bytes, False, "")


def sealed_number() -> Sealed[int]:
    """Declare a sealed whole number that is never NULL; without its key it reads as 0."""
    return Sealed(_NUMBER, None, False, "")


def sealed_optional_number() -> Sealed[int | None]:
    """Declare a sealed whole number that may be missing."""
    return Sealed(_OPTIONAL_NUMBER, None, True, "")


def sealed_json(
    default: Callable[[], Any] | None = None, *, erased: Any = None, nullable: bool = False
) -> Sealed[Any]:
    """Declare a sealed value of lists, mappings, texts and numbers, such as answers of a form.

    ``erased`` is what it reads as without its key. As with a JSON column, a change inside is not
    noticed: set it to a new value.
    """
    return Sealed(Codec(_dump_json, json.loads, erased), default, nullable, "")
