"""The papers that the law asks for: every table about a person, the scheme's own figures."""

from __future__ import annotations

from peerapp.domain.person_records import RECORDS
from peerapp.services import processing_records
from peerapp.services.schemes import get_scheme


def test_the_record_of_processing_tells_of_every_table_about_a_person(session):
    told = {one.table for _, _, records in processing_records.PARTS for one in records}
    assert told & RECORDS.keys() == RECORDS.keys()
    text = processing_records.processing_record(session)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    fates = [row for row in rows if row.endswith(("deleted |", ". |", ".|"))]
    assert len(fates) >= len(RECORDS)


def test_the_papers_follow_the_figures_and_leave_the_rest_to_the_council(session):
    scheme = get_scheme(session)
    scheme.keep_families_months, scheme.duty_cover_hours = 61, 3
    text = processing_records.impact_assessment(session)
    assert "| Families whose record is closed | 61 months | erased |" in text
    assert "- A record outside the caseload stays open for: 3 hours" in text
    assert text.startswith(f"# Data protection impact assessment: {scheme.name}\n")
    assert "[low, medium, high]" in text
    scheme.keep_families_months = 1
    text = processing_records.processing_record(session)
    assert "| Families whose record is closed | 1 month | erased |" in text
