"""One table, on the screen and in a Markdown page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

BEGIN = "<!-- {name}: begin, written by make bench -->"
END = "<!-- {name}: end -->"


def screen_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """The table for a terminal, without lines so that it fits 80 columns."""
    table = Table(title=title, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def write_markdown(
    page: Path, name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Put the table between the page's two markers of that name, in place of what is there.

    Raises
    ------
    ValueError
        When the page does not have each marker once, in order; it is left as it is.
    """
    begin, end = BEGIN.format(name=name), END.format(name=name)
    text = page.read_text(encoding="utf-8")
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end or begin in rest or end in before + after:
        raise ValueError(f"{page.name} must have once and in order: {begin} and {end}")
    lines = [columns, ["--:"] * len(columns), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    page.write_text(f"{before}{begin}\n{table}\n{end}{after}", encoding="utf-8")
