"""May we contact somebody: every reason, and when it would be allowed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.core.words import DAY, HOUR, MINUTE
from warmline.customers.rights.contact import (
    Allowed,
    ContactProfile,
    Reason,
    Refused,
    may_contact,
    standing_consent,
)
from warmline.customers.rights.model import (
    Cap,
    Consent,
    Contacted,
    ContactRules,
    Flag,
    Purpose,
    Quiet,
    Way,
)

WARSAW = "Europe/Warsaw"


def at(text: str, zone: str = WARSAW) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


NOON = at("2026-06-09 12:00")
EVERY_WAY = frozenset(Way)


def agreed(purpose: Purpose, *, way: Way | None = None, given: bool = True, when: int = 0):
    return Consent(purpose=purpose, way=way, given=given, at=when)


def profile(**known) -> ContactProfile:
    known.setdefault("rules", ContactRules())
    known.setdefault("consents", [agreed(purpose) for purpose in Purpose])
    known.setdefault("reached_by", EVERY_WAY)
    return ContactProfile(zone=WARSAW, **known)


def refused(verdict: object) -> Refused:
    assert isinstance(verdict, Refused), verdict
    return verdict


def test_who_agreed_is_reached_by_noon_on_any_way():
    for purpose in Purpose:
        for way in Way:
            assert may_contact(profile(), purpose, way, NOON) == Allowed()


def test_a_way_that_is_liked_better_is_told_not_forced():
    verdict = may_contact(profile(preferred=Way.EMAIL), Purpose.COURTESY, Way.PHONE, NOON)
    assert verdict == Allowed(preferred=Way.EMAIL)
    same = may_contact(profile(preferred=Way.EMAIL), Purpose.COURTESY, Way.EMAIL, NOON)
    assert same == Allowed()


@pytest.mark.parametrize("purpose", [Purpose.MARKETING, Purpose.SURVEY, Purpose.PROFILING])
def test_what_needs_consent_is_refused_without(purpose: Purpose):
    verdict = refused(may_contact(profile(consents=[]), purpose, Way.EMAIL, NOON))
    assert (verdict.reason, verdict.earliest) == (Reason.NO_CONSENT, None)


@pytest.mark.parametrize("purpose", [Purpose.SERVICE, Purpose.COURTESY])
def test_what_needs_none_is_refused_once_it_is_withdrawn(purpose: Purpose):
    assert may_contact(profile(consents=[]), purpose, Way.EMAIL, NOON) == Allowed()
    said = [agreed(purpose, given=False)]
    verdict = refused(may_contact(profile(consents=said), purpose, Way.EMAIL, NOON))
    assert verdict.reason is Reason.WITHDRAWN


def test_the_newest_word_counts_on_one_way_or_on_all():
    market = Purpose.MARKETING
    said = [
        agreed(market, when=1),
        agreed(market, way=Way.PHONE, given=False, when=2),
    ]
    assert may_contact(profile(consents=said), market, Way.EMAIL, NOON) == Allowed()
    verdict = refused(may_contact(profile(consents=said), market, Way.PHONE, NOON))
    assert verdict.reasons == (Reason.WITHDRAWN,)
    said.append(agreed(market, when=3))
    assert may_contact(profile(consents=said), market, Way.PHONE, NOON) == Allowed()
    said.append(agreed(market, given=False, when=4))
    for way in Way:
        assert isinstance(may_contact(profile(consents=said), market, way, NOON), Refused)


def test_of_two_words_at_once_the_one_on_the_way_counts():
    said = [
        agreed(Purpose.SURVEY, when=5),
        agreed(Purpose.SURVEY, way=Way.SMS, given=False, when=5),
    ]
    standing = standing_consent(said, Purpose.SURVEY, Way.SMS)
    assert standing is not None
    assert not standing.given


@pytest.mark.parametrize(
    ("flag", "purpose", "reason"),
    [
        (Flag.DECEASED, Purpose.SERVICE, Reason.DECEASED),
        (Flag.RESTRICTED, Purpose.SERVICE, Reason.RESTRICTED),
        (Flag.ABUSIVE, Purpose.COURTESY, Reason.ABUSIVE),
        (Flag.OBJECTS_PROFILING, Purpose.PROFILING, Reason.OBJECTS_PROFILING),
    ],
)
def test_flags_forbid_whatever_was_agreed(flag: Flag, purpose: Purpose, reason: Reason):
    verdict = refused(may_contact(profile(flags=frozenset({flag})), purpose, Way.EMAIL, NOON))
    assert (verdict.reason, verdict.earliest) == (reason, None)


def test_an_abusive_customer_is_still_served_and_an_objector_still_sold_to():
    abusive = profile(flags=frozenset({Flag.ABUSIVE}))
    assert may_contact(abusive, Purpose.SERVICE, Way.PHONE, NOON) == Allowed()
    objects = profile(flags=frozenset({Flag.OBJECTS_PROFILING}))
    assert may_contact(objects, Purpose.MARKETING, Way.EMAIL, NOON) == Allowed()


def test_an_answer_to_the_customer_is_always_allowed():
    worst = profile(
        flags=frozenset(Flag),
        consents=[agreed(purpose, given=False) for purpose in Purpose],
        reached_by=frozenset(),
        contacts=[Contacted(at=NOON, way=Way.PHONE, purpose=Purpose.SERVICE)] * 9,
        awaits_answer=True,
    )
    night = at("2026-06-09 23:30")
    assert may_contact(worst, Purpose.SERVICE, Way.PHONE, night) == Allowed()
    verdict = refused(may_contact(worst, Purpose.MARKETING, Way.PHONE, night))
    assert verdict.reasons == (
        Reason.DECEASED,
        Reason.RESTRICTED,
        Reason.ABUSIVE,
        Reason.WITHDRAWN,
        Reason.UNREACHABLE,
        Reason.CAP,
        Reason.QUIET_HOURS,
    )


def test_nobody_is_reached_by_a_way_they_do_not_have():
    by_mail = profile(reached_by=frozenset({Way.EMAIL}))
    assert may_contact(by_mail, Purpose.COURTESY, Way.EMAIL, NOON) == Allowed()
    verdict = refused(may_contact(by_mail, Purpose.COURTESY, Way.SMS, NOON))
    assert verdict.reason is Reason.UNREACHABLE


def test_quiet_hours_end_in_the_morning_and_a_mail_does_not_wait():
    evening = at("2026-06-09 21:15")
    verdict = refused(may_contact(profile(), Purpose.COURTESY, Way.PHONE, evening))
    assert (verdict.reason, verdict.earliest) == (Reason.QUIET_HOURS, at("2026-06-10 08:00"))
    early = at("2026-06-10 07:59")
    again = refused(may_contact(profile(), Purpose.COURTESY, Way.PHONE, early))
    assert again.earliest == at("2026-06-10 08:00")
    assert may_contact(profile(), Purpose.COURTESY, Way.EMAIL, evening) == Allowed()


def test_the_customers_own_hours_and_zone_come_first():
    siesta = Quiet(since_minute=13 * 60, until_minute=15 * 60, zone="Asia/Tokyo")
    own = profile(quiet=siesta)
    verdict = refused(
        may_contact(own, Purpose.COURTESY, Way.PHONE, at("2026-06-09 14:00", "Asia/Tokyo"))
    )
    assert verdict.earliest == at("2026-06-09 15:00", "Asia/Tokyo")
    assert may_contact(own, Purpose.COURTESY, Way.PHONE, at("2026-06-09 22:00")) == Allowed()


def test_quiet_hours_know_that_the_clock_changes():
    spring = refused(may_contact(profile(), Purpose.COURTESY, Way.PHONE, at("2026-03-28 23:00")))
    assert spring.earliest == at("2026-03-28 23:00") + 8 * HOUR
    autumn = refused(may_contact(profile(), Purpose.COURTESY, Way.PHONE, at("2026-10-24 23:00")))
    assert autumn.earliest == at("2026-10-24 23:00") + 10 * HOUR


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_still_end():
    night = Quiet(since_minute=22 * 60, until_minute=2 * 60 + 30, zone=WARSAW)
    first_two = at("2026-10-25 02:20")
    for moment in (first_two, first_two + HOUR):
        verdict = refused(may_contact(profile(quiet=night), Purpose.COURTESY, Way.PHONE, moment))
        assert verdict.earliest == moment + 10 * MINUTE


def test_a_full_cap_says_when_it_frees():
    rules = ContactRules(caps=(Cap(most=2, days=7, purpose=Purpose.MARKETING, way=Way.EMAIL),))
    sent = [
        Contacted(at=NOON - days * DAY, way=Way.EMAIL, purpose=Purpose.MARKETING)
        for days in (1, 3, 6, 9)
    ]
    verdict = refused(
        may_contact(profile(rules=rules, contacts=sent), Purpose.MARKETING, Way.EMAIL, NOON)
    )
    assert (verdict.reason, verdict.facts) == (Reason.CAP, {"most": 2, "days": 7})
    assert verdict.earliest == NOON + 4 * DAY
    for purpose, way in ((Purpose.COURTESY, Way.EMAIL), (Purpose.MARKETING, Way.PHONE)):
        assert may_contact(profile(rules=rules, contacts=sent), purpose, way, NOON) == Allowed()


def test_a_cap_that_frees_at_night_waits_for_the_morning():
    rules = ContactRules(caps=(Cap(most=1, days=1, way=Way.PHONE),))
    called = [Contacted(at=at("2026-06-08 23:00"), way=Way.PHONE, purpose=Purpose.COURTESY)]
    verdict = refused(
        may_contact(profile(rules=rules, contacts=called), Purpose.SERVICE, Way.PHONE, NOON)
    )
    assert (verdict.reasons, verdict.earliest) == ((Reason.CAP,), at("2026-06-10 08:00"))


WISHES = st.builds(
    Quiet,
    since_minute=st.integers(0, 1439),
    until_minute=st.integers(0, 1439),
    zone=st.sampled_from([WARSAW, "UTC", "America/New_York", "Australia/Lord_Howe"]),
)
MADE = st.lists(
    st.builds(
        Contacted,
        at=st.integers(NOON - 40 * DAY, NOON),
        way=st.sampled_from(Way),
        purpose=st.sampled_from(Purpose),
    ),
    max_size=8,
)
CAPS = st.lists(
    st.builds(
        Cap,
        most=st.integers(1, 3),
        days=st.integers(1, 30),
        purpose=st.none() | st.sampled_from(Purpose),
        way=st.none() | st.sampled_from(Way),
    ),
    max_size=3,
)


@given(
    quiet=WISHES, made=MADE, caps=CAPS, way=st.sampled_from(Way), later=st.integers(0, 300 * DAY)
)
def test_when_it_says_it_is_allowed_it_is(quiet, made, caps, way, later):
    known = profile(quiet=quiet, contacts=made, rules=ContactRules(caps=tuple(caps)))
    moment = NOON + later
    verdict = may_contact(known, Purpose.COURTESY, way, moment)
    if isinstance(verdict, Refused):
        assert verdict.earliest is not None
        assert verdict.earliest > moment
        assert may_contact(known, Purpose.COURTESY, way, verdict.earliest) == Allowed()
