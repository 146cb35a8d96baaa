"""The list of families, a family's page, and the pages that change its record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp import vocabulary, wording
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.eligibility import block_refusals
from peerapp.enums import (
    NEED_HEADINGS,
    SLOTS,
    AgeBand,
    Channel,
    CoachGender,
    FamilyState,
    Heading,
    Household,
    Need,
    ReferralSource,
)
from peerapp.errors import Refused
from peerapp.forms.families import DetailsForm, FilterForm, NeedsForm, WishesForm
from peerapp.forms.new_family import NewFamilyForm
from peerapp.models import Family
from peerapp.permissions import current_account
from peerapp.services import families, family_pages, family_recording
from peerapp.services.duplicates import AlikeFamily
from peerapp.services.families import FamilyDetails, FamilyFilters, FamilyWishes
from peerapp.views.families.blueprint import (
    LANGUAGE_CHOICES,
    back_to,
    bp,
    get_family,
    level_choices,
    page,
    tell,
)
from peerapp.views.parsing import page_number

NEEDS_BY_HEADING = [
    (heading, [need for need in Need if NEED_HEADINGS[need] == heading]) for heading in Heading
]


@bp.route("/", methods=["GET", "POST"])
def list_families() -> ResponseReturnValue:
    """List by GET; a search by name comes by POST, so that no name stands in an address."""
    form = _filter_form()
    if request.method == "POST" and not form.search.data:
        return redirect(url_for("families.list_families", **_query(form)), code=303)
    number = page_number(request.args.get("page"))
    found = families.list_families(get_session(), current_account(), _filters(form), number)
    return render_template(
        "families/list.html",
        form=form,
        found=found,
        block_refusals=block_refusals,
        today=today(),
        pager_href=url_for("families.list_families", **_query(form), page=""),
    )


def _filter_form() -> FilterForm:
    form = FilterForm(request.form if request.method == "POST" else request.args)
    places = family_pages.list_own_localities(get_session(), current_account())
    names = [(str(one.id), one.name) for one in places]
    form.offer(vocabulary.choices(FamilyState), names, level_choices())
    form.validate()
    return form


def _query(form: FilterForm) -> dict[str, str]:
    """Return the filters that may stand in an address: what was chosen, as far as it exists."""
    names = ("state", "locality", "level")
    return {name: form[name].data for name in names if form[name].data and not form[name].errors}


def _filters(form: FilterForm) -> FamilyFilters:
    chosen = _query(form)
    by_name = request.method == "POST" and not form.search.errors
    return FamilyFilters(
        state=FamilyState(chosen["state"]) if "state" in chosen else None,
        locality_id=uuid.UUID(chosen["locality"]) if "locality" in chosen else None,
        level=int(chosen["level"]) if "level" in chosen else None,
        search=(form.search.data or "") if by_name else "",
    )


@bp.get("/<uuid:family_id>")
def show(family_id: uuid.UUID) -> str:
    family = get_family(family_id)
    shown = family_pages.get_page(get_session(), current_account(), family)
    return render_template("families/show.html", family=family, page=shown, words=_words(family))


def _words(family: Family) -> dict[str, list[str]]:
    """Return the family's lists as people read them, in the order of the enums and of the week."""
    channels = family.safe_contact.channels if family.safe_contact else ()
    safe_slots = family.safe_contact.safe_slots if family.safe_contact else ()
    return {
        "children": vocabulary.labels(AgeBand, family.children),
        "household": vocabulary.labels(Household, family.household),
        "channels": vocabulary.labels(Channel, channels),
        "slots": [wording.slot(slot) for slot in SLOTS if slot in family.slots],
        "safe_slots": [wording.slot(slot) for slot in SLOTS if slot in safe_slots],
    }


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = NewFamilyForm()
    _offer_details(form)
    if request.method != "POST":
        form.show_date(today())
    alike: Sequence[AlikeFamily] = ()
    if form.validate_on_submit():
        try:
            family = family_recording.record_family(
                get_session(), current_account(), _details(form), today(), form.different
            )
            return back_to(family.id)
        except family_recording.PossibleDuplicates as found:
            alike = found.alike
            form.looked_at.data = " ".join(str(one.family.id) for one in alike if one.is_open)
            tell(form, found)
        except Refused as error:
            tell(form, error)
    shown, status = page("details", form, family=None, alike=alike)
    return shown, 422 if alike else status


@bp.route("/<uuid:family_id>/details", methods=["GET", "POST"])
def edit(family_id: uuid.UUID) -> ResponseReturnValue:
    family = get_family(family_id)
    form = _details_form(family)
    if form.validate_on_submit():
        try:
            families.update_family(
                get_session(),
                current_account(),
                family_id,
                form.seen_version,
                _details(form),
                today(),
            )
            return back_to(family_id)
        except Refused as error:
            tell(form, error)
    return page("details", form, family=family, alike=())


def _details_form(family: Family) -> DetailsForm:
    form = DetailsForm(obj=family)
    _offer_details(form)
    return form


def _offer_details(form: DetailsForm) -> None:
    form.offer(vocabulary.choices(AgeBand), vocabulary.choices(ReferralSource), level_choices())


def _details(form: DetailsForm) -> FamilyDetails:
    from_level = form.step_down_level.data
    return FamilyDetails(
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        phone=form.phone.data or "",
        email=form.email.data or "",
        address=form.address.data or "",
        postcode=form.postcode.data or "",
        children=tuple(form.children.data or ()),
        source=ReferralSource(form.source.data),
        referred_on=form.referred_on.data,
        waiting_since=form.waiting_since.data,
        level=int(form.level.data),
        priority=int(form.priority.data) if form.priority.data else None,
        lead_practitioner=form.lead_practitioner.data or "",
        step_down_level=int(from_level) if from_level else None,
        step_down_on=form.step_down_on.data,
        step_down_worker=form.step_down_worker.data or "",
    )


@bp.route("/<uuid:family_id>/needs", methods=["GET", "POST"])
def needs(family_id: uuid.UUID) -> ResponseReturnValue:
    family = get_family(family_id)
    weights = {row.need.value: str(row.weight) for row in family.needs}
    form = NeedsForm(version=family.version, **weights)
    form.name_needs({need: vocabulary.label(need) for need in Need})
    if form.validate_on_submit():
        families.set_needs(
            get_session(), current_account(), family_id, form.seen_version, form.weights()
        )
        return back_to(family_id)
    return page("needs", form, family=family, headings=NEEDS_BY_HEADING)


@bp.route("/<uuid:family_id>/wishes", methods=["GET", "POST"])
def wishes(family_id: uuid.UUID) -> ResponseReturnValue:
    family = get_family(family_id)
    form = WishesForm(
        version=family.version,
        slots=family.slots,
        languages=list(family.languages),
        coach_gender=family.coach_gender.value,
        accepts_remote="yes" if family.accepts_remote else "no",
        min_distance=families.miles_text(family.min_distance_m) if family.min_distance_m else "",
        household=list(family.household),
    )
    form.offer(LANGUAGE_CHOICES, vocabulary.choices(CoachGender), vocabulary.choices(Household))
    if form.validate_on_submit():
        families.set_wishes(
            get_session(), current_account(), family_id, form.seen_version, _wishes(form)
        )
        return back_to(family_id)
    return page("wishes", form, family=family)


def _wishes(form: WishesForm) -> FamilyWishes:
    return FamilyWishes(
        slots=tuple(form.slots.data or ()),
        languages=tuple(form.languages.data or ()),
        coach_gender=CoachGender(form.coach_gender.data),
        accepts_remote=form.accepts_remote.data == "yes",
        min_distance_m=families.metres_of(form.min_distance.data or "0"),
        household=tuple(form.household.data or ()),
    )
