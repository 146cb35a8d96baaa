"""How old a reader has to be for a text: Flesch and Kincaid's grade, and five years.

The formula counts words per sentence and syllables per word (Kincaid and others, 1975). It is made
for running text; here each block of a page counts as a sentence, also without a full stop.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    {
        "button", "caption", "dd", "div", "dt", "h1", "h2", "h3", "h4", "label", "legend", "li",
        "option", "p", "td", "th",
    }
)  # fmt: skip
SKIPPED = frozenset({"script", "style", "select", "textarea", "input", "header", "footer", "nav"})
VOWELS = re.compile(r"[aeiouy]+")
WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
GRADE_TO_AGE = 5


class _Blocks(HTMLParser):
    """Collects the text of a page's main part, block by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = [""]
        self.in_main = False
        self.skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_main = self.in_main or tag == "main"
        if tag in SKIPPED and tag != "input":
            self.skipping += 1
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_main = self.in_main and tag != "main"
        if tag in SKIPPED and tag != "input":
            self.skipping -= 1
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self.in_main and not self.skipping:
            self.blocks[-1] += data


def sentences_of(page: str) -> list[str]:
    """Return the sentences of a page's main part, those of three words and more."""
    parser = _Blocks()
    parser.feed(page)
    texts = (" ".join(block.split()) for block in parser.blocks)
    found = [part for text in texts for part in re.split(r"(?<=[.!?:”])\s+", text)]
    return [one for one in found if len(WORD.findall(one)) >= 3]


def syllables(word: str) -> int:
    """Return about how many syllables an English word has."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    if len(plain) <= 3:
        return 1
    plain = re.sub(r"(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e)$", "", plain)
    return max(1, len(VOWELS.findall(plain)))


def reading_age(sentences: list[str]) -> float:
    """Return the age in years at which most can read a text.

    Raises
    ------
    ValueError
        There is nothing to read.
    """
    words = [word for one in sentences for word in WORD.findall(one)]
    if not words:
        raise ValueError("there is nothing to read")
    per_sentence = len(words) / len(sentences)
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59 + GRADE_TO_AGE
