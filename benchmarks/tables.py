"""Tables on the screen and in a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table

BEGIN = "<!-- {name}: begin, written by make bench -->"
END = "<!-- {name}: end -->"


def screen_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """The table for a terminal, without lines so that it fits narrow ones."""
    table = Table(title=title, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table in Markdown: the first column to the left, figures to the right."""
    lines = [columns, [":--"] + ["--:"] * (len(columns) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_blocks(page: Path, blocks: Mapping[str, str]) -> None:
    """Put each text between the page's two markers of its name, in place of what is there.

    Raises
    ------
    ValueError
        When the page does not have each marker once, in order; then nothing is written.
    """
    text = page.read_text(encoding="utf-8")
    for name, block in blocks.items():
        text = _with_block(page.name, text, name, block)
    page.write_text(text, encoding="utf-8")


def _with_block(page: str, text: str, name: str, block: str) -> str:
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end or begin in rest or end in before + after:
        raise ValueError(f"{page} must have once and in order: {begin} and {end}")
    return f"{before}{begin}\n{block}\n{end}{after}"
