"""Second factors: codes that are good once, guesses that are counted, recovery, resets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.adapters.one_time_codes import code_at, step_at
from peerapp.adapters.secret_box import SecretBox, place_of
from peerapp.domain.second_factors import LANE_GUESSES, NEW_BROWSER, SESSION_GUESSES
from peerapp.enums import Role
from peerapp.errors import Forbidden, Refused
from peerapp.models import (
    Account,
    AuthenticatorApp,
    LoginSession,
    Message,
    RecoveryCode,
    utc_now,
)
from peerapp.models.sealed import Box
from peerapp.sealing import Broken
from peerapp.services import (
    authenticator_apps,
    factor_attempts,
    recovery_codes,
    second_factors,
    sign_in,
)
from peerapp.services.tokens import token_hash
from tests.factories import NOW, make_account
from tests.support.factors import BOX, Authenticator, give_app
from tests.support.sealed import values

URL = "https://scheme.example"


@pytest.fixture
def session(database, scheme_id):
    with database.session(scheme_id, "all") as session:
        yield session


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def auditor(session):
    return make_account(session, Role.AUDITOR)


def start(session, account, now=NOW):
    """Start a session and return its row."""
    secret = sign_in.start_session(session, account, now, timedelta(hours=1))
    session.flush()
    query = select(LoginSession).where(LoginSession.token_hash == token_hash(secret))
    return session.scalars(query).one()


def give(session, login, code, lane=NEW_BROWSER, now=NOW):
    return authenticator_apps.give_code(session, login, code, lane, BOX, now)


def codes_of(refused):
    return [refusal.code for refusal in refused.value.refusals]


def enrol(session, login, now=NOW):
    """Set an app up as a person does, and return it."""
    authenticator_apps.start_app(session, login)
    phone = Authenticator(authenticator_apps.get_begun(session, login, BOX).secret)
    authenticator_apps.confirm_app(session, login, phone.code(now), BOX, now, URL)
    return phone


@pytest.mark.parametrize("role", list(Role))
def test_session_of_staff_starts_half_open_and_others_whole(session, role):
    login = start(session, make_account(session, role))
    assert login.is_half_open is (role not in {Role.VOLUNTEER, Role.FAMILY})


def test_session_made_past_the_service_is_half_open(session):
    """The default fails closed: who forgets to say what is due gets a session that owes it."""
    account = make_account(session, Role.VOLUNTEER)
    login = LoginSession(
        account_id=account.id, token_hash="x", last_seen_at=NOW, expires_at=NOW + timedelta(hours=1)
    )
    session.add(login)
    session.flush()
    assert login.is_half_open


def test_app_is_taken_into_use_by_its_first_code_only(session, manager):
    login = start(session, manager)
    authenticator_apps.start_app(session, login)
    with pytest.raises(Refused):
        authenticator_apps.confirm_app(session, login, "000000", BOX, NOW, URL)
    assert second_factors.get_factors(session, manager).app is None
    enrol(session, login)
    assert second_factors.get_factors(session, manager).app is not None
    assert not login.is_half_open


def test_first_factor_signs_other_browsers_out(session):
    volunteer = make_account(session, Role.VOLUNTEER)
    start(session, volunteer)
    login = start(session, volunteer, NOW + timedelta(seconds=1))
    enrol(session, login)
    query = select(LoginSession.id).where(LoginSession.account_id == volunteer.id)
    assert session.scalars(query).all() == [login.id]


def test_session_that_owes_a_factor_sets_up_no_other(session, manager):
    """The password alone must not be enough to add a factor of one's own."""
    enrol(session, start(session, manager))
    thief = start(session, manager, NOW + timedelta(minutes=1))
    with pytest.raises(Forbidden):
        authenticator_apps.start_app(session, thief)
    with pytest.raises(Forbidden):
        recovery_codes.make_codes(session, thief, URL)


@pytest.mark.scorecard("6.5.1")
def test_code_is_good_once(session, manager):
    phone = give_app(session, manager)
    code = phone.code(NOW)
    give(session, start(session, manager), code)
    other = start(session, manager, NOW + timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        give(session, other, code, now=NOW + timedelta(seconds=1))
    assert codes_of(refused) == ["wrong_code"]
    assert other.is_half_open
    give(session, other, phone.code(NOW))
    assert not other.is_half_open


@pytest.mark.scorecard("6.5.1")
def test_earlier_code_is_used_up_with_a_later_one(session, manager):
    phone = give_app(session, manager)
    step = step_at(NOW)
    give(session, start(session, manager), code_at(phone.secret, step))
    with pytest.raises(Refused):
        give(session, start(session, manager), code_at(phone.secret, step - 1))


@pytest.mark.parametrize(
    ("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_clock_may_be_off_by_one_step(session, manager, steps, taken):
    phone = give_app(session, manager)
    login = start(session, manager)
    code = code_at(phone.secret, step_at(NOW) + steps)
    if taken:
        give(session, login, code)
    else:
        with pytest.raises(Refused):
            give(session, login, code)
    assert login.is_half_open is not taken


def test_code_of_another_account_opens_nothing(session, manager, auditor):
    give_app(session, manager)
    with pytest.raises(Refused):
        give(session, start(session, manager), give_app(session, auditor).code(NOW))


def test_secret_is_sealed_and_opens_in_its_own_row_only(session, manager, auditor):
    phone = give_app(session, manager)
    other = give_app(session, auditor)
    mine, theirs = (
        session.scalars(
            select(AuthenticatorApp).where(AuthenticatorApp.account_id == account.id)
        ).one()
        for account in (manager, auditor)
    )
    secrets = {mine: phone.secret, theirs: other.secret}
    assert {app: authenticator_apps.open_secret(app, BOX) for app in secrets} == secrets
    slot = AuthenticatorApp.__sealed__[0].slot
    tokens = [getattr(app, slot).token for app in secrets]
    assert [one for one in secrets.values() if one in "".join(tokens)] == []
    setattr(mine, slot, Box(tokens[1]))
    with pytest.raises(Broken):
        authenticator_apps.open_secret(mine, BOX)
    login = start(session, manager)
    with pytest.raises(Refused) as refused:
        give(session, login, phone.code(NOW))
    assert codes_of(refused) == ["app_unreadable"]


def seal_as_before(session, account):
    """Leave an account's secret as it lay before the keys of persons took it."""
    app = session.scalars(
        select(AuthenticatorApp).where(AuthenticatorApp.account_id == account.id)
    ).one()
    place = place_of("authenticator_app", "sealed_secret", app.id)
    app.secret, app.sealed_secret = "", BOX.seal(app.secret, place)
    session.flush()
    return app


def test_secret_of_an_older_version_is_taken_and_moved_once(session, manager, auditor):
    phone, other = give_app(session, manager), give_app(session, auditor)
    app, left = seal_as_before(session, manager), seal_as_before(session, auditor)
    left.sealed_secret = SecretBox("another key that is long enough").seal(other.secret, "x.y:z")
    assert give(session, start(session, manager), phone.code(NOW))
    assert authenticator_apps.reseal(session, BOX) == (1, 1)
    assert (app.secret, app.sealed_secret, left.secret) == (phone.secret, "", "")
    later = NOW + timedelta(minutes=2)
    assert give(session, start(session, manager), phone.code(later), now=later)
    assert authenticator_apps.reseal(session, BOX) == (0, 1)


def test_changed_key_of_the_site_shuts_out_and_says_what_to_do(session, manager):
    phone = give_app(session, manager)
    seal_as_before(session, manager)
    login, other = start(session, manager), SecretBox("another key that is long enough")
    with pytest.raises(Refused) as refused:
        authenticator_apps.give_code(session, login, phone.code(NOW), NEW_BROWSER, other, NOW)
    assert codes_of(refused) == ["app_unreadable"]
    assert login.is_half_open


def guess(session, account, lane=NEW_BROWSER, now=NOW):
    """Guess wrongly in a session of its own, and return the codes of the refusal."""
    with pytest.raises(Refused) as refused:
        give(session, start(session, account, now), "000000", lane, now)
    return codes_of(refused)


@pytest.mark.scorecard("6.3.1")
def test_guesses_elsewhere_do_not_lock_the_owner_out(session, manager):
    phone = give_app(session, manager)
    answers = [guess(session, manager) for _ in range(LANE_GUESSES + 1)]
    assert answers == [["wrong_code"]] * LANE_GUESSES + [["too_many_codes"]]
    with pytest.raises(Refused) as refused:
        give(session, start(session, manager), phone.code(NOW))
    assert codes_of(refused) == ["too_many_codes"]
    own = start(session, manager)
    give(session, own, phone.code(NOW), lane="a browser of the owner")
    assert not own.is_half_open
    later = NOW + timedelta(minutes=16)
    give(session, start(session, manager, later), phone.code(later), now=later)


@pytest.mark.scorecard("6.3.1")
def test_owner_hears_once_that_somebody_guesses(session, manager):
    give_app(session, manager)
    for _ in range(LANE_GUESSES + 3):
        guess(session, manager)
    texts = values(session, Message, "body")
    assert texts == [f"{factor_attempts.WARNING}\n"]


def test_session_ends_after_its_share_of_wrong_codes(session, manager):
    give_app(session, manager)
    login = start(session, manager)
    said = []
    for _ in range(SESSION_GUESSES):
        with pytest.raises(Refused) as refused:
            give(session, login, "000000")
        said += codes_of(refused)
    assert said == ["wrong_code"] * (SESSION_GUESSES - 1) + ["session_ended"]
    assert session.scalars(select(LoginSession)).all() == []


def test_passing_changes_the_secret_of_the_session(session, manager):
    phone = give_app(session, manager)
    login = start(session, manager)
    before = login.token_hash
    secret = give(session, login, phone.code(NOW))
    assert login.token_hash not in {before, secret}


def test_half_open_session_runs_out_soon(session, manager):
    secret = sign_in.start_session(session, manager, NOW, timedelta(hours=12))
    session.flush()
    idle = timedelta(hours=12)
    for minutes, is_there in ((29, True), (30, False)):
        found = sign_in.find_session(session, secret, NOW + timedelta(minutes=minutes), idle)
        assert (found is not None) is is_there


def test_recovery_codes_are_ten_hashed_and_good_once(session, manager):
    login = start(session, manager)
    enrol(session, login)
    codes = recovery_codes.make_codes(session, login, URL)
    assert (len(codes), len(set(codes))) == (10, 10)
    stored = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not set(codes) & set(stored)
    other = start(session, manager, NOW + timedelta(minutes=1))
    recovery_codes.use_code(session, other, f" {codes[0].upper()} ", NOW, URL)
    assert not other.is_half_open
    assert second_factors.get_factors(session, manager).codes_left == 9
    again = start(session, manager, NOW + timedelta(minutes=2))
    with pytest.raises(Refused):
        recovery_codes.use_code(session, again, codes[0], NOW, URL)
    assert again.is_half_open


def test_new_recovery_codes_end_the_earlier_ones(session, manager):
    login = start(session, manager)
    enrol(session, login)
    first = recovery_codes.make_codes(session, login, URL)
    recovery_codes.make_codes(session, login, URL)
    with pytest.raises(Refused):
        recovery_codes.use_code(session, start(session, manager), first[0], NOW, URL)


def test_recovery_code_of_another_account_is_refused(session, manager, auditor):
    login = start(session, manager)
    enrol(session, login)
    codes = recovery_codes.make_codes(session, login, URL)
    with pytest.raises(Refused):
        recovery_codes.use_code(session, start(session, auditor), codes[0], NOW, URL)


def test_recovery_codes_need_a_factor_to_stand_in_for(session):
    with pytest.raises(Refused) as refused:
        recovery_codes.make_codes(session, start(session, make_account(session, Role.FAMILY)), URL)
    assert codes_of(refused) == ["no_factor"]


def test_use_of_a_recovery_code_is_told_by_mail(session, manager):
    login = start(session, manager)
    enrol(session, login)
    codes = recovery_codes.make_codes(session, login, URL)
    recovery_codes.use_code(session, login, codes[3], NOW, URL)
    texts = values(session, Message, "body")
    told = [text for text in texts if text.startswith("A recovery code was used")]
    assert [text.partition(".")[0] for text in told] == [
        "A recovery code was used to sign in to your account; 9 are left"
    ]


def test_staff_keep_their_last_factor_and_volunteers_may_drop_it(session, manager):
    login = start(session, manager)
    enrol(session, login)
    with pytest.raises(Refused) as refused:
        second_factors.remove_app(session, login, URL)
    assert codes_of(refused) == ["last_factor"]
    own = start(session, make_account(session, Role.VOLUNTEER))
    enrol(session, own)
    second_factors.remove_app(session, own, URL)
    assert not own.is_half_open
    assert not second_factors.has_factor(session, own.account_id)


def test_family_hears_only_that_there_is_a_message(session):
    """Nothing about codes may reach the mailbox that a family shares with somebody."""
    account = make_account(session, Role.FAMILY)
    enrol(session, start(session, account))
    assert session.scalars(select(Message)).all() == []  # without a record, no channel is safe


def test_family_app_does_not_name_the_scheme(session):
    login = start(session, make_account(session, Role.FAMILY))
    authenticator_apps.start_app(session, login)
    begun = authenticator_apps.get_begun(session, login, BOX)
    assert begun.address == f"otpauth://totp/Sign-in%20code?secret={begun.secret}"


def test_guess_is_counted_where_a_wrong_clock_would_not(session, manager):
    """The control of the throttle: with guesses spread over time, none is refused."""
    give_app(session, manager)
    now = utc_now()
    answers = [
        guess(session, manager, now=now + timedelta(minutes=16 * turn))
        for turn in range(LANE_GUESSES + 1)
    ]
    assert answers == [["wrong_code"]] * (LANE_GUESSES + 1)


def test_account_with_an_app_owes_its_code_whatever_its_role(session):
    family = make_account(session, Role.FAMILY)
    give_app(session, family)
    assert start(session, session.get_one(Account, family.id)).is_half_open
