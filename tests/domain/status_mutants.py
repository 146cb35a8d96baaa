"""Mistakes that clients of the Update Service are known for, each a change of one place."""

from __future__ import annotations

CLIENT = "peerapp.adapters.update_service"
XML = "peerapp.adapters.status_xml"
RULES = "peerapp.domain.status_checks"

LOOK_UP = 'ANSWERS.get(result.get("status", ""))'
PASSES = "if answer not in {StatusAnswer.BLANK_NO_NEW_INFO, StatusAnswer.NON_BLANK_NO_NEW_INFO}:"
MUTANTS = {
    "substring of a known status": (
        CLIENT,
        LOOK_UP,
        'next((a for t, a in ANSWERS.items() if t in result.get("status", "")), None)',
    ),
    "known status holds it": (
        CLIENT,
        LOOK_UP,
        'next((a for t, a in ANSWERS.items() if result.get("status", "") in t), None)',
    ),
    "ends with a known status": (
        CLIENT,
        LOOK_UP,
        'next((a for t, a in ANSWERS.items() if result.get("status", "").endswith(t)), None)',
    ),
    "starts with a known status": (
        CLIENT,
        LOOK_UP,
        'next((a for t, a in ANSWERS.items() if result.get("status", "").startswith(t)), None)',
    ),
    "status by any case": (CLIENT, LOOK_UP, 'ANSWERS.get(result.get("status", "").upper())'),
    "status stripped": (CLIENT, LOOK_UP, 'ANSWERS.get(result.get("status", "").strip())'),
    "no status means blank": (
        CLIENT,
        LOOK_UP,
        'ANSWERS.get(result.get("status", "BLANK_NO_NEW_INFO"))',
    ),
    "empty status means blank": (
        CLIENT,
        LOOK_UP,
        'ANSWERS.get(result.get("status", "") or "BLANK_NO_NEW_INFO")',
    ),
    "codes swapped": (
        CLIENT,
        '"NEW_INFO": StatusAnswer.NEW_INFO,',
        '"NEW_INFO": StatusAnswer.BLANK_NO_NEW_INFO,',
    ),
    "type never looked at": (
        CLIENT,
        'if result.get("statusCheckResultType") != "SUCCESS":',
        "if False:",
    ),
    "type by any case": (
        CLIENT,
        'if result.get("statusCheckResultType") != "SUCCESS":',
        'if result.get("statusCheckResultType", "").upper() != "SUCCESS":',
    ),
    "type holds success": (
        CLIENT,
        'if result.get("statusCheckResultType") != "SUCCESS":',
        'if "SUCCESS" not in result.get("statusCheckResultType", ""):',
    ),
    "type refused only when it says failure": (
        CLIENT,
        'if result.get("statusCheckResultType") != "SUCCESS":',
        'if result.get("statusCheckResultType") == "FAILURE":',
    ),
    "locale dates": (
        CLIENT,
        "        return date.fromisoformat(text)",
        "        return __import__('datetime').datetime.strptime(text, '%d/%m/%Y').date()",
    ),
    "any iso date": (CLIENT, "if not _ISO_DATE.fullmatch(text):", "if not text:"),
    "date with more behind it": (
        CLIENT,
        "if not _ISO_DATE.fullmatch(text):\n        return None",
        "text = text[:10]\n    if not _ISO_DATE.fullmatch(text):\n        return None",
    ),
    "birthday american": (CLIENT, '"%d/%m/%Y"', '"%m/%d/%Y"'),
    "birthday iso": (CLIENT, '"%d/%m/%Y"', '"%Y-%m-%d"'),
    "volunteer's own name as checker": (
        CLIENT,
        '"employeeSurname": question.checker_surname,',
        '"employeeSurname": question.surname,',
    ),
    "checker's names swapped": (
        CLIENT,
        '"employeeForename": question.checker_forename,',
        '"employeeForename": question.checker_surname,',
    ),
    "terms not agreed": (
        CLIENT,
        '"hasAgreedTermsAndConditions": "true",',
        '"hasAgreedTermsAndConditions": "True",',
    ),
    "number of any length": (CLIENT, 're.compile(r"[0-9]{12}")', 're.compile(r"[0-9]{11,13}")'),
    "digits of any script": (CLIENT, 're.compile(r"[0-9]{12}")', 're.compile(r"[0-9٠]{12}")'),
    "empty parameters leave": (CLIENT, "if not all(value.strip() for", "if not all(True for"),
    "any root": (XML, "if not self.open and name != ROOT:", "if False:"),
    "second one counts": (XML, "if len(self.open) > 1 or name in self.texts:", "if False:"),
    "nested texts count": (
        XML,
        "if len(self.open) > 1 or name in self.texts:",
        "if name in self.texts:",
    ),
    "any print date": (
        XML,
        'self.is_skipped = name == "printDate" and attributes.get("class") != DATE_CLASS',
        "self.is_skipped = False",
    ),
    "document types allowed": (XML, "parser.StartDoctypeDeclHandler = _refuse_xml", "pass"),
    "instructions allowed": (XML, "parser.ProcessingInstructionHandler = _refuse_xml", "pass"),
    "text beside elements": (XML, "if text.strip():", "if False:"),
    "texts of any length": (XML, "if len(self.texts[name]) > MOST_TEXT:", "if False:"),
    "unfinished answers": (XML, "reader.parser.Parse(body, True)", "reader.parser.Parse(body)"),
    "or that is always true": (RULES, PASSES, "if not (answer == 'BLANK_NO_NEW_INFO' or 'NON'):"),
    "only blank accepted": (RULES, PASSES, "if answer != StatusAnswer.BLANK_NO_NEW_INFO:"),
    "all but news accepted": (RULES, PASSES, "if answer == StatusAnswer.NEW_INFO:"),
    "news only with our surname": (
        RULES,
        "if answer == StatusAnswer.NEW_INFO:",
        "if answer == StatusAnswer.NEW_INFO and surname:",
    ),
    "news overlooked": (
        RULES,
        "return Verdict(StatusOutcome.NEW_INFORMATION)",
        "pass",
    ),
    "no match passes": (
        RULES,
        "return Verdict(StatusOutcome.NO_MATCH)",
        "return Verdict(StatusOutcome.PASSED)",
    ),
    "surname not compared": (
        RULES,
        "if surname is None or not is_same_surname(surname, held.surname):",
        "if False:",
    ),
    "missing surname passes": (
        RULES,
        "if surname is None or not is_same_surname(surname, held.surname):",
        "if surname and not is_same_surname(surname, held.surname):",
    ),
    "surname holds ours": (
        RULES,
        "return _capitals(one) == _capitals(other)",
        "return _capitals(other) in _capitals(one)",
    ),
    "ours holds the surname": (
        RULES,
        "return _capitals(one) == _capitals(other)",
        "return _capitals(one) in _capitals(other)",
    ),
    "surname to the letter": (
        RULES,
        "return _capitals(one) == _capitals(other)",
        "return one == other",
    ),
    "surname without accents": (
        RULES,
        'return unicodedata.normalize("NFC", name).upper()',
        'return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").upper()',
    ),
    "surname stripped": (
        RULES,
        'return unicodedata.normalize("NFC", name).upper()',
        'return unicodedata.normalize("NFC", name).upper().strip()',
    ),
    "date not compared": (RULES, "if print_date != held.issue_date:", "if False:"),
    "missing date passes": (
        RULES,
        "if print_date != held.issue_date:",
        "if print_date and print_date != held.issue_date:",
    ),
    "later date passes": (
        RULES,
        "if print_date != held.issue_date:",
        "if print_date is None or print_date < held.issue_date:",
    ),
    "month and year only": (
        RULES,
        "if print_date != held.issue_date:",
        "if print_date is None or print_date.month != held.issue_date.month:",
    ),
    "surname or date": (
        RULES,
        "if print_date != held.issue_date:",
        "if print_date != held.issue_date and surname != held.surname:",
    ),
    "content needs no decision": (
        RULES,
        "if answer == StatusAnswer.NON_BLANK_NO_NEW_INFO and not held.content_accepted:",
        "if False:",
    ),
    "content never passes": (
        RULES,
        "if answer == StatusAnswer.NON_BLANK_NO_NEW_INFO and not held.content_accepted:",
        "if answer == StatusAnswer.NON_BLANK_NO_NEW_INFO:",
    ),
    "blank needs a decision": (
        RULES,
        "if answer == StatusAnswer.NON_BLANK_NO_NEW_INFO and not held.content_accepted:",
        "if not held.content_accepted:",
    ),
    "news changes nothing": (
        RULES,
        "if outcome == StatusOutcome.NEW_INFORMATION and status in CHECKABLE:",
        "if False:",
    ),
    "news forgives a revoked one": (
        RULES,
        "if outcome == StatusOutcome.NEW_INFORMATION and status in CHECKABLE:",
        "if outcome == StatusOutcome.NEW_INFORMATION:",
    ),
    "no match forgives news": (
        RULES,
        "and status in CHECKABLE - {CertificateStatus.UNVERIFIED}:",
        ":",
    ),
    "unknown is never flagged": (RULES, "return attempt >= MAX_ATTEMPTS", "return False"),
    "unknown is flagged late": (
        RULES,
        "return attempt >= MAX_ATTEMPTS",
        "return attempt > MAX_ATTEMPTS",
    ),
    "level not compared": (RULES, "if certificate.level != level:", "if False:"),
    "basic asked about": (
        RULES,
        "if CheckLevel.BASIC in {level, certificate.level}:",
        "if False:",
    ),
    "workforce not compared": (RULES, "if certificate.workforce != workforce:", "if False:"),
    "consent not asked": (RULES, "if not has_consent(volunteer):", "if False:"),
    "subscription not asked": (RULES, "if not is_subscribed(certificate, today):", "if False:"),
    "original not asked": (RULES, "certificate.seen_on > today,", "False,"),
    "identity not asked": (
        RULES,
        "not identity or not certificate.name_matches,",
        "not certificate.name_matches,",
    ),
    "name match not asked": (
        RULES,
        "not identity or not certificate.name_matches,",
        "not identity,",
    ),
    "surname is the last word": (
        RULES,
        "return printed[1] if len(printed) == 2 else None",
        "return printed[-1]",
    ),
}
