"""The volunteer agreement on a page: its paragraphs, and a first text to start from."""

from __future__ import annotations

Block = tuple[str, list[str]]


def paragraphs(body: str) -> list[Block]:
    """Return the parts of a text: ``("text", lines)`` or, for a list, ``("list", points)``."""
    blocks: list[Block] = []
    for part in body.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        for line in lines:
            kind, text = ("list", line[2:].strip()) if line.startswith("- ") else ("text", line)
            if kind == "list" and blocks and blocks[-1][0] == "list":
                blocks[-1][1].append(text)
            else:
                blocks.append((kind, [text]))
    return blocks


FIRST_TEXT = """\
This agreement says what you and the scheme can expect of each other. It is not a contract of \
employment, and you can stop at any time.

As a volunteer I will:
- put the safety of children first, and tell my coordinator on the same day about anything that \
worries me
- call 999 when somebody is in danger now
- meet the family at the times and in the places that we agreed, and say so early if I cannot come
- keep what I learn about a family to myself, except where a child or somebody else may be at risk
- not give or lend money, not accept gifts of value, and not meet a family outside of coaching
- keep to what I learned in training, and do the training again when it runs out
- tell the scheme when my address, my phone number or anything about my DBS check changes, and \
when I am arrested, charged or convicted

The scheme will:
- give me training, a named coordinator and regular talks about how it goes
- pay my travel and other agreed expenses
- insure me while I volunteer
- keep my own details safe, and share with a family only what I chose to share
- listen when I am not happy with something, and tell me how to complain
"""
