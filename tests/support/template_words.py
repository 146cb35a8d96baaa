"""The words of a template, read off its source: every branch of it, whatever a page would show.

What a page fills in (names, days) is left out; a text that is chosen by a condition is there in
each of its wordings.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

from tests.support.reading_age import WORD, sentences_of

TEMPLATES = Path(__file__).parents[2] / "templates"
FEWEST = 3
_environment = Environment()


def template_sentences(name: str) -> list[str]:
    """Return the sentences of a template."""
    parsed = _environment.parse((TEMPLATES / name).read_text("utf-8"))
    written = "".join(_pieces(parsed))
    return sentences_of(f"<main>{written}</main>")


def _pieces(node: nodes.Node) -> Iterator[str]:
    """Yield markup as it stands, and each text inside an expression as a block of its own."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield f"<p>{node.value}</p>" if is_text(node.value) else ""
    elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Filter):
        yield " "
        yield from _inside(node)
    else:
        yield from _inside(node)


def _inside(node: nodes.Node) -> Iterator[str]:
    for child in node.iter_child_nodes():
        yield from _pieces(child)


def is_text(value: str) -> bool:
    """Tell a text for people from a name of the code."""
    looks_written = " " in value.strip() and not value.startswith(("govuk-", "app-", "width="))
    return looks_written and len(WORD.findall(value)) >= FEWEST


def module_sentences(path: Path, *, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """Return the sentences of the texts in a module, docstrings and some classes left out."""
    found: list[str] = []
    for node in ast.parse(path.read_text("utf-8")).body:
        if getattr(node, "name", "") not in leave_out:
            found += _texts(node)
    return sentences_of("<main>" + "".join(f"<p>{one}</p>" for one in found) + "</main>")


def _texts(node: ast.AST) -> Iterator[str]:
    documentation = {id(one.value) for one in ast.walk(node) if isinstance(one, ast.Expr)}
    for one in ast.walk(node):
        value = getattr(one, "value", None) if isinstance(one, ast.Constant) else None
        if isinstance(value, str) and id(one) not in documentation and is_text(value):
            yield value
