"""Whether two ways of writing a name may be one name: spelling, transliteration, short forms.

It only finds what a person then looks at, so it would rather ask once too often.
"""

from __future__ import annotations

from functools import lru_cache

from peerapp.domain.names import words

SHORT_FORMS = (
    ("alexander", "alex", "sandy", "alec"), ("alexandra", "alex", "sandra", "sasha"),
    ("andrew", "andy", "drew"), ("anthony", "tony", "antony"), ("barbara", "barb", "babs"),
    ("benjamin", "ben", "benji"), ("catherine", "katherine", "kathryn", "kate", "katie", "cathy"),
    ("charles", "charlie", "chuck"), ("charlotte", "charlie", "lottie"),
    ("christopher", "chris", "kit"), ("christine", "christina", "chris", "tina"),
    ("daniel", "dan", "danny"), ("david", "dave", "davey"), ("deborah", "debra", "debbie", "deb"),
    ("edward", "ed", "eddie", "ted", "teddy"), ("eleanor", "ellie", "nell"),
    ("elizabeth", "elisabeth", "liz", "lizzie", "beth", "betty", "eliza", "libby"),
    ("emily", "em", "emmie"), ("frances", "fran", "frankie"), ("frederick", "fred", "freddie"),
    ("gabriel", "gabe"), ("george", "georgie"), ("harold", "harry"), ("henry", "harry"),
    ("isabella", "isabelle", "isobel", "izzy", "bella"), ("jacob", "jake"),
    ("jacqueline", "jackie"),
    ("james", "jim", "jimmy", "jamie"), ("jennifer", "jen", "jenny"), ("jessica", "jess", "jessie"),
    ("john", "jon", "jack", "johnny"), ("jonathan", "jon", "jonny"), ("joseph", "joe", "joey"),
    ("joshua", "josh"), ("leonard", "len", "lenny"), ("lewis", "louis", "lou"),
    ("margaret", "maggie", "meg", "peggy"), ("matthew", "matt", "matty"),
    ("maximilian", "max"), ("michael", "mick", "mike", "mikey"), ("natalie", "nat", "natalia"),
    ("nicholas", "nick", "nicky"), ("nicola", "nicky", "nikki"), ("oliver", "ollie", "olly"),
    ("olivia", "liv", "livvy"), ("pamela", "pam"), ("patricia", "pat", "trish", "tricia"),
    ("patrick", "pat", "paddy"), ("peter", "pete"), ("philip", "phillip", "phil", "pip"),
    ("rebecca", "becky", "becca"), ("richard", "rick", "ricky", "dick", "rich"),
    ("robert", "rob", "robbie", "bob", "bobby"), ("ronald", "ron", "ronnie"),
    ("samantha", "sam", "sammy"), ("samuel", "sam", "sammy"), ("stephen", "steven", "steve"),
    ("stephanie", "steph"), ("susan", "sue", "suzie"), ("theodore", "theo", "ted", "teddy"),
    ("theresa", "teresa", "tess", "terri"), ("thomas", "tom", "tommy"), ("timothy", "tim"),
    ("victoria", "vicky", "vicki", "tori"), ("william", "will", "bill", "billy", "liam"),
    ("zachary", "zach", "zack", "zak"),
    ("mohammed", "muhammad", "mohamed", "mohammad", "muhammed", "mohamad", "mo", "md"),
    ("ahmed", "ahmad"), ("yusuf", "yousuf", "youssef", "yousef", "yusef"),
    ("fatima", "fatimah", "fatma"), ("aisha", "ayesha", "aysha", "aicha"),
    ("hussein", "hussain", "husain", "hossein"), ("ali", "aly"), ("omar", "umar"),
    ("ibrahim", "ebrahim"), ("khadija", "khadijah", "hadija"), ("zainab", "zaynab", "zeinab"),
    ("aleksander", "alexander", "olek"), ("katarzyna", "kasia"), ("malgorzata", "gosia"),
    ("oleksandr", "aleksandr", "sasha"), ("yuliia", "julia", "yulia"), ("iryna", "irina"),
)  # fmt: skip
"""Names of which each row may stand for one person; English ones, and how others are written."""

_ROWS: dict[str, frozenset[int]] = {}
for _number, _row in enumerate(SHORT_FORMS):
    for _name in _row:
        _ROWS[_name] = _ROWS.get(_name, frozenset()) | {_number}

ONE_SLIP, TWO_SLIPS = 4, 9
"""Length of the longer name from which one slip, and two, may be the pen's."""


def alike(one: str, other: str) -> bool:
    """Say whether two names, each of one or more words, may be the same name."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return False
    if "".join(first) == "".join(second):
        return True
    shorter, longer = sorted((first, second), key=len)
    return all(any(word_alike(word, other) for other in longer) for word in shorter)


_words = lru_cache(maxsize=20_000)(words)


@lru_cache(maxsize=20_000)
def word_alike(one: str, other: str) -> bool:
    """Say whether two words of names may be one."""
    if one == other:
        return True
    if _ROWS.get(one, frozenset()) & _ROWS.get(other, frozenset()):
        return True
    longest = max(len(one), len(other))
    allowed = 0 if longest < ONE_SLIP else 1 if longest < TWO_SLIPS else 2
    if abs(len(one) - len(other)) > allowed:
        return False
    return slips(_sound(one), _sound(other)) <= allowed if allowed else False


def short_forms(name: str) -> frozenset[str]:
    """Return the words that may stand for the same name by the table, such as Dave for David."""
    return frozenset(form for row in _ROWS.get(name, ()) for form in SHORT_FORMS[row])


_SOUNDS = (("ph", "f"), ("ck", "k"), ("mac", "mc"), ("y", "i"), ("z", "s"), ("ou", "u"))


def _sound(word: str) -> str:
    """Write a word as it may be heard: spellings that sound alike become one."""
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return word


def slips(one: str, other: str) -> int:
    """Return the fewest letters to add, drop, change, or swap with their neighbour."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, against in enumerate(other, start=1):
            changed = last[column - 1] + (letter != against)
            best = min(last[column] + 1, now[-1] + 1, changed)
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                best = min(best, before_last[column - 2] + 1)
            now.append(best)
        before_last, last = last, now
    return last[-1]
