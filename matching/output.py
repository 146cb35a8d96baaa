"""A result as files, and files claimed to be a result read back for checking."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matching.files import write_table
from matching.problem import ProblemError
from matching.recruit import coach_of
from matching.result import Profile, Proof, Proposal, Result
from matching.tables import FileFault, FilesError, Row, read_table

PROPOSAL_COLUMNS = ("family_id", "coach_id", "slot", "mode", "distance_m", "cost", "reasons")
UNMATCHED_COLUMNS = ("family_id", "reason", "near_misses", "suggestion")
RECRUITMENT_COLUMNS = (
    "easting", "northing", "slots", "capacity", "languages", "gender", "training",
    "max_distance_m", "families_gained",
)  # fmt: skip
FIGURES = ("families", "coaches", "pairs", "matched", "cost", "bound")
SUMMARY_FILE = "summary.json"
PROOF_FILE = "proof.json"


def write_result(result: Result, out: Path) -> None:
    """Write all files of a result, each complete when it appears.

    Raises
    ------
    ValueError
        When the result is not a proved optimum: such a one is never written.
    """
    if not result.optimal:
        raise ValueError(f"a result with status {result.status} is not written")
    out.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _write_files(result, workshop)
        out.mkdir(exist_ok=True)
        for path in sorted(workshop.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _write_files(result: Result, directory: Path) -> None:
    write_table(
        directory / "proposals.csv",
        PROPOSAL_COLUMNS,
        (
            (p.family_id, p.coach_id, p.slot, p.mode, p.distance_m, p.cost, reasons(p))
            for p in result.proposals
        ),
    )
    write_table(
        directory / "unmatched.csv",
        UNMATCHED_COLUMNS,
        (
            (u.family_id, u.reason, " ".join(f"{n}:{c}" for n, c in u.near_misses), u.suggestion)
            for u in result.unmatched
        ),
    )
    write_table(
        directory / "recruitment.csv",
        RECRUITMENT_COLUMNS,
        (
            (
                p.easting, p.northing, " ".join(p.slots), p.capacity, " ".join(p.languages),
                p.gender, " ".join(p.training), p.max_distance_m, p.families_gained,
            )
            for p in result.recruitment
        ),
    )  # fmt: skip
    _write_json(directory / SUMMARY_FILE, result.summary())
    proof = {
        "closed": dict(result.proof.closed),
        "slot_prices": dict(result.proof.slot_prices),
        "coach_prices": dict(result.proof.coach_prices),
        "supervisor_prices": dict(result.proof.supervisor_prices),
    }
    _write_json(directory / PROOF_FILE, proof)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=False) + "\n", encoding="utf-8")


def reasons(proposal: Proposal) -> str:
    """Why this pair, as words with colons: points by reason, then what is shared, then others."""
    points = [f"{name}:{value}" for name, value in proposal.parts.as_dict().items() if value]
    lists = {
        "slots": proposal.shared_slots,
        "needs_met": proposal.needs_met,
        "needs_unmet": proposal.needs_unmet,
        "lived": proposal.lived_shared,
        "languages": proposal.languages_shared,
    }
    shared = [f"{name}:{'+'.join(words)}" for name, words in lists.items() if words]
    others = [f"next:{row.coach_id}={row.total_cost}" for row in proposal.next_best]
    return " ".join([*points, *shared, *others])


@dataclass(frozen=True)
class ReadMatch:
    """A row of ``proposals.csv``."""

    family_id: str
    coach_id: str
    slot: str
    mode: str
    distance_m: int
    cost: int
    reasons: str


@dataclass(frozen=True)
class ReadUnmatched:
    """A row of ``unmatched.csv``."""

    family_id: str
    reason: str
    near_misses: tuple[tuple[str, int], ...]
    suggestion: str


@dataclass(frozen=True)
class ReadClaim:
    """What the files of OUT say; `matching.verify` says whether it is so."""

    proposals: tuple[ReadMatch, ...]
    unmatched: tuple[ReadUnmatched, ...]
    recruitment: tuple[Profile, ...]
    families: int
    coaches: int
    pairs: int
    matched: int
    cost: int
    bound: int
    optimal: bool
    proof: Proof = field(default_factory=Proof)


def read_claim(out: Path) -> ReadClaim:
    """The files of OUT, whoever wrote them; ``proof.json`` may be absent.

    Raises
    ------
    FilesError
        When they are not in the form of the definition.
    """
    faults: list[FileFault] = []
    proposals = [_match(row) for row in read_table(out / "proposals.csv", PROPOSAL_COLUMNS, faults)]
    unmatched = [
        _unmatched(row) for row in read_table(out / "unmatched.csv", UNMATCHED_COLUMNS, faults)
    ]
    profiles = [
        _profile(row) for row in read_table(out / "recruitment.csv", RECRUITMENT_COLUMNS, faults)
    ]
    summary = _read_summary(out / SUMMARY_FILE, faults)
    if faults:
        raise FilesError(faults)
    return ReadClaim(
        proposals=tuple(proposals),
        unmatched=tuple(unmatched),
        recruitment=tuple(profiles),
        optimal=bool(summary["optimal"]),
        proof=_read_proof(out / PROOF_FILE),
        **{name: int(summary[name]) for name in FIGURES},
    )


def _match(row: Row) -> ReadMatch:
    return ReadMatch(
        family_id=row.text("family_id"),
        coach_id=row.text("coach_id"),
        slot=row.text("slot"),
        mode=row.text("mode"),
        distance_m=row.whole("distance_m"),
        cost=row.whole("cost"),
        reasons=row.text("reasons"),
    )


def _unmatched(row: Row) -> ReadUnmatched:
    misses = []
    for word in row.text("near_misses").split():
        rule, _, count = word.partition(":")
        if re.fullmatch("[0-9]{1,9}", count):
            misses.append((rule, int(count)))
        else:
            row.complain("near_misses", word, "rule:count")
    return ReadUnmatched(
        row.text("family_id"), row.text("reason"), tuple(misses), row.text("suggestion")
    )


def _profile(row: Row) -> Profile:
    """A profile must be one that a coach can have."""
    profile = Profile(
        easting=row.whole("easting"),
        northing=row.whole("northing"),
        slots=tuple(row.text("slots").split()),
        capacity=row.whole("capacity"),
        languages=tuple(row.text("languages").split()),
        gender=row.text("gender"),
        training=tuple(row.text("training").split()),
        max_distance_m=row.whole("max_distance_m"),
        families_gained=row.whole("families_gained"),
    )
    try:
        coach_of(profile, "recruit")
    except ProblemError as error:
        for fault in error.faults:
            row.complain(fault.field, fault.value, fault.allowed)
    return profile


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8-sig"))


def _read_summary(path: Path, faults: list[FileFault]) -> dict[str, Any]:
    try:
        summary = _read_json(path)
    except (OSError, ValueError) as error:
        faults.append(FileFault(path.name, 0, "", type(error).__name__, "well-formed JSON"))
        return {}
    if not isinstance(summary, dict):
        faults.append(FileFault(path.name, 0, "", "no object", "a JSON object"))
        return {}
    for name in (*FIGURES, "optimal"):
        value, wanted = summary.get(name), bool if name == "optimal" else int
        if type(value) is not wanted:
            allowed = "true, false" if wanted is bool else "a whole number"
            faults.append(FileFault(path.name, 0, name, str(value), allowed))
    return summary


def _read_proof(path: Path) -> Proof:
    """Prices, if there are any to be used; without them the check finds its own."""
    try:
        content = _read_json(path)
        return Proof(
            slot_prices=_prices(content["slot_prices"].items()),
            coach_prices=_prices(content["coach_prices"].items()),
            supervisor_prices=_prices(content["supervisor_prices"].items()),
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return Proof()


def _prices(items: Iterable[tuple[str, object]]) -> dict[str, int]:
    """Whole numbers of a size with which the check can still reckon exactly."""
    return {key: v for key, v in items if type(v) is int and abs(v) < 1 << 40}


def reason_faults(claim: ReadClaim) -> list[str]:
    """Proposals whose points by reason, where they are given, do not add up to the cost."""
    faults = []
    for row in claim.proposals:
        points = [
            int(number)
            for name, _, number in (word.partition(":") for word in row.reasons.split())
            if number.isdecimal() and name not in ("slots", "languages", "lived", "next")
        ]
        if points and sum(points) != row.cost:
            who = f"proposal {row.family_id} with {row.coach_id}"
            faults.append(f"{who}: reasons add up to {sum(points)}, the cost is {row.cost}")
    return faults
