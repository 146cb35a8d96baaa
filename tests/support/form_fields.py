"""The fields of a page's forms as a browser would send them: which can be sent more than once."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

NOT_SENT = frozenset({"submit", "button", "reset"})


def sent_twice(html: str) -> list[tuple[str, frozenset[str]]]:
    """Return, for each form of a page, its address and the names that it can send twice."""
    reader = _Forms()
    reader.feed(html)
    return [
        (action, frozenset(name for name, times in names.items() if times > 1))
        for action, names in reader.forms
    ]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Counter[str]]] = []
        self._radios: set[str] = set()
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given.get("action") or "", Counter()))
            self._radios, self._is_open = set(), True
        name, kind = given.get("name") or "", given.get("type") or "text"
        if not self._is_open or not name or kind in NOT_SENT:
            return
        if tag in {"input", "textarea"}:
            self._count(name, 1, is_radio=kind == "radio")
        if tag == "select":
            self._count(name, 2 if "multiple" in given else 1, is_radio=False)

    def handle_endtag(self, tag: str) -> None:
        self._is_open = self._is_open and tag != "form"

    def _count(self, name: str, times: int, *, is_radio: bool) -> None:
        if not is_radio or name not in self._radios:
            self.forms[-1][1][name] += times
        if is_radio:
            self._radios.add(name)
