"""The words that each scheme begins with: short, plain, one purpose each.

Written for people who read in a hurry, on a phone, perhaps with somebody near. No word here names
the service: a page may be seen over a shoulder.
"""

from __future__ import annotations

from peerapp.enums import ConsentPurpose

FIRST_NUMBER = 1
FIRST_TEXTS: dict[ConsentPurpose, str] = {
    ConsentPurpose.TAKE_PART: (
        "You want us to look for a coach for you. A coach is a person near you who has been "
        "through hard times too, or who wants to help. We check every coach before they start.\n\n"
        "To find the right person, we keep what you tell us: your name, where you live, what you "
        "need, and when you have time. The people who run the scheme can see it. They are people "
        "who help families where you live. We write down each time one of them looks.\n\n"
        "We must tell others if we think that a child or an adult may be hurt. We tell you that "
        "we do this, if that is safe.\n\n"
        "You can stop at any time. You do not have to say why."
    ),
    ConsentPurpose.SHARE_WITH_COACH: (
        "Before you meet, we tell a coach the part of town where you live, what you would like "
        "help with, and when you have time. We do not tell them your name.\n\n"
        "If you both say yes, and we have been there for your first visit, we tell your coach "
        "your first name, or the name you asked us to use, and the ways to reach you that you "
        "called safe.\n\n"
        "We never tell your coach where you live, your last name, the birthdays of your children, "
        "or what others wrote about you."
    ),
    ConsentPurpose.SHARE_WITH_REFERRER: (
        "If somebody sent us your details, such as a school or a nurse, they may ask how it went. "
        "We tell them one of four words: accepted, waiting, matched, or closed.\n\n"
        "We tell them nothing else. They cannot see who your coach is, or what you told us."
    ),
    ConsentPurpose.MESSAGES: (
        "You and your coach can write to each other on this site, so that nobody has to share a "
        "phone number.\n\n"
        "We keep these messages. Your coordinator can read them, but only for a reason, and must "
        "write the reason down. Your coach knows this too."
    ),
    ConsentPurpose.FEEDBACK: (
        "When your time with your coach is over, and some time later, we ask you a few short "
        "questions about how it was. You do not have to answer them.\n\n"
        "We use what you say to make things better for other families."
    ),
    ConsentPurpose.RESEARCH: (
        "We count what helps families, so that there can be more of it. For this we use what you "
        "told us without your name, and together with what many others told us. Nobody can tell "
        "that it was you.\n\n"
        "Your help from us does not change if you say no."
    ),
}
