"""Where a manager finds all that the scheme is set up with."""

from __future__ import annotations

from flask import Blueprint, render_template

bp = Blueprint("set_up", __name__, url_prefix="/staff/set-up")

PLACES = (
    ("localities.list_localities", "Localities", "The areas of the scheme, by postcode sector."),
    ("people.list_staff", "Staff", "Who works here, and in which localities."),
    ("scheme_figures.overview", "Figures", "How long things last, when somebody is reminded."),
    ("levels.edit", "Levels", "The words and colours of the four levels of need."),
    ("check_rules.overview", "DBS rules", "Which check a role needs, and who decided so."),
    ("volunteer_roles.list_roles", "Roles", "What volunteers do."),
    ("courses.list_courses", "Courses", "What volunteers learn, and how long it counts."),
    ("status_checks.set_up", "Status checks", "Whether and how often DBS is asked."),
    ("volunteer_agreements.list_texts", "Volunteer agreement", "The words that volunteers sign."),
    ("family_consent_texts.list_texts", "Family consents", "The words that families agree to."),
    ("school_holidays.list_holidays", "School holidays", "When sessions can be left out."),
    ("measures.list_measures", "Measures", "Outside measures whose totals are kept."),
)


@bp.get("/")
def overview() -> str:
    return render_template("set_up/overview.html", places=PLACES)
