"""The impact assessment and the record of processing, filled from what the scheme has set."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from peerapp.domain.person_records import Fate, Record
from peerapp.domain.person_records import families as families_records
from peerapp.domain.person_records import matches as match_records
from peerapp.domain.person_records import people as people_records
from peerapp.domain.person_records import vetting as vetting_records
from peerapp.domain.person_records import volunteers as volunteer_records
from peerapp.domain.scheme_figures import FIGURES
from peerapp.models import Scheme
from peerapp.services import retention
from peerapp.services.schemes import get_scheme

PARTS: tuple[tuple[str, str, tuple[Record, ...]], ...] = (
    ("People who sign in", "Running the site securely", people_records.RECORDS),
    ("Volunteers", "Recruiting and looking after volunteers", volunteer_records.RECORDS),
    ("Volunteers, vetting", "Keeping children safe from harm", vetting_records.RECORDS),
    ("Families", "Help for families in need", families_records.RECORDS),
    ("Families and coaches together", "Help for families in need", match_records.RECORDS),
)
RISKS: tuple[tuple[str, str, str], ...] = (
    (
        "An abuser finds a family that hides",
        "No address for a coach by default; neutral messages over safe channels only; other "
        "localities’ records are not there; duty cover is told, timed and signed off",
        "security.md",
    ),
    (
        "Somebody unsuitable works with a family",
        "Clearance is asked afresh at each step and view; two people lift a suspension",
        "vetting.md",
    ),
    (
        "A file of many people leaves the council",
        "Two people, a reason, fetched once, within hours; audited",
        "need-to-know.md",
    ),
    ("A backup or the database is stolen", "Sealed by a key of each person", "sealing.md"),
    ("Data is kept for too long", "Deleted every day by class; legal holds", "rights.md"),
    (
        "A machine decides about people",
        "It proposes; a coordinator approves each match, and can see why it was proposed",
        "matching.md",
    ),
)
WHY: tuple[str, ...] = (
    "## What is done, and why",
    "",
    "Volunteers are recruited, vetted and trained, and each is matched with a family for some "
    "months. A program proposes pairs from place, time and needs; a person approves each.",
    "",
    "Lawful basis: public task (UK GDPR article 6(1)(e)). Health, ethnicity and the like: "
    "social care and safeguarding (Schedule 1, paragraphs 2 and 18, Data Protection Act "
    "2018). Criminal offence data: Schedule 1, paragraph 18, with [the council’s appropriate "
    "policy document].",
)
SIGNED: tuple[str, ...] = (
    "## Asked and signed",
    "",
    "Families and volunteers asked: [how]. Data protection officer: [advice, day]. "
    "Signed by: [name, day]. Looked at again: [day].",
)


def impact_assessment(session: Session) -> str:
    """Return the data protection impact assessment as Markdown, to be finished by the council."""
    scheme = get_scheme(session)
    lines = [
        f"# Data protection impact assessment: {scheme.name}",
        "",
        f"Controller: {scheme.council or '[name of the council]'}. Contact: "
        f"{scheme.email or '[email]'}, {scheme.phone or '[phone]'}.",
        "",
        "Filled from the settings of the site. What stands in [brackets] is for the council.",
        "",
        *WHY,
        "",
        "## Whose data, and which",
        "",
        *_parts(),
        "",
        "## For how long",
        "",
        *_periods(scheme),
        "",
        "## Risks",
        "",
        *_risks(),
        "",
        "## Figures on which safety rests",
        "",
        *_figures(scheme, ("checks", "panel", "access", "supervision")),
        "",
        *SIGNED,
        "",
    ]
    return "\n".join(lines)


def processing_record(session: Session) -> str:
    """Return the record of processing (UK GDPR, article 30) as Markdown."""
    scheme = get_scheme(session)
    lines = [
        f"# Record of processing: {scheme.name}",
        "",
        f"Controller: {scheme.council or '[name of the council]'}.",
        "",
        "Recipients: the Disclosure and Barring Service (checks), [mail provider], [hosting]. "
        "No transfer outside the United Kingdom unless [provider] says so.",
        "",
    ]
    for people, purpose, records in PARTS:
        lines += [f"## {people}", "", f"Purpose: {purpose}.", ""]
        lines += ["| What | Fields | On erasure |", "|---|---|---|"]
        lines += [_line(one) for one in records]
        lines.append("")
    lines += ["## Periods", "", *_periods(scheme), ""]
    return "\n".join(lines)


def _parts() -> list[str]:
    return [
        f"- {people}: {'; '.join(_name(one) for one in records)}." for people, _, records in PARTS
    ]


def _risks() -> list[str]:
    rows = ["| Risk | What is done | Where | Left over |", "|---|---|---|---|"]
    rows += [f"| {risk} | {done} | {where} | [low, medium, high] |" for risk, done, where in RISKS]
    return rows


def _name(record: Record) -> str:
    """Return what a table holds, as a council says it of somebody else."""
    name = record.title.removeprefix("Your ")
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def _line(record: Record) -> str:
    columns = [*record.given, *record.review, *record.withheld]
    fate = {
        Fate.DELETED: "deleted",
        Fate.BLANKED: f"emptied; {record.why_kept}",
        Fate.KEPT: f"kept; {record.why_kept}",
    }[record.fate]
    return f"| {_name(record)} | {', '.join(one.replace('_', ' ') for one in columns)} | {fate} |"


def _periods(scheme: Scheme) -> list[str]:
    rows = ["| What | Kept for | Then |", "|---|---|---|"]
    for kind in retention.CLASSES:
        figure = next(one for one in FIGURES if one.column == kind.figure)
        period = figure.words(getattr(scheme, kind.figure))
        rows.append(f"| {kind.title} | {period} | {kind.what.lower()} |")
    rows.append(f"| Text of a risk assessment | {scheme.risk_text_months} months | deleted |")
    rows.append(
        f"| Messages inside the site, after the match | {scheme.inside_message_months} months "
        "| deleted |"
    )
    rows.append(f"| Referrals that were not sent | {scheme.referral_draft_days} days | deleted |")
    return rows


def _figures(scheme: Scheme, groups: Iterable[str]) -> list[str]:
    wanted = set(groups)
    return [
        f"- {one.label}: {one.words(int(getattr(scheme, one.column)))}"
        for one in FIGURES
        if one.group in wanted
    ]
