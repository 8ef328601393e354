"""The hours that a caller may choose to be called back in, as each language says them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from warmline.channels.voice.saying.languages import spoken_in
from warmline.core.words import SECOND, Instant

_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "today": "Today from {since} to {until}, press {key}.",
            "tomorrow": "Tomorrow from {since} to {until}, press {key}.",
            "later": "{day}, from {since} to {until}, press {key}.",
        },
        "ru": {
            "today": "Сегодня с {since} до {until}, нажмите {key}.",
            "tomorrow": "Завтра с {since} до {until}, нажмите {key}.",
            "later": "{day}, с {since} до {until}, нажмите {key}.",
        },
        "pl": {
            "today": "Dziś od {since} do {until}, proszę nacisnąć {key}.",
            "tomorrow": "Jutro od {since} do {until}, proszę nacisnąć {key}.",
            "later": "{day}, od {since} do {until}, proszę nacisnąć {key}.",
        },
    }
)


def windows(
    spans: Sequence[tuple[Instant, Instant]], *, now: Instant, zone: str, language: str
) -> list[str]:
    """A sentence for each window, the first with key 1.

    >>> now, hour = 1_795_431_600_000, 3_600_000
    >>> windows([(now + hour, now + 2 * hour)], now=now, zone="Europe/Warsaw", language="pl")
    ['Dziś od 13:00 do 14:00, proszę nacisnąć 1.']
    """
    words = _WORDS[spoken_in(language)]
    today = _local(now, zone).date()
    said: list[str] = []
    for key, (since, until) in enumerate(spans, 1):
        begins, ends = _local(since, zone), _local(until, zone)
        days = begins.date() - today
        which = "today" if not days else "tomorrow" if days == timedelta(days=1) else "later"
        said.append(
            words[which].format(
                day=begins.date().isoformat(),
                since=f"{begins.hour}:{begins.minute:02}",
                until=f"{ends.hour}:{ends.minute:02}",
                key=key,
            )
        )
    return said


def _local(at: Instant, zone: str) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(ZoneInfo(zone))
