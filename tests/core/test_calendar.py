"""Business hours with lunch, holidays, exceptions and clock changes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from warmline.core.calendar import after_open_time, is_open, opens_at
from warmline.core.settings import Calendar, Interval, Weekday
from warmline.core.state import Center
from warmline.core.words import HOUR, MINUTE, CalendarId, Instant

MONDAY_TO_THURSDAY = tuple(Weekday)[:4]
LUNCHED = (Interval(opens=9 * 60, closes=12 * 60), Interval(opens=13 * 60, closes=17 * 60))
WARSAW = Calendar(
    id=CalendarId("warsaw"),
    name="Warsaw",
    zone="Europe/Warsaw",
    week={
        **dict.fromkeys(MONDAY_TO_THURSDAY, LUNCHED),
        Weekday.FRIDAY: (Interval(opens=540, closes=1440),),
    },
    exceptions={"2026-12-24": (Interval(opens=540, closes=720),), "2026-12-25": ()},
)


def local(text: str, zone: str = "Europe/Warsaw") -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def test_open_between_the_intervals_of_a_day_and_closed_at_lunch():
    assert is_open(WARSAW, local("2026-11-23T09:00"))
    assert not is_open(WARSAW, local("2026-11-23T12:00"))
    assert is_open(WARSAW, local("2026-11-23T13:00"))
    assert not is_open(WARSAW, local("2026-11-23T17:00"))
    assert not is_open(WARSAW, local("2026-11-22T10:00")), "Sunday"


def test_an_interval_may_run_to_midnight():
    assert is_open(WARSAW, local("2026-11-27T23:59"))
    assert not is_open(WARSAW, local("2026-11-28T00:00"))


def test_an_exception_replaces_the_weekday_and_an_empty_one_is_a_holiday():
    assert not is_open(WARSAW, local("2026-12-24T13:30"))
    assert not is_open(WARSAW, local("2026-12-25T10:00"))
    assert opens_at(WARSAW, local("2026-12-24T12:00")) == local("2026-12-28T09:00")


def test_open_now_opens_now():
    now = local("2026-11-23T10:11")
    assert opens_at(WARSAW, now) == now


def test_a_calendar_without_any_hours_never_opens():
    never = Calendar(id=CalendarId("never"), name="Never")
    assert opens_at(never, 0) is None
    assert after_open_time(never, 5, HOUR) == 5 + HOUR


def test_an_hour_of_open_time_skips_lunch_night_and_weekend():
    assert after_open_time(WARSAW, local("2026-11-23T11:30"), HOUR) == local("2026-11-23T13:30")
    assert after_open_time(WARSAW, local("2026-11-26T16:30"), HOUR) == local("2026-11-27T09:30")
    assert after_open_time(WARSAW, local("2026-11-27T23:30"), HOUR) == local("2026-11-30T09:30")
    assert after_open_time(WARSAW, local("2026-11-22T03:00"), HOUR) == local("2026-11-23T10:00")


def test_hours_follow_the_wall_over_a_clock_change():
    night = Calendar(
        id=CalendarId("night"),
        name="Night",
        zone="Europe/Warsaw",
        week={Weekday.SUNDAY: (Interval(opens=60, closes=300),)},
    )
    opens, closes = local("2026-03-29T01:00"), local("2026-03-29T05:00")
    assert is_open(night, opens)
    assert not is_open(night, closes)
    assert closes - opens == 3 * HOUR, "an hour is missing that night"


def test_the_zone_decides_not_the_instant():
    moscow = Calendar(id=CalendarId("m"), name="M", zone="Europe/Moscow", week=dict(WARSAW.week))
    at = local("2026-11-23T08:30", "Europe/Warsaw")
    assert not is_open(WARSAW, at)
    assert is_open(moscow, at)


@given(
    start=st.integers(min_value=local("2026-01-01T00:00"), max_value=local("2026-12-31T00:00")),
    minutes=st.integers(min_value=1, max_value=3000),
)
def test_open_time_is_additive(start: Instant, minutes: int):
    once = after_open_time(WARSAW, start, 2 * minutes * MINUTE)
    twice = after_open_time(
        WARSAW, after_open_time(WARSAW, start, minutes * MINUTE), minutes * MINUTE
    )
    assert once == twice
    assert once >= start + 2 * minutes * MINUTE


@given(start=st.integers(min_value=local("2026-01-01T00:00"), max_value=local("2026-12-31T00:00")))
def test_what_opens_next_is_open_and_nothing_before_it(start: Instant):
    opening = opens_at(WARSAW, start)
    assert opening is not None
    assert is_open(WARSAW, opening)
    assert opening == start or not is_open(WARSAW, opening - 1)


def test_the_center_lives_in_the_zone_of_most_calendars():
    assert Center().zone == "UTC"
    ids = [CalendarId(name) for name in ("a", "b", "c")]
    zones = ["America/New_York", "Europe/Warsaw", "Europe/Warsaw"]
    calendars = {
        id_: Calendar(id=id_, name=id_, zone=zone, week={}, exceptions={})
        for id_, zone in zip(ids, zones, strict=True)
    }
    assert Center(calendars=calendars).zone == "Europe/Warsaw"
