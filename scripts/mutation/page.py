"""docs/matching-mutants.md: what was tried, what was caught, and why what survives may."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.mutation.mutants import Mutant

PAGE = Path("docs/matching-mutants.md")
ACCEPTED = Path(__file__).with_name("accepted.toml")
SURVIVED = "survived"


@dataclass(frozen=True)
class Outcome:
    """A mutant and how it ended; None when it has not been tried."""

    mutant: Mutant
    how: str | None


def write_page(groups: Mapping[str, Sequence[Outcome]]) -> bool:
    """Write the page; true when every survivor has an argument."""
    arguments = _arguments()
    survivors = [row.mutant for rows in groups.values() for row in rows if row.how == SURVIVED]
    bare = [mutant for mutant in survivors if _name(mutant) not in arguments]
    intro, _, _ = PAGE.read_text(encoding="utf-8").partition("## Figures")
    lines = [intro + "## Figures", "", *_table(groups), "", "## Survivors", ""]
    for why in dict.fromkeys(arguments[_name(m)] for m in survivors if m not in bare):
        lines += [f"**{why}**", ""]
        lines += [f"- {m.name}" for m in survivors if m not in bare and arguments[_name(m)] == why]
        lines.append("")
    if bare:
        lines += ["**Not argued yet**", "", *(f"- {m.name}" for m in bare), ""]
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    return not bare


def _arguments() -> dict[tuple[str, str, str, str], str]:
    """Why each accepted mutant may survive, by module, function, before and after."""
    table = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))
    return {
        (f"matching.{module}", where, before, after): reason["why"]
        for reason in table["reason"]
        for module, where, before, after in reason["mutants"]
    }


def _name(mutant: Mutant) -> tuple[str, str, str, str]:
    return mutant.module, mutant.where, mutant.before, mutant.after


def _table(groups: Mapping[str, Sequence[Outcome]]) -> list[str]:
    lines = [
        "| modules | mutants | tried | caught by a test | by an error | by the clock | survived |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, rows in groups.items():
        ways = [row.how for row in rows]
        counts = [len(rows), len(rows) - ways.count(None)]
        counts += [ways.count(how) for how in ("test", "error", "time", SURVIVED)]
        lines.append("| " + " | ".join([name, *(f"{count:,}" for count in counts)]) + " |")
    return lines
