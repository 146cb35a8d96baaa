"""Whatever a family reads on the site, or is asked to agree to, can be read at nine.

Which templates these are is read off the routes that a family may open: a new page is among them
from its first day.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import peerapp
from peerapp.domain.family_consent_texts import FIRST_TEXTS
from peerapp.enums import Role
from peerapp.models import Account
from peerapp.permissions import ROUTES
from peerapp.services import messages
from peerapp.vocabulary.consents import FAMILY_TITLES, STOP_EFFECTS
from tests.support.reading_age import WORD, reading_age, sentences_of
from tests.support.template_words import TEMPLATES, module_sentences, template_sentences

AGE = 9
HARDEST = 10
"""One page is a small sample: a name such as “coordinator” weighs more in it."""

ROOT = Path(peerapp.__file__).parent
OTHERS = {
    # for referees, professionals and coaches, beside the family's pages in the same module
    "referee", "referrer", "front_door/professional.html",
    "conversations/coach.html", "conversations/list.html", "conversations/reason.html",
    "conversations/staff.html", "conversations/backup.html", "goals/show.html",
    "match_endings/thanks.html", "matches/ending.html", "auth/sign_up.html",
    "auth/sign_up_sent.html", "match_offers/coach.html", "match_offers/offer.html",
    "match_offers/record.html",
    # what the law wants said, in its own words
    "public/accessibility.html", "public/privacy.html", "public/cookies.html",
}  # fmt: skip
FAMILY_FOLDERS = ("family", "front_door", "own_", "match_offers")
FORMS = {
    "front_door.py": frozenset({"ReferrerForm", "SupportForm", "StepDownForm", "AgreementForm"}),
    "own_safe_contact.py": frozenset(),
    "goals.py": frozenset({"StaffGoalForm", "MeasureForm", "TotalForm"}),
    "conversations.py": frozenset({"ReadingForm"}),
    "concerns.py": frozenset(
        {"AcknowledgeForm", "ConcernNoteForm", "ResumeForm", "CloseConcernForm"}
    ),
}


def family_templates() -> list[str]:
    """Return the templates of every module with a page that a family may open, and their parts."""
    family = Account(role=Role.FAMILY)
    open_to = {name.partition(".")[0] for name, access in ROUTES.items() if access.who(family)}
    found: set[str] = set()
    for path in (ROOT / "views").rglob("*.py"):
        text = path.read_text("utf-8")
        if set(re.findall(r'Blueprint\(\s*"(\w+)"', text)) & open_to:
            found |= set(re.findall(r'"([\w/]+\.html)"', text))
    parts = {one.partition("/")[0] for one in found}
    for path in TEMPLATES.rglob("*.html"):
        folder, name = path.parent.name, path.name
        if folder in parts and (name.startswith("_") or folder.startswith(FAMILY_FOLDERS)):
            found.add(f"{folder}/{name}")
    return sorted(one for one in found if one not in OTHERS and one.partition("/")[0] not in OTHERS)


def words_of_families() -> dict[str, list[str]]:
    """Return the sentences of all that a family reads, by where they stand."""
    found = {name: template_sentences(name) for name in family_templates()}
    for name, others in FORMS.items():
        found[f"forms/{name}"] = module_sentences(ROOT / "forms" / name, leave_out=others)
    texts = [*FIRST_TEXTS.values(), *FAMILY_TITLES.values()]
    texts += [line for lines in STOP_EFFECTS.values() for line in lines]
    blocks = "".join(f"<p>{one}</p>" for text in texts for one in text.split("\n\n"))
    found["consents"] = sentences_of(f"<main>{blocks}</main>")
    found["messages"] = module_sentences(Path(messages.__file__))
    return found


@pytest.fixture(scope="module")
def words() -> dict[str, list[str]]:
    return words_of_families()


def test_pages_of_families_are_found():
    found = family_templates()
    assert {"family/home.html", "front_door/page.html", "goals/own.html"} <= set(found)
    assert len(found) > 40


def test_all_that_families_read_is_for_nine_year_olds(words):
    everything = [one for sentences in words.values() for one in sentences]
    assert len(everything) > 600
    assert reading_age(everything) <= AGE


def test_no_page_for_families_is_hard(words):
    ages = {
        name: round(reading_age(sentences), 1)
        for name, sentences in words.items()
        if sum(len(WORD.findall(one)) for one in sentences) >= 60
    }
    assert len(ages) > 15
    assert {name: age for name, age in ages.items() if age > HARDEST} == {}


def test_a_hard_word_of_a_branch_is_read_too(tmp_path, monkeypatch):
    """The control: what stands in a condition, an argument or a form counts."""
    monkeypatch.setattr("tests.support.template_words.TEMPLATES", tmp_path)
    (tmp_path / "one.html").write_text(
        "{% if a %}<p>Here we go now.</p>{% else %}<p>There {{ name }} they were.</p>{% endif %}"
        "{{ button('This is for you', 'app-wide') if b else 'That is for them' }}"
    )
    assert template_sentences("one.html") == [
        "Here we go now.",
        "There they were.",
        "This is for you",
        "That is for them",
    ]


def test_no_page_hides_questions_behind_an_answer():
    """Reveals say of a radio button that it opens something, which readers of screens refuse."""
    pages = {path.name for path in TEMPLATES.rglob("*.html") if "conditional=" in path.read_text()}
    assert pages == set()
